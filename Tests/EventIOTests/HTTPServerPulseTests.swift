// SPDX-License-Identifier: Apache-2.0
import EventIO
import Observability
import Synchronization
import Testing

/// A route that blocks its loop until it is let go, which is what no route may do.
private final class Blocking: HTTPHandler, HTTPRoute {
  let isBlocked = Event()
  private let mayGo = Atomic(false)

  func letGo() { mayGo.store(true, ordering: .releasing) }

  func respond(to request: HTTPRequest, through response: HTTPResponder) -> HTTPWork? {
    isBlocked.happen()
    while !mayGo.load(ordering: .acquiring) {}
    return response.answer(.ok)
  }
}

@Suite(.timeLimit(.minutes(1))) struct HTTPServerPulseTests {
  @Test func aBlockedLoopIsNoticedAndKeepsNobodyWaiting() async throws {
    let handler = Blocking()
    try await withServer(handler) { address, server in
      let lag = Histogram()
      let pulse = HTTPServerPulse(of: server, lag: lag)
      #expect(await pulse.statistics(within: .seconds(30)).accepted == 0)
      #expect(pulse.isAlive)
      let peer = try RawPeer(address)
      try await peer.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
      await handler.isBlocked.wait()
      pulse.beat()
      #expect(!pulse.isAlive)
      #expect(await pulse.statistics(within: .milliseconds(10)).accepted == 0, "what was known before")
      #expect(pulse.silences.allSatisfy { $0 >= .milliseconds(10) })
      handler.letGo()
      #expect(try await peer.readToEnd().hasPrefix("HTTP/1.1 200"))
      #expect(await pulse.statistics(within: .seconds(30)).succeeded == 1)
      #expect(pulse.isAlive && pulse.silences == [.zero])
      #expect(lag.snapshot.count >= 2)
    }
  }

  @Test func responsesAreCountedByTheirStatus() async throws {
    let handler = Answering { request, response in
      await response.send(HTTPStatus(rawValue: Int(request.path.dropFirst()) ?? 500))
    }
    try await withServer(handler, loops: 2) { address, server in
      let pulse = HTTPServerPulse(of: server, lag: Histogram())
      for status in [200, 204, 302, 404, 503] {
        _ = try await answer(to: "GET /\(status) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", at: address)
      }
      _ = try await answer(to: "nonsense\r\n\r\n", at: address)
      let done = await pulse.statistics(within: .seconds(30))
      #expect((done.succeeded, done.redirected, done.clientErrors, done.serverErrors) == (2, 1, 2, 1))
      #expect(done.rejected == 1)
    }
  }
}
