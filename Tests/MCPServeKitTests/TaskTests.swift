// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore
import TestSupport
import Testing

@testable import MCPServeKit

/// Tasks of the extension, asked for over HTTP; what is said is also in the transcripts.
@Suite(.timeLimit(.minutes(1))) struct TaskTests {
  private static let capabilities: JSONObject = [
    "extensions": ["io.modelcontextprotocol/tasks": [:]], "elicitation": [:],
  ]

  private func ask(
    _ site: Site, _ method: String, _ params: JSONObject, capabilities: JSONObject = capabilities
  ) async throws -> HTTPPeer.Answer {
    let request = modern(method, params, capabilities: capabilities)
    return try await site.peer().ask("POST", "/mcp", request.headers, body: request.body)
  }

  /// Calls a tool and returns the id of its task.
  private func begin(_ site: Site, _ tool: String, _ arguments: JSONObject = [:]) async throws -> String {
    let answer = try await ask(site, "tools/call", ["name": .string(tool), "arguments": .object(arguments)])
    #expect(answer.json?["result"]?["resultType"] == "task")
    return try #require(answer.json?["result"]?["taskId"]?.string)
  }

  /// The task once `isReached` says so.
  private func get(
    _ site: Site, _ id: String, until isReached: @Sendable (TaskRecord) -> Bool = \.status.isFinal
  ) async throws -> JSON {
    var version = 0
    while let record = try await site.server.tasks.store.task(id, after: version), !isReached(record) {
      version = record.version
    }
    let answer = try await ask(site, "tasks/get", ["taskId": .string(id)])
    return try #require(answer.json?["result"])
  }

  @Test func aCallGoesOnAndItsResultIsFetched() async throws {
    try await withSite(try makeTaskFixture()) { site in
      let task = try await get(site, try await begin(site, "add", ["a": 1, "b": 2]))
      #expect(task["status"] == "completed" && task["resultType"] == "complete")
      #expect(task["result"]?["structuredContent"] == ["sum": 3])
      #expect(task["ttlMs"] == 900_000 && task["pollIntervalMs"] == 1000)
      #expect(task["ttl"] == nil && task["task"] == nil)
    }
  }

  @Test func whatFailsIsToldApart() async throws {
    try await withSite(try makeTaskFixture()) { site in
      let failed = try await get(site, try await begin(site, "fail"))
      #expect(failed["status"] == "completed" && failed["result"]?["isError"] == true)
      let broken = try await get(site, try await begin(site, "break"))
      #expect(broken["status"] == "failed" && broken["error"]?["code"] == -32602 && broken["result"] == nil)
      let misused = try await get(site, try await begin(site, "add", ["a": "one"]))
      #expect(misused["status"] == "completed" && misused["result"]?["isError"] == true)
    }
  }

  @Test func progressBecomesTheStatusMessage() async throws {
    try await withSite(try makeTaskFixture()) { site in
      let id = try await begin(site, "hang")
      let task = try await get(site, id) { $0.statusMessage != nil }
      #expect(task["status"] == "working" && task["statusMessage"] == "half done")
      _ = try await ask(site, "tasks/cancel", ["taskId": .string(id)])
      #expect(try await get(site, id)["status"] == "cancelled")
    }
  }

  @Test func questionsWaitWithTheTaskAndAreAnsweredOneByOne() async throws {
    try await withSite(try makeTaskFixture()) { site in
      let id = try await begin(site, "ask_twice")
      let asking = try await get(site, id) { $0.status == .inputRequired }
      let requests = try #require(asking["inputRequests"]?.object)
      #expect(requests.names == ["name-1", "confirm-2"])
      #expect(requests["name-1"]?["method"] == "elicitation/create")
      let first: JSONObject = ["name-1": ["action": "accept", "content": ["name": "Ada"]], "nobody": [:]]
      let ack = try await ask(site, "tasks/update", ["taskId": .string(id), "inputResponses": .object(first)])
      #expect(ack.json?["result"]?["resultType"] == "complete" && ack.json?["result"]?["taskId"] == nil)
      let half = try await ask(site, "tasks/get", ["taskId": .string(id)]).json?["result"]
      #expect(half?["status"] == "input_required" && half?["inputRequests"]?.object?.names == ["confirm-2"])
      let second: JSONObject = ["confirm-2": ["action": "accept", "content": ["ok": true]]]
      _ = try await ask(site, "tasks/update", ["taskId": .string(id), "inputResponses": .object(second)])
      #expect(try await get(site, id)["result"]?["content"]?[0]?["text"] == "Ada true")
    }
  }

  @Test func roundsComeBeforeTheTask() async throws {
    try await withSite(try makeTaskFixture()) { site in
      let first = try await ask(site, "tools/call", ["name": "prepared"]).json?["result"]
      #expect(first?["resultType"] == "input_required" && first?["inputRequests"]?["user_name"] != nil)
      let responses: JSON = ["user_name": ["action": "accept", "content": ["name": "Ada"]]]
      let state = first?["requestState"] ?? .null
      let params: JSONObject = ["name": "prepared", "requestState": state, "inputResponses": responses]
      let second = try await ask(site, "tools/call", params).json?["result"]
      #expect(second?["resultType"] == "task" && second?["requestState"] == nil)
      let task = try await get(site, try #require(second?["taskId"]?.string))
      #expect(task["result"]?["content"]?[0]?["text"] == "Hello, Ada!")
    }
  }

  @Test func aListenerHearsOfItsOwnTasks() async throws {
    try await withSite(try makeTaskFixture()) { site in
      let id = try await begin(site, "ask")
      let listener = try site.peer()
      let filter: JSONObject = [
        "notifications": ["taskIds": [.string(id), "somebody else's"], "toolsListChanged": true]
      ]
      let request = modern("subscriptions/listen", filter, id: 9, capabilities: Self.capabilities)
      try await listener.send("POST", "/mcp", request.headers, body: request.body)
      _ = try await listener.head()
      let honoured = try await listener.message()["params"]?["notifications"]
      #expect(honoured == ["toolsListChanged": true, "taskIds": [.string(id)]])
      let asking = try await get(site, id) { $0.status == .inputRequired }
      let key = try #require(asking["inputRequests"]?.object?.names.first)
      let answer: JSONObject = [key: ["action": "accept", "content": ["name": "Ada"]]].asObject
      _ = try await ask(site, "tasks/update", ["taskId": .string(id), "inputResponses": .object(answer)])
      while true {
        let told = try await listener.message()
        #expect(told["method"] == "notifications/tasks" && told["params"]?["taskId"] == .string(id))
        guard told["params"]?["status"] == "completed" else { continue }
        #expect(told["params"]?["result"]?["content"]?[0]?["text"] == "Hello, Ada!")
        break
      }
    }
  }

  @Test func onlyClientsThatDeclareTheExtensionMeetTasks() async throws {
    try await withSite(try makeTaskFixture()) { site in
      let plain = try await ask(site, "tools/call", ["name": "add", "arguments": ["a": 1, "b": 1]], capabilities: [:])
      #expect(plain.json?["result"]?["structuredContent"] == ["sum": 2])
      let listening: JSONObject = ["notifications": ["taskIds": ["a"]]]
      let calls: [(String, JSONObject)] = [
        ("tools/call", ["name": "fail"]), ("tasks/get", ["taskId": "a"]), ("tasks/cancel", ["taskId": "a"]),
        ("tasks/update", ["taskId": "a", "inputResponses": [:]]), ("subscriptions/listen", listening),
      ]
      for (method, params) in calls {
        let answer = try await ask(site, method, params, capabilities: [:])
        #expect(answer.status == 400 && answer.json?["error"]?["code"] == -32021, "\(method)")
        let data = answer.json?["error"]?["data"]
        #expect(data == ["requiredCapabilities": ["extensions": ["io.modelcontextprotocol/tasks": [:]]]])
      }
    }
  }

  @Test func theNameHeaderIsTheIdOfTheTask() async throws {
    try await withSite(try makeTaskFixture()) { site in
      var request = modern("tasks/get", ["taskId": "a"], capabilities: Self.capabilities)
      request.headers["Mcp-Name"] = "b"
      let answer = try await site.peer().ask("POST", "/mcp", request.headers, body: request.body)
      #expect(answer.status == 400 && answer.json?["error"]?["code"] == -32020)
    }
  }

  @Test func thereIsALimitToTasksAtWork() async throws {
    var options = TaskOptions()
    options.running = 1
    try await withSite(try makeTaskFixture(options)) { site in
      let id = try await begin(site, "hang")
      let refused = try await ask(site, "tools/call", ["name": "hang"])
      #expect(refused.json?["error"]?["code"] == -32603)
      _ = try await ask(site, "tasks/cancel", ["taskId": .string(id)])
    }
  }

  @Test func aTaskOfAnotherDoesNotExist() async throws {
    let server = try makeTaskFixture()
    func handle(_ method: Method, _ params: JSONObject, as principal: String) async throws -> Reply {
      let context = RequestContext(
        id: .number(1), revision: .latest, method: method, params: params,
        meta: ["io.modelcontextprotocol/clientCapabilities": .object(Self.capabilities)],
        principal: Principal(principal))
      return try await server.handle(Request(id: context.id, method: method, params: params), in: context)
    }
    guard case .task(let task) = try await handle(.toolsCall, ["name": "fail"], as: "ada") else {
      Issue.record("no task was begun")
      return
    }
    #expect(task.id.utf8.count >= 43, "256 random bits")
    _ = try await handle(.tasksGet, ["taskId": .string(task.id)], as: "ada")
    for method in [Method.tasksGet, .tasksCancel, .tasksUpdate] {
      let params: JSONObject = ["taskId": .string(task.id), "inputResponses": [:]]
      let error = await #expect(throws: RPCError.self) { _ = try await handle(method, params, as: "eve") }
      #expect(error?.code == .invalidParams)
    }
  }

  @Test func aTaskEndsWithItsLifetime() async throws {
    var options = TaskOptions()
    options.lifetime = .milliseconds(50)
    try await withSite(try makeTaskFixture(options)) { site in
      let id = try await begin(site, "hang")
      var version = 0
      while let record = try await site.server.tasks.store.task(id, after: version) { version = record.version }
      let answer = try await ask(site, "tasks/get", ["taskId": .string(id)])
      #expect(answer.json?["error"]?["code"] == -32602)
    }
  }
}

extension Dictionary where Key == String, Value == JSON {
  fileprivate var asObject: JSONObject { JSONObject(map { .init(name: $0.key, value: $0.value) }) }
}
