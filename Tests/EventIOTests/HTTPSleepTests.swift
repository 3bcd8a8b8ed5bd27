// SPDX-License-Identifier: Apache-2.0
import EventIO
import Glibc
import Testing

@Suite(.timeLimit(.minutes(1))) struct HTTPSleepTests {
  /// As a process does that was stopped for a while, or whose machine was.
  @Test func whoComesWhileALoopStandsStillIsAnswered() async throws {
    let blocked = Event()
    let handler = Answering { request, response in
      if request.path == "/sleep" {
        blocked.happen()
        usleep(2_500_000)
      }
      await response.send(.ok, body: [65])
    }
    var limits = HTTPLimits()
    limits.headerTime = .milliseconds(1500)
    let server = try HTTPServer(handler: handler, limits: limits)
    let address = try server.start(host: "127.0.0.1", port: 0)[0]
    let sleeper = try RawPeer(address)
    try await sleeper.send("GET /sleep HTTP/1.1\r\nHost: a\r\n\r\n")
    await blocked.wait()
    let other = try RawPeer(address)
    try await other.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    let text = try await other.readToEnd()
    #expect(text.hasPrefix("HTTP/1.1 200") && text.hasSuffix("A"))
    await server.shutdown(within: .zero)
  }
}
