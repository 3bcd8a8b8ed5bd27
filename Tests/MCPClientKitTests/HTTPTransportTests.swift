// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPClientKit
import MCPCore
import Synchronization
import Testing

/// Requests over Streamable HTTP, in both shapes, over real sockets.
@Suite(.timeLimit(.minutes(1))) struct HTTPTransportTests {
  private func connect(_ url: String, _ options: ClientOptions = ClientOptions()) async throws(ClientError) -> Client {
    try await Client.connect(to: .http(url), options: options)
  }

  // Modern

  @Test(arguments: [
    ("plain", "plain"), ("grüß", "=?base64?Z3LDvMOf?="), (" a", "=?base64?IGE=?="),
    ("=?base64?x?=", "=?base64?PT9iYXNlNjQ/eD89?="),
  ])
  func namesAreRepeatedInTheHeader(name: String, header: String) async throws {
    try await ScriptedHTTP.serving({ exchange in
      try await exchange.modern { await exchange.answer($0.answer(["content": [], "contents": [], "messages": []])) }
    }) { server, url in
      let client = try await connect(url)
      _ = try await client.callTool(name)
      _ = try await client.readResource(name)
      _ = try await client.getPrompt(name)
      _ = try await client.request(.toolsList)
      await client.close()
      #expect(server.requests.dropFirst().map { $0.headers["Mcp-Name"] } == [header, header, header, nil])
      #expect(
        server.requests.dropFirst().map { $0.headers["Mcp-Method"] } == [
          "tools/call", "resources/read", "prompts/get", "tools/list",
        ])
    }
  }

  @Test func argumentsAreRepeatedWhereTheSchemaSaysSo() async throws {
    let tools: JSON = [
      [
        "name": "ok",
        "inputSchema": [
          "type": "object",
          "properties": [
            "region": ["type": "string", "x-mcp-header": "Region"], "n": ["type": "integer", "x-mcp-header": "N"],
            "deep": ["type": "object", "properties": ["b": ["type": "boolean", "x-mcp-header": "B"]]],
          ],
        ],
      ],
      ["name": "empty", "inputSchema": ["properties": ["a": ["type": "string", "x-mcp-header": ""]]]],
      [
        "name": "twice",
        "inputSchema": [
          "properties": [
            "a": ["type": "string", "x-mcp-header": "X"], "b": ["type": "string", "x-mcp-header": "x"],
          ]
        ],
      ],
      ["name": "number", "inputSchema": ["properties": ["a": ["type": "number", "x-mcp-header": "X"]]]],
      ["name": "illegal", "inputSchema": ["properties": ["a": ["type": "string", "x-mcp-header": "X Y"]]]],
      [
        "name": "items",
        "inputSchema": [
          "properties": [
            "a": ["type": "array", "items": ["type": "string", "x-mcp-header": "X"]]
          ]
        ],
      ],
    ]
    try await ScriptedHTTP.serving({ exchange in
      try await exchange.modern { request in
        await exchange.answer(request.answer(request.method == .toolsList ? ["tools": tools] : ["content": []]))
      }
    }) { server, url in
      let client = try await connect(url)
      #expect(try await client.listTools().map(\.name) == ["ok"], "invalid annotations drop the tool")
      _ = try await client.callTool("ok", ["region": "zürich", "n": 42, "deep": ["b": true]])
      _ = try await client.callTool("ok", ["region": nil, "n": 1.0])
      await client.close()
      let headers = server.requests.suffix(2).map(\.headers)
      #expect(headers[0]["Mcp-Param-Region"] == "=?base64?esO8cmljaA==?=")
      #expect(headers[0]["Mcp-Param-N"] == "42")
      #expect(headers[0]["Mcp-Param-B"] == "true")
      #expect(!headers[1].contains("Mcp-Param-Region"))
      #expect(headers[1]["Mcp-Param-N"] == "1")
    }
  }

  @Test func aRefusedHeaderMakesTheClientListTheToolsAnew() async throws {
    let schema: JSON = ["type": "object", "properties": ["a": ["type": "string", "x-mcp-header": "A"]]]
    try await ScriptedHTTP.serving({ exchange in
      try await exchange.modern { request in
        if request.method == .toolsList {
          await exchange.answer(request.answer(["tools": [["name": "x", "inputSchema": schema]]]))
        } else if exchange.http.headers["Mcp-Param-A"] == "1" {
          await exchange.answer(request.answer(["content": []]))
        } else {
          await exchange.answer(request.refusal(RPCError(.headerMismatch, "Mcp-Param-A is missing")), 400)
        }
      }
    }) { server, url in
      let client = try await connect(url)
      _ = try await client.callTool("x", ["a": "1"])
      await client.close()
      #expect(server.summary.suffix(3) == ["POST tools/call", "POST tools/list", "POST tools/call"])
    }
  }

  @Test func secretsInTheURLStayOutOfMessages() async throws {
    try await ScriptedHTTP.serving({ await $0.response.send(500) }) { server, url in
      let secret = "http://me:pass@" + url.dropFirst("http://".count) + "?key=pass"
      let error = await #expect(throws: ClientError.self) { try await connect(secret) }
      #expect(error?.message.contains("pass") == false)
      #expect(server.requests.first?.target == "/mcp?key=pass")
      #expect(server.requests.first?.headers["Authorization"] == "Basic bWU6cGFzcw==")
    }
  }

  @Test func anAnswerMayComeOnAStreamAfterNotifications() async throws {
    let heard = Mutex<[Double]>([])
    try await ScriptedHTTP.serving({ exchange in
      try await exchange.modern { request in
        await exchange.startEvents()
        try await exchange.response.write(ServerSentEvent.comment("keep alive"))
        for done in 1...3 {
          try await exchange.event([
            "jsonrpc": "2.0", "method": "notifications/progress",
            "params": ["progressToken": request.id.json, "progress": .number(JSONNumber(done))],
          ])
        }
        try await exchange.event(request.answer(["content": [["type": "text", "text": "done"]]]))
        await exchange.untilDisconnected()  // the client does not need the stream to end
      }
    }) { _, url in
      let client = try await connect(url)
      let options = RequestOptions { progress in heard.withLock { $0.append(progress.done) } }
      #expect(try await client.callTool("x", options: options).content == [.text("done")])
      #expect(heard.withLock { $0 } == [1, 2, 3])
      await client.close()
    }
  }

  @Test func aStreamThatEndsWithoutAnAnswerIsAnError() async throws {
    try await ScriptedHTTP.serving({ exchange in
      try await exchange.modern { _ in
        await exchange.startEvents()
        await exchange.response.finish()
      }
    }) { _, url in
      let client = try await connect(url)
      let error = await #expect(throws: ClientError.self) { try await client.callTool("x") }
      #expect(error?.code == .disconnected)
      await client.close()
    }
  }

  @Test func anErrorStatusWithAnErrorInItsBodyIsThatError() async throws {
    try await ScriptedHTTP.serving({ exchange in
      try await exchange.modern { await exchange.answer($0.refusal(.methodNotFound($0.method)), 404) }
    }) { _, url in
      let client = try await connect(url)
      let error = await #expect(throws: ClientError.self) { try await client.request(Method(rawValue: "no/such")) }
      #expect(error?.code == .rpc)
      #expect(error?.rpcError?.code == .methodNotFound)
      #expect(error?.httpStatus == 404)
      await client.close()
    }
  }

  @Test(arguments: [true, false]) func givingUpClosesTheStream(byTimeout: Bool) async throws {
    let (calls, called) = AsyncStream.makeStream(of: Void.self)
    let (ends, end) = AsyncStream.makeStream(of: Void.self)
    try await ScriptedHTTP.serving({ exchange in
      try await exchange.modern { _ in
        called.yield()
        await exchange.startEvents()
        await exchange.untilDisconnected()
        end.yield()
      }
    }) { server, url in
      let client = try await connect(url)
      let task = Task {
        try await client.callTool("x", options: RequestOptions(idleTimeout: byTimeout ? .milliseconds(50) : nil))
      }
      for await _ in calls { break }
      if !byTimeout { task.cancel() }
      let error = await #expect(throws: ClientError.self) { try await task.value }
      #expect(error?.code == (byTimeout ? .timeout : .cancelled))
      for await _ in ends { break }
      await client.close()
      #expect(server.summary == ["POST server/discover", "POST tools/call"], "nothing else is sent")
    }
  }

  // Legacy

  @Test func givingUpALegacyRequestTellsTheServer() async throws {
    let (calls, called) = AsyncStream.makeStream(of: Void.self)
    try await ScriptedHTTP.serving({ exchange in
      try await exchange.legacy { _ in
        called.yield()
        await exchange.startEvents()
        await exchange.untilDisconnected()
      }
    }) { server, url in
      let client = try await connect(url)
      let task = Task { try await client.callTool("x") }
      for await _ in calls { break }
      task.cancel()
      await #expect(throws: ClientError.self) { try await task.value }
      await client.close()
      #expect(server.summary.suffix(3) == ["POST tools/call", "POST notifications/cancelled", "DELETE"])
    }
  }

  @Test func aLostSessionIsReplacedOnceAndTheRequestRepeated() async throws {
    let sessions = Atomic(0)
    try await ScriptedHTTP.serving({ exchange in
      let isOpening = exchange.request?.method == .initialize
      let number = isOpening ? sessions.add(1, ordering: .relaxed).newValue : sessions.load(ordering: .relaxed)
      try await exchange.legacy(session: "s\(number)") { request in
        exchange.http.headers["Mcp-Session-Id"] == "s1"
          ? await exchange.response.send(404) : await exchange.answer(request.answer(["tools": []]))
      }
    }) { server, url in
      let client = try await connect(url, ClientOptions(protocolChoice: .legacy))
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<5 { group.addTask { _ = try await client.listTools() } }
        try await group.waitForAll()
      }
      #expect(client.negotiated.sessionID == "s2")
      await client.close()
      #expect(server.summary.count { $0 == "POST initialize" } == 2)
    }
  }

  @Test func aSessionThatIsLostAgainIsAnError() async throws {
    try await ScriptedHTTP.serving({ exchange in
      try await exchange.legacy { _ in await exchange.response.send(404) }
    }) { server, url in
      let client = try await connect(url, ClientOptions(protocolChoice: .legacy))
      let error = await #expect(throws: ClientError.self) { try await client.listTools() }
      #expect(error?.code == .sessionLost)
      await client.close()
      #expect(server.summary.count { $0 == "POST tools/list" } == 2)
    }
  }

  @Test func theServersQuestionsAreAnsweredByPost() async throws {
    try await ScriptedHTTP.serving({ exchange in
      try await exchange.legacy { request in
        await exchange.startEvents()
        try await exchange.event(["jsonrpc": "2.0", "id": "q", "method": "ping"])
        try await exchange.event(request.answer(["content": []]))
        await exchange.response.finish()
      }
    }) { server, url in
      let client = try await connect(url)
      _ = try await client.callTool("x")
      await client.close()
      let answer = server.requests.compactMap { try? JSON(parsing: $0.body) }.first { $0["id"] == "q" }
      #expect(answer == ["jsonrpc": "2.0", "id": "q", "result": [:]])
    }
  }

  @Test func aFloodOfQuestionsMakesFewPosts() async throws {
    let answers = Atomic(0)
    try await ScriptedHTTP.serving({ exchange in
      if case .response? = exchange.message { answers.add(1, ordering: .relaxed) }
      try await exchange.legacy { request in
        await exchange.startEvents()
        for id in 0..<1000 {
          try await exchange.event(["jsonrpc": "2.0", "id": .number(JSONNumber(id)), "method": "roots/list"])
        }
        try await exchange.event(request.answer(["content": []]))
        await exchange.response.finish()
      }
    }) { _, url in
      let options = ClientOptions(limits: .init(serverRequests: 2, waitingServerRequests: 8))
      let client = try await connect(url, options)
      _ = try await client.callTool("x")
      await client.close()
      #expect((1...500).contains(answers.load(ordering: .relaxed)), "not one for each")
    }
  }

  @Test func ourOwnHeadersGoWithEveryRequest() async throws {
    let options = ClientOptions(http: .init(headers: [.init("Authorization", "Bearer t")]))
    try await ScriptedHTTP.serving({ try await $0.legacy() }) { server, url in
      let client = try await connect(url, options)
      await client.close()
      #expect(server.requests.count == 4)
      #expect(server.requests.allSatisfy { $0.headers["Authorization"] == "Bearer t" })
    }
  }
}
