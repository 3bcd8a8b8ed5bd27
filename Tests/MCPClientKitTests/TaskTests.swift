// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPClientKit
import MCPCore
import Synchronization
import Testing

/// Calls that servers make tasks of, in both eras.
@Suite(.timeLimit(.minutes(1))) struct TaskTests {
  private static let asTask = RequestOptions(asTask: true)

  private static func task(_ status: String, legacy: Bool = false) -> JSONObject {
    var task: JSONObject = [
      "taskId": "t1", "status": .string(status), "createdAt": "2026-07-28T00:00:00Z",
      "lastUpdatedAt": "2026-07-28T00:00:00Z",
    ]
    task[legacy ? "ttl" : "ttlMs"] = 60_000
    task[legacy ? "pollInterval" : "pollIntervalMs"] = 1
    return task
  }

  private static func created(_ request: Request) -> JSON {
    var result = task("working")
    result["resultType"] = "task"
    return request.answer(.object(result))
  }

  /// A modern server whose task goes through `looks`, one each time somebody looks.
  private func modern(_ looks: [JSONObject]) -> ScriptedServer {
    let next = Mutex(0)
    return .modern { request in
      switch request.method {
      case .toolsCall: return [Self.created(request)]
      case .tasksGet:
        let number = next.withLock { next in
          defer { next += 1 }
          return min(next, looks.count - 1)
        }
        var look = looks[number]
        look["resultType"] = "complete"
        return [request.answer(.object(look))]
      default: return [request.answer(["resultType": "complete"])]
      }
    }
  }

  private func look(_ status: String, _ more: JSONObject = [:]) -> JSONObject {
    var look = Self.task(status)
    for member in more.members { look[member.name] = member.value }
    return look
  }

  @Test func aStateIsReadAsItWasWritten() throws {
    for revision in [Revision.v20251125, .v20260728] {
      let state = TaskState(
        id: "t", status: .inputRequired, message: "m", createdAt: "a", lastUpdatedAt: "b", lifetime: .seconds(2),
        pollInterval: .milliseconds(5))
      #expect(try TaskState(json: state.json(in: revision)) == state)
    }
    let endless = TaskState(id: "t", status: .working, createdAt: "a", lastUpdatedAt: "b")
    #expect(endless.json(in: .v20251125)["ttl"] == .null)
    #expect(throws: InvalidShape.self) { try TaskState(json: ["taskId": "t", "status": "sleeping"]) }
  }

  @Test func aTaskIsWaitedForAndItsResultIsTheCallsOwn() async throws {
    let server = modern([
      look("working"), look("working"), look("completed", ["result": ["content": [["type": "text", "text": "done"]]]]),
    ])
    let seen = Mutex<[TaskState.Status]>([])
    try await Client.connected(to: server.target) { client in
      var options = Self.asTask
      options.onTask = { task in seen.withLock { $0.append(task.status) } }
      let result = try await client.callTool("x", options: options)
      #expect(result.content == [.text("done")])
    }
    #expect(seen.withLock { $0 } == [.working, .working, .completed])
    let declared = server.requests.dropFirst().map {
      $0.params["_meta"]?[MetaKey.clientCapabilities]?["extensions"]?[TasksExtension.name]
    }
    #expect(declared.allSatisfy { $0 == [:] }, "each request declares the extension")
    #expect(server.requests.last?.params["taskId"] == "t1")
  }

  @Test func whatATaskAsksIsAnsweredOnce() async throws {
    let question: JSONObject = ["inputRequests": ["k": ["method": "roots/list"]]]
    let server = modern([
      look("input_required", question), look("input_required", question),
      look("completed", ["result": ["content": []]]),
    ])
    let options = ClientOptions(responder: RootsResponder(directories: ["/"]))
    try await Client.connected(to: server.target, options: options) { client in
      _ = try await client.callTool("x", options: Self.asTask)
    }
    let updates = server.requests.filter { $0.method == .tasksUpdate }
    #expect(updates.count == 1)
    #expect(updates.first?.params["inputResponses"]?["k"]?["roots"]?[0]?["uri"] == "file:///")
  }

  @Test func theErrorOfATaskIsTheCallsOwn() async throws {
    let failed = modern([look("failed", ["error": ["code": -32603, "message": "boom"]])])
    try await Client.connected(to: failed.target) { client in
      let error = await #expect(throws: ClientError.self) { try await client.callTool("x", options: Self.asTask) }
      #expect(error?.rpcError?.message == "boom")
    }
    let cancelled = modern([look("cancelled")])
    try await Client.connected(to: cancelled.target) { client in
      let error = await #expect(throws: ClientError.self) { try await client.callTool("x", options: Self.asTask) }
      #expect(error?.code == .taskCancelled)
    }
  }

  @Test func aTaskNobodyWaitsForIsCancelled() async throws {
    let server = modern([look("working")])
    let (looks, looked) = AsyncStream.makeStream(of: Void.self)
    try await Client.connected(to: server.target) { client in
      let call = Task {
        try await client.callTool("x", options: RequestOptions(asTask: true, onTask: { _ in looked.yield() }))
      }
      for await _ in looks { break }
      call.cancel()
      let error = await #expect(throws: ClientError.self) { try await call.value }
      #expect(error?.code == .cancelled)
    }
    #expect(server.requests.contains { $0.method == .tasksCancel && $0.params["taskId"] == "t1" })
  }

  @Test func aTaskMayOutliveThoseThatWaitForIt() async throws {
    let server = modern([look("working")])
    try await Client.connected(to: server.target) { client in
      var waiting = RequestOptions(totalTimeout: .milliseconds(50))
      waiting.keepsTask = true
      let options = waiting
      let error = await #expect(throws: ClientError.self) { try await client.result(ofTask: "t1", options: options) }
      #expect(error?.code == .timeout)
    }
    #expect(!server.requests.contains { $0.method == .tasksCancel })
  }

  @Test func aTaskIsAnsweredWithoutWaitingForItsResult() async throws {
    let question: JSONObject = ["inputRequests": ["k": ["method": "roots/list"]]]
    let server = modern([look("input_required", question), look("working")])
    let options = ClientOptions(responder: RootsResponder(directories: ["/"]))
    try await Client.connected(to: server.target, options: options) { client in
      let answered = try await client.answerTask("t1")
      let unasked = try await client.answerTask("t1")
      #expect(answered.status == .working && unasked.status == .working)
    }
    #expect(server.requests.count { $0.method == .tasksUpdate } == 1)
  }

  @Test func timesOfRequestsAreTold() async throws {
    let server = modern([look("working")])
    let told = Mutex<[RequestTiming]>([])
    var options = ClientOptions()
    options.onTiming = { timing in told.withLock { $0.append(timing) } }
    try await Client.connected(to: server.target, options: options) { client in _ = try await client.task("t1") }
    let timings = told.withLock { $0 }
    #expect(timings.map(\.method) == [.discover, .tasksGet])
    #expect(timings.allSatisfy { $0.end >= $0.start && $0.phases == nil })
  }

  @Test func aTaskThatWasNotOfferedIsAnError() async throws {
    let server = modern([look("working")])
    try await Client.connected(to: server.target) { client in
      let error = await #expect(throws: ClientError.self) { try await client.callTool("x") }
      #expect(error?.code == .invalidResponse)
    }
    let other = ScriptedServer.modern { [Self.created($0)] }
    try await Client.connected(to: other.target) { client in
      let error = await #expect(throws: ClientError.self) {
        try await client.request(.promptsGet, ["name": "p"], options: Self.asTask)
      }
      #expect(error?.code == .invalidResponse, "only tools become tasks")
    }
  }

  // Legacy

  @Test(arguments: [true, false]) func theExperimentalTasksOfTheLegacyEra(serverHasTasks: Bool) async throws {
    let looks = Mutex(0)
    let server = ScriptedServer { message in
      guard case .request(let request) = message else { return [] }
      switch request.method {
      case .initialize:
        var handshake = ScriptedServer.handshake("2025-11-25").object ?? [:]
        if serverHasTasks { handshake["capabilities"] = ["tasks": ["requests": ["tools": ["call": [:]]]]] }
        return [request.answer(.object(handshake))]
      case .toolsCall where request.params["task"] != nil:
        return [request.answer(["task": .object(Self.task("working", legacy: true))])]
      case .tasksGet:
        let number = looks.withLock { looks in
          looks += 1
          return looks
        }
        return [request.answer(.object(Self.task(number < 3 ? "working" : "completed", legacy: true)))]
      default: return [request.answer(["content": [["type": "text", "text": .string(request.method.rawValue)]]])]
      }
    }
    try await Client.connected(to: server.target, options: ClientOptions(protocolChoice: .legacy)) { client in
      let result = try await client.callTool("x", options: Self.asTask)
      #expect(result.content == [.text(serverHasTasks ? "tasks/result" : "tools/call")])
    }
    #expect(server.requests.count { $0.method == .tasksGet } == (serverHasTasks ? 3 : 0))
  }

  @Test func anAnswerNamesTheTaskItsQuestionNamed() async throws {
    let meta: JSON = .object([MetaKey.relatedTask: ["taskId": "t1"]])
    let response = try await AskingServer.answer(
      .rootsList, ["_meta": meta], ClientOptions(responder: RootsResponder(directories: ["/"])))
    guard case .success(let result) = response.outcome else { throw ChannelClosed() }
    #expect(result["_meta"] == meta)
  }
}
