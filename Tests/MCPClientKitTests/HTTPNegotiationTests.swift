// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPClientKit
import MCPCore
import Testing

/// How a client finds out what an HTTP server speaks. Spec: 2026-07-28, basic/transports/streamable-http.
@Suite(.timeLimit(.minutes(1))) struct HTTPNegotiationTests {
  @Test func aModernServerIsAskedOnce() async throws {
    try await ScriptedHTTP.serving({ try await $0.modern { _ in } }) { server, url in
      let client = try await Client.connect(to: .http(url))
      #expect(client.negotiated.revision == .v20260728)
      #expect(client.negotiated.transport == .streamableHTTP)
      await client.close()
      #expect(server.summary == ["POST server/discover"])
      let headers = try #require(server.requests.first).headers
      #expect(headers["MCP-Protocol-Version"] == "2026-07-28")
      #expect(headers["Mcp-Method"] == "server/discover")
      #expect(headers["Accept"] == "application/json, text/event-stream")
      #expect(headers["Content-Type"] == "application/json")
    }
  }

  @Test func aLegacyServerIsShakenHandsWithAndItsSessionDeleted() async throws {
    try await ScriptedHTTP.serving({ exchange in
      try await exchange.legacy { await exchange.answer($0.answer(["tools": []])) }
    }) { server, url in
      let client = try await Client.connect(to: .http(url))
      #expect(client.negotiated.revision == .v20251125)
      #expect(client.negotiated.sessionID == "s1")
      #expect(try await client.listTools().isEmpty)
      await client.close()
      #expect(
        server.summary == [
          "POST server/discover", "POST initialize", "POST notifications/initialized", "POST tools/list", "DELETE",
        ])
      let (opening, later) = (server.requests[1].headers, server.requests[2...])
      #expect(opening["Mcp-Session-Id"] == nil)
      #expect(opening["MCP-Protocol-Version"] == nil)
      for request in later {
        #expect(request.headers["Mcp-Session-Id"] == "s1")
        #expect(request.headers["MCP-Protocol-Version"] == "2025-11-25")
        #expect(request.headers["Mcp-Method"] == nil)
      }
    }
  }

  @Test func revisionsBefore20250618HaveNoVersionHeader() async throws {
    try await ScriptedHTTP.serving({ try await $0.legacy("2025-03-26") }) { server, url in
      let client = try await Client.connect(
        to: .http(url), options: ClientOptions(protocolChoice: .revision(.v20250326)))
      await client.close()
      #expect(server.summary.first == "POST initialize")
      #expect(server.requests.allSatisfy { $0.headers["MCP-Protocol-Version"] == nil })
    }
  }

  @Test(arguments: [400, 404, 405, 406]) func aServerOfTheFirstTransportIsFound(status: Int) async throws {
    let (openings, opening) = AsyncStream.makeStream(of: Request.self)
    try await ScriptedHTTP.serving({ exchange in
      if exchange.http.method == .get {
        await exchange.startEvents()
        try await exchange.response.write(ServerSentEvent(event: "endpoint", data: "/messages?id=1").encoded())
        for await request in openings {
          try await exchange.event(request.answer(ScriptedServer.handshake("2024-11-05")), named: "message")
          break
        }
        await exchange.untilDisconnected()
      } else if exchange.http.path == "/messages" {
        if let request = exchange.request { opening.yield(request) }
        await exchange.response.send(202)
      } else {
        await exchange.response.send(HTTPStatus(rawValue: status))
      }
    }) { server, url in
      let client = try await Client.connect(to: .http(url))
      #expect(client.negotiated.transport == .sse)
      #expect(client.negotiated.revision == .v20241105)
      await client.close()
      #expect(
        server.summary == [
          "POST server/discover", "POST initialize", "GET", "POST initialize", "POST notifications/initialized",
        ])
    }
  }

  @Test func streamableHTTPAloneDoesNotFallBack() async throws {
    try await ScriptedHTTP.serving({ await $0.response.send(404) }) { server, url in
      let error = await #expect(throws: ClientError.self) {
        try await Client.connect(to: .http(url, transport: .streamable))
      }
      #expect(error?.code == .httpStatus)
      #expect(error?.httpStatus == 404)
      #expect(error?.message.contains("\(url) answered with HTTP 404 Not Found") == true)
      #expect(server.summary == ["POST server/discover", "POST initialize"])
    }
  }

  @Test(arguments: [(401, ClientError.Code.unauthorized), (403, .unauthorized), (500, .httpStatus), (503, .httpStatus)])
  func authorizationAndFaultsAreNoEvidence(status: Int, code: ClientError.Code) async throws {
    try await ScriptedHTTP.serving({
      await $0.response.send(HTTPStatus(rawValue: status), headers: ["WWW-Authenticate": "Bearer realm=\"x\""])
    }) { server, url in
      let error = await #expect(throws: ClientError.self) { try await Client.connect(to: .http(url)) }
      #expect(error?.code == code)
      #expect(error?.httpStatus == status)
      #expect(server.summary == ["POST server/discover"])
    }
  }

  @Test func aServerThatIsFullIsNoEvidenceWhateverItsBodySays() async throws {
    try await ScriptedHTTP.serving({ exchange in
      guard let request = exchange.request else { return }
      await exchange.answer(request.refusal(RPCError(.internalError, "full")), 503)
    }) { server, url in
      let error = await #expect(throws: ClientError.self) { try await Client.connect(to: .http(url)) }
      #expect(error?.httpStatus == 503)
      #expect(server.summary == ["POST server/discover"])
    }
  }

  @Test func aModernErrorIsNotTakenForALegacyServer() async throws {
    try await ScriptedHTTP.serving({ exchange in
      guard let request = exchange.request else { return }
      await exchange.answer(request.refusal(RPCError(.headerMismatch, "no Mcp-Method")), 400)
    }) { server, url in
      let error = await #expect(throws: ClientError.self) { try await Client.connect(to: .http(url)) }
      #expect(error?.rpcError?.code == .headerMismatch)
      #expect(server.summary == ["POST server/discover"])
    }
  }

  @Test func aServerThatIsNotThereIsUnreachable() async throws {
    let error = await #expect(throws: ClientError.self) {
      try await Client.connect(to: .http("http://127.0.0.1:1/mcp"))
    }
    #expect(error?.code == .unreachable)
    #expect(error?.message.contains("127.0.0.1:1") == true)
    let invalid = await #expect(throws: ClientError.self) { try await Client.connect(to: .http("nonsense")) }
    #expect(invalid?.code == .invalidTarget)
  }

  @Test func aWebPageIsNoServer() async throws {
    try await ScriptedHTTP.serving({
      await $0.response.send(200, headers: ["Content-Type": "text/html"], body: Array("<html>".utf8))
    }) { _, url in
      let error = await #expect(throws: ClientError.self) { try await Client.connect(to: .http(url)) }
      #expect(error?.code == .invalidResponse)
    }
  }
}
