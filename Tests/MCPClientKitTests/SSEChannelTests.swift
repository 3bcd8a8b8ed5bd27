// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPClientKit
import MCPCore
import Synchronization
import Testing

/// The transport of 2024-11-05.
@Suite(.timeLimit(.minutes(1))) struct SSEChannelTests {
  /// A server whose `endpoint` event is `endpoint`, and which shakes hands.
  private func serving(
    endpoint: String, _ body: (ScriptedHTTP, String) async throws -> Void
  ) async throws {
    let (answers, answer) = AsyncStream.makeStream(of: JSON.self)
    try await ScriptedHTTP.serving(
      { exchange in
        if exchange.http.method == .get {
          await exchange.startEvents()
          try await exchange.response.write(ServerSentEvent(event: "endpoint", data: endpoint).encoded())
          Task { for await json in answers { try? await exchange.event(json, named: "message") } }
          await exchange.untilDisconnected()
        } else {
          if let request = exchange.request {
            let isOpening = request.method == .initialize
            answer.yield(request.answer(isOpening ? ScriptedServer.handshake("2025-06-18") : ["tools": []]))
          }
          await exchange.response.send(202)
        }
      }, body)
    answer.finish()
  }

  @Test(arguments: ["/messages?session=1", "messages?session=1", #"{"endpoint": "/messages?session=1"}"#])
  func theEndpointMayBeAURIOrJSON(endpoint: String) async throws {
    try await serving(endpoint: endpoint) { server, url in
      let client = try await Client.connect(to: .http(url, transport: .sse))
      #expect(client.negotiated.transport == .sse)
      #expect(client.negotiated.revision == .v20250618)
      #expect(try await client.listTools().isEmpty)
      await client.close()
      #expect(server.requests.dropFirst().allSatisfy { $0.target == "/messages?session=1" })
      #expect(server.requests.last?.headers["MCP-Protocol-Version"] == "2025-06-18")
    }
  }

  @Test(arguments: [
    "http://localhost:1/x", "https://127.0.0.1/x", "//evil.example/x", #"{"endpoint":"http://evil.example/"}"#,
  ])
  func anEndpointElsewhereIsRefused(endpoint: String) async throws {
    try await serving(endpoint: endpoint) { server, url in
      let error = await #expect(throws: ClientError.self) {
        try await Client.connect(to: .http(url, transport: .sse))
      }
      #expect(error?.code == .invalidResponse)
      #expect(error?.message.contains("another origin") == true)
      #expect(server.summary == ["GET"])
    }
  }

  @Test func aStreamWithoutEndpointTimesOut() async throws {
    try await ScriptedHTTP.serving({ exchange in
      await exchange.startEvents()
      await exchange.untilDisconnected()
    }) { _, url in
      let error = await #expect(throws: ClientError.self) {
        try await Client.connect(
          to: .http(url, transport: .sse), options: ClientOptions(timeouts: .init(opening: .milliseconds(100))))
      }
      #expect(error?.code == .timeout)
      #expect(error?.message.contains("no 'endpoint' event") == true)
    }
  }

  @Test func aStreamThatEndsFailsWhatIsWaiting() async throws {
    let (requests, heard) = AsyncStream.makeStream(of: Request.self)
    try await ScriptedHTTP.serving({ exchange in
      if exchange.http.method == .get {
        await exchange.startEvents()
        try await exchange.response.write(ServerSentEvent(event: "endpoint", data: "/m").encoded())
        for await request in requests {
          guard request.method == .initialize else { break }
          try await exchange.event(request.answer(ScriptedServer.handshake("2024-11-05")))
        }
        await exchange.response.finish()
      } else {
        if let request = exchange.request { heard.yield(request) }
        await exchange.response.send(202)
      }
    }) { _, url in
      let client = try await Client.connect(to: .http(url, transport: .sse))
      let error = await #expect(throws: ClientError.self) { try await client.callTool("x") }
      #expect(error?.code == .disconnected)
      await client.close()
    }
  }

  @Test func theModernEraHasNoSuchTransport() async throws {
    let error = await #expect(throws: ClientError.self) {
      try await Client.connect(
        to: .http("http://127.0.0.1:1/sse", transport: .sse),
        options: ClientOptions(protocolChoice: .revision(.v20260728)))
    }
    #expect(error?.code == .invalidTarget)
  }
}
