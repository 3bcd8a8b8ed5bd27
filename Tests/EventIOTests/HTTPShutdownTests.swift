// SPDX-License-Identifier: Apache-2.0
import EventIO
import Testing

@Suite(.timeLimit(.minutes(1))) struct HTTPShutdownTests {
  static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

  @Test func answersUnderWayAreFinished() async throws {
    let (begun, gate) = (Event(), Event())
    let handler = Answering { _, response in
      begun.happen()
      await gate.wait()
      await response.send(.ok, body: [65])
    }
    let server = try HTTPServer(handler: handler)
    // An address of its own: at that of the other tests one of them might listen on the port as soon as it is free.
    let address = try server.start(host: "127.0.0.77", port: 0)[0]
    let idle = try RawPeer(address)
    let busy = try RawPeer(address)
    try await busy.send(Self.get)
    await begun.wait()
    async let shutdown: Void = server.shutdown(within: .seconds(30))
    #expect(try await idle.readToEnd() == "")
    gate.happen()
    let text = try await busy.readToEnd()
    #expect(text.contains("\r\nConnection: close\r\n") && text.hasSuffix("A"))
    await shutdown
    #expect(throws: IOError.self) { try RawPeer(address) }
  }

  @Test func streamsAreToldToEnd() async throws {
    let (begun, ended) = (Event(), Event())
    let handler = Answering { _, response in
      response.onShutdown { ended.happen() }
      await response.startStream(.ok)
      begun.happen()
      await ended.wait()
      try? await response.write([65])
      await response.finish()
    }
    let server = try HTTPServer(handler: handler)
    let address = try server.start(host: "127.0.0.1", port: 0)[0]
    let peer = try RawPeer(address)
    try await peer.send(Self.get)
    await begun.wait()
    async let shutdown: Void = server.shutdown(within: .seconds(30))
    #expect(try await peer.readToEnd().hasSuffix("1\r\nA\r\n0\r\n\r\n"))
    await shutdown
  }

  /// In any order: both ask whether the server is idle, and the one that asks first must not be forgotten.
  @Test func aShutdownThatIsHurriedEnds() async throws {
    for _ in 0..<30 {
      let (begun, gone) = (Event(), Event())
      let handler = Answering { _, response in
        response.onDisconnect { gone.happen() }
        begun.happen()
        await gone.wait()
      }
      let server = try HTTPServer(handler: handler)
      let peer = try RawPeer(try server.start(host: "127.0.0.1", port: 0)[0])
      try await peer.send(Self.get)
      await begun.wait()
      async let patient: Void = server.shutdown(within: .seconds(60))
      async let hurried: Void = server.shutdown(within: .zero)
      _ = await (patient, hurried)
    }
  }

  @Test func whatDoesNotEndIsCutOffAndCancelled() async throws {
    let (begun, cancelled, gone) = (Event(), Event(), Event())
    let handler = Answering { _, response in
      response.onDisconnect { gone.happen() }
      await response.startStream(.ok)
      begun.happen()
      await withTaskCancellationHandler {
        await cancelled.wait()
      } onCancel: {
        cancelled.happen()
      }
    }
    let server = try HTTPServer(handler: handler)
    let address = try server.start(host: "127.0.0.1", port: 0)[0]
    let peer = try RawPeer(address)
    try await peer.send(Self.get)
    await begun.wait()
    await server.shutdown(within: .milliseconds(20))
    #expect(gone.hasHappened && cancelled.hasHappened)
    #expect(try await peer.readToEnd().hasSuffix("\r\n\r\n"))
    #expect(await server.statistics.open == 0)
  }

  @Test func aServerThatIsLetGoEndsItsConnections() async throws {
    var server: HTTPServer? = try HTTPServer(handler: Answering.echo)
    let address = try server?.start(on: .loopback(port: 0))
    let peer = try RawPeer(#require(address))
    try await peer.send(Self.get)
    #expect(try await peer.readResponse().body == "GET / ")
    server = nil
    #expect(try await peer.readToEnd() == "")
  }
}
