// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPClientKit
import MCPCore
import Synchronization
import Testing

/// Requests, answers and what goes wrong between them.
@Suite(.timeLimit(.minutes(1))) struct RequestTests {
  private func connect(
    to server: ScriptedServer, _ options: ClientOptions = ClientOptions()
  ) async throws(ClientError) -> Client {
    try await Client.connect(to: server.target, options: options)
  }

  @Test func aResultComesBackAsTheServerWroteIt() async throws {
    let client = try await connect(to: .modern { [$0.answer(["a": 1, "resultType": "complete", "b": [1.50]])] })
    let result = try await client.request(Method(rawValue: "x/y"), ["p": true])
    #expect(JSON.object(result).text == #"{"a":1,"resultType":"complete","b":[1.5]}"#)
    await client.close()
  }

  @Test func manyRequestsAtOnceGetTheirOwnAnswers() async throws {
    let client = try await connect(to: .modern { [$0.answer(["echo": $0.params["n"] ?? .null])] })
    try await withThrowingTaskGroup(of: (Int, Int?).self) { group in
      for n in 0..<200 {
        group.addTask { (n, try await client.request(.ping, ["n": .number(JSONNumber(n))])["echo"]?.int) }
      }
      for try await (n, echo) in group { #expect(n == echo) }
    }
    await client.close()
  }

  @Test func anErrorOfTheServerIsPassedOn() async throws {
    let client = try await connect(to: .modern { [$0.refusal(RPCError(.invalidParams, "bad cursor", data: [1]))] })
    let error = await #expect(throws: ClientError.self) { try await client.request(.toolsList) }
    #expect(error?.code == .rpc)
    #expect(error?.rpcError == RPCError(.invalidParams, "bad cursor", data: [1]))
    #expect(error?.message.contains("scripted answered with error -32602: bad cursor") == true)
    await client.close()
  }

  @Test(arguments: ["input_required", "task", "other"]) func aResultOfATypeNotAgreedOnIsInvalid(type: String)
    async throws
  {
    let client = try await connect(to: .modern { [$0.answer(["resultType": .string(type)])] })
    let error = await #expect(throws: ClientError.self) { try await client.request(.toolsCall, ["name": "x"]) }
    #expect(error?.code == .invalidResponse)
    await client.close()
  }

  @Test func anInvalidResponseFailsItsRequest() async throws {
    let client = try await connect(to: .modern { [["jsonrpc": "2.0", "id": $0.id.json, "result": 7]] })
    let error = await #expect(throws: ClientError.self) { try await client.request(.toolsList) }
    #expect(error?.code == .invalidResponse)
    await client.close()
  }

  @Test func strayTextAndUnknownResponsesAreSkipped() async throws {
    let client = try await connect(
      to: .modern { ["log line by mistake", ["jsonrpc": "2.0", "id": "nobody", "result": [:]], $0.answer([:])] })
    _ = try await client.request(.toolsList)
    await client.close()
  }

  @Test func severalMessagesInOneArrayAreUnderstood() async throws {
    let client = try await connect(to: .legacy("2025-03-26") { [[$0.answer(["ok": true])]] })
    #expect(try await client.request(.toolsList)["ok"] == true)
    await client.close()
  }

  @Test func theServersPingIsAnsweredAndOtherRequestsAreRefused() async throws {
    let server = ScriptedServer.legacy()
    let client = try await connect(to: server)
    await server.say(["jsonrpc": "2.0", "id": "p", "method": "ping"])
    await server.say(["jsonrpc": "2.0", "id": "r", "method": "roots/list"])
    func answers() -> [Response] {
      server.messages.compactMap { if case .response(let response) = $0 { response } else { nil } }
    }
    while answers().count < 2 { await Task.yield() }
    #expect(answers().first { $0.id == .string("p") }?.outcome == .success([:]))
    guard case .failure(let error)? = answers().first(where: { $0.id == .string("r") })?.outcome else {
      Issue.record("roots/list was answered")
      return
    }
    #expect(error.code == .methodNotFound)
    await client.close()
  }

  @Test func notificationsReachTheObserver() async throws {
    let (heard, tell) = AsyncStream.makeStream(of: Message.Notification.self)
    let server = ScriptedServer.modern()
    let client = try await connect(to: server, ClientOptions(onNotification: { tell.yield($0) }))
    await server.say(["jsonrpc": "2.0", "method": "notifications/message", "params": ["data": "hi"]])
    var iterator = heard.makeAsyncIterator()
    #expect(await iterator.next() == .init(.message, ["data": "hi"]))
    await client.close()
  }

  @Test func theTraceShowsEveryFrame() async throws {
    let frames = Mutex<[String]>([])
    let options = ClientOptions(onTrace: { event in
      frames.withLock { frames in
        switch event {
        case .sent(let text): frames.append("> " + String(decoding: text, as: UTF8.self).prefix(60))
        case .received(let text): frames.append("< " + String(decoding: text, as: UTF8.self).prefix(24))
        case .http: break
        case .note(let note): frames.append("# " + note)
        }
      }
    })
    let client = try await connect(to: .legacy(), options)
    await client.close()
    #expect(
      frames.withLock { $0.map { String($0.prefix(26)) } } == [
        #"> {"jsonrpc":"2.0","id":1,"#, #"< {"jsonrpc":"2.0","id":1,"#, #"> {"jsonrpc":"2.0","id":2,"#,
        #"< {"jsonrpc":"2.0","id":2,"#, #"> {"jsonrpc":"2.0","method"#,
      ])
  }

  // Time and cancellation

  @Test func aRequestWithoutAnswerTimesOutAndTheServerIsTold() async throws {
    let server = ScriptedServer.modern()
    let client = try await connect(to: server)
    let error = await #expect(throws: ClientError.self) {
      try await client.request(.toolsCall, ["name": "x"], options: RequestOptions(idleTimeout: .milliseconds(20)))
    }
    #expect(error?.code == .timeout)
    #expect(error?.message.contains("scripted did not answer tools/call within 0.02 seconds") == true)
    #expect(await server.hears(.cancelled).params["requestId"] == server.requests.last?.id.json)
    await client.close()
  }

  @Test func aCancelledTaskReturnsAtOnceAndTheServerIsTold() async throws {
    let (called, tell) = AsyncStream.makeStream(of: Void.self)
    let server = ScriptedServer.modern { _ in
      tell.yield()
      return []
    }
    let client = try await connect(to: server)
    let task = Task { try await client.request(.toolsCall, ["name": "x"]) }
    var iterator = called.makeAsyncIterator()
    await iterator.next()
    task.cancel()
    let error = await #expect(throws: ClientError.self) { try await task.value }
    #expect(error?.code == .cancelled)
    #expect(await server.hears(.cancelled).params["requestId"] == server.requests.last?.id.json)
    await client.close()
  }

  @Test func progressIsHeardInOrder() async throws {
    let heard = Mutex<[Progress]>([])
    let server = ScriptedServer.modern { request in
      let token = request.params["_meta"]?["progressToken"] ?? .null
      return (1...6).map { done in
        [
          "jsonrpc": "2.0", "method": "notifications/progress",
          "params": ["progressToken": token, "progress": .number(JSONNumber(done)), "total": 6, "message": "working"],
        ]
      } + [request.answer([:])]
    }
    let client = try await connect(to: server)
    _ = try await client.request(
      .toolsCall, ["name": "x"], options: RequestOptions { progress in heard.withLock { $0.append(progress) } })
    #expect(heard.withLock { $0.map(\.done) } == [1, 2, 3, 4, 5, 6])
    #expect(heard.withLock { $0.last?.total } == 6)
    #expect(heard.withLock { $0.last?.message } == "working")
    await client.close()
  }

  @Test func theTotalTimeoutHoldsHoweverMuchProgressThereIs() async throws {
    let server = ScriptedServer.modern { request in
      [
        [
          "jsonrpc": "2.0", "method": "notifications/progress",
          "params": ["progressToken": request.id.json, "progress": 1],
        ]
      ]
    }
    let client = try await connect(to: server)
    let error = await #expect(throws: ClientError.self) {
      try await client.request(
        .toolsCall, ["name": "x"], options: RequestOptions(totalTimeout: .milliseconds(20), onProgress: { _ in }))
    }
    #expect(error?.code == .timeout)
    #expect(error?.message.contains("took longer than") == true)
    await client.close()
  }

  @Test func aServerThatHangsUpFailsWhatIsWaiting() async throws {
    let server = ScriptedServer.modern()
    let client = try await connect(to: server)
    let waiting = Task { try await client.request(.toolsCall, ["name": "x"]) }
    while server.requests.count < 2 { await Task.yield() }
    await server.hangUp()
    let error = await #expect(throws: ClientError.self) { try await waiting.value }
    #expect(error?.code == .disconnected)
    let later = await #expect(throws: ClientError.self) { try await client.request(.toolsCall, ["name": "x"]) }
    #expect(later?.code == .disconnected)
    await client.close()
  }

  @Test func aClosedClientRefusesRequests() async throws {
    let client = try await connect(to: .modern())
    await client.close()
    let error = await #expect(throws: ClientError.self) { try await client.request(.toolsCall, ["name": "x"]) }
    #expect(error?.code == .closed)
  }
}
