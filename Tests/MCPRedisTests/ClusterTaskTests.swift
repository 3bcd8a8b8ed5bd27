// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import Observability
import Synchronization
import TestSupport
import Testing

@testable import MCPRedis
@testable import MCPServeKit

/// Tasks that one server works on and others are asked about.
@Suite(.timeLimit(.minutes(2))) struct ClusterTaskTests {
  private static let name = Elicitation.Form("Who are you?", .init("name", isRequired: true))

  private func makeServer(_ tasks: any TaskStore) throws -> Server {
    var options = Server.Options()
    options.tasks.store = tasks
    return try Server(name: "working", version: "1", options: options) {
      ServerTool("greet", "Asks, then greets.") { context in
        let answer = try await context.elicit(Self.name, as: "name")
        return .text("Hello, \(answer["name"]?.string ?? "nobody")!")
      }.tasks(.optional)
      ServerTool("wait", "Waits for long.") { context in
        try await Task.sleep(for: .seconds(600))
        return .text("done")
      }.tasks(.optional)
    }
  }

  private func modern(_ member: Member, _ method: String, _ params: JSONObject, hasTasks: Bool = true) async throws
    -> JSON
  {
    var params = params
    var capabilities: JSONObject = ["elicitation": [:]]
    if hasTasks { capabilities["extensions"] = ["io.modelcontextprotocol/tasks": [:]] }
    params["_meta"] = [
      "io.modelcontextprotocol/protocolVersion": "2026-07-28",
      "io.modelcontextprotocol/clientCapabilities": .object(capabilities),
      "io.modelcontextprotocol/clientInfo": ["name": "test", "version": "1"],
    ]
    var headers = ["MCP-Protocol-Version": "2026-07-28", "Mcp-Method": method]
    headers["Mcp-Name"] = params["name"]?.string ?? params["taskId"]?.string
    let body: JSONObject = ["jsonrpc": "2.0", "id": 1, "method": .string(method), "params": .object(params)]
    let answer = try await member.peer().ask("POST", "/mcp", headers, body: JSON.object(body).text)
    return try #require(answer.json)
  }

  private func begin(_ member: Member, _ tool: String) async throws -> JSON {
    let answer = try await modern(member, "tools/call", ["name": .string(tool), "arguments": [:]])
    return try #require(answer["result"]?["taskId"], "\(answer)")
  }

  /// How the task is, at a server, once it has that status.
  private func task(_ id: JSON, _ status: String, at member: Member) async throws -> JSON {
    var last: JSON = nil
    _ = try await eventually {
      last = try await modern(member, "tasks/get", ["taskId": id])["result"] ?? nil
      return last["status"]?.string == status
    }
    #expect(last["status"]?.string == status)
    return last
  }

  @Test func aTaskIsAskedAfterAndAnsweredAtAnotherServer() async throws {
    try await withTwoMembers(makeServer) { one, other in
      let id = try await begin(one, "greet")
      let waiting = try await task(id, "input_required", at: other)
      let key = try #require(waiting["inputRequests"]?.object?.names.first)
      let updated = try await modern(
        other, "tasks/update",
        ["taskId": id, "inputResponses": .object([key: ["action": "accept", "content": ["name": "Ada"]]])])
      #expect(updated["result"] != nil)
      for member in [other, one] {
        let done = try await task(id, "completed", at: member)
        #expect(done["result"]?["content"]?[0]?["text"] == "Hello, Ada!")
      }
    }
  }

  @Test func aTaskIsCancelledAtAnotherServer() async throws {
    try await withTwoMembers(makeServer) { one, other in
      let id = try await begin(one, "wait")
      #expect(one.server.tasks.runningCount == 1)
      #expect(try await modern(other, "tasks/cancel", ["taskId": id])["result"] != nil)
      _ = try await task(id, "cancelled", at: one)
      #expect(try await eventually { one.server.tasks.runningCount == 0 }, "its work is ended where it is done")
    }
  }

  @Test func theResultOfALegacyTaskIsWaitedForAtAnotherServer() async throws {
    try await withTwoMembers(makeServer) { one, other in
      let caller = try one.peer()
      let session = try await caller.initialize()
      let headers = ["Mcp-Session-Id": session]
      let called = try await caller.ask(
        "POST", "/mcp", headers,
        body: #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"greet","arguments":{},"task":{}}}"#)
      let id = try #require(called.json?["result"]?["task"]?["taskId"]?.string)
      let waiter = try other.peer()
      try await waiter.send(
        "POST", "/mcp", headers,
        body: #"{"jsonrpc":"2.0","id":2,"method":"tasks/result","params":{"taskId":"\#(id)"}}"#)
      _ = try await waiter.head()
      var message = try await waiter.message()
      while message["method"] != "elicitation/create" { message = try await waiter.message() }
      let question = try #require(message["id"]?.string)
      // The question is put by one server; the answer comes to the other.
      let answered = try await caller.ask(
        "POST", "/mcp", headers,
        body: #"{"jsonrpc":"2.0","id":"\#(question)","result":{"action":"accept","content":{"name":"Eve"}}}"#)
      #expect(answered.status == 202)
      while message["id"] != 2 { message = try await waiter.message() }
      #expect(message["result"]?["content"]?[0]?["text"] == "Hello, Eve!")
      let listed = try await other.peer().ask(
        "POST", "/mcp", headers, body: #"{"jsonrpc":"2.0","id":3,"method":"tasks/list"}"#)
      #expect(listed.json?["result"]?["tasks"]?[0]?["taskId"]?.string == id)
      let stranger = try other.peer()
      let foreign = try await stranger.initialize()
      let refused = try await stranger.ask(
        "POST", "/mcp", ["Mcp-Session-Id": foreign],
        body: #"{"jsonrpc":"2.0","id":4,"method":"tasks/get","params":{"taskId":"\#(id)"}}"#)
      #expect(refused.json?["error"]?["code"] == -32602, "another session does not learn of it")
    }
  }

  @Test func aRoundGoesOnAtAnotherServer() async throws {
    try await withTwoMembers(makeServer) { one, other in
      let first = try await modern(one, "tools/call", ["name": "greet", "arguments": [:]], hasTasks: false)
      #expect(first["result"]?["resultType"] == "input_required")
      let key = try #require(first["result"]?["inputRequests"]?.object?.names.first)
      let state = try #require(first["result"]?["requestState"])
      let responses: JSONObject = [key: ["action": "accept", "content": ["name": "Ada"]]]
      let second = try await modern(
        other, "tools/call",
        ["name": "greet", "arguments": [:], "requestState": state, "inputResponses": .object(responses)],
        hasTasks: false)
      #expect(second["result"]?["content"]?[0]?["text"] == "Hello, Ada!")
    }
  }

  @Test func whoListensAtAnotherServerIsTold() async throws {
    try await withTwoMembers(makeServer) { one, other in
      let id = try await begin(one, "greet")
      let waiting = try await task(id, "input_required", at: one)
      let key = try #require(waiting["inputRequests"]?.object?.names.first)
      let listener = try other.peer()
      let body: JSON = [
        "jsonrpc": "2.0", "id": 5, "method": "subscriptions/listen",
        "params": [
          "_meta": [
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": ["extensions": ["io.modelcontextprotocol/tasks": [:]]],
          ], "notifications": ["taskIds": .array([id])],
        ],
      ]
      try await listener.send(
        "POST", "/mcp", ["MCP-Protocol-Version": "2026-07-28", "Mcp-Method": "subscriptions/listen"], body: body.text)
      _ = try await listener.head()
      #expect(try await listener.message()["method"] == "notifications/subscriptions/acknowledged")
      _ = try await modern(
        one, "tasks/update",
        ["taskId": id, "inputResponses": .object([key: ["action": "decline"]])])
      var message = try await listener.message()
      while message["params"]?["status"] != "completed" { message = try await listener.message() }
      #expect(message["method"] == "notifications/tasks")
    }
  }

  @Test func theTasksOfAServerThatIsGoneAreEnded() async throws {
    let redis = try RedisServer()
    let client = try redis.client()
    let gone = RedisNode(client, RedisNode.Options(name: "n1"), logger: .silent)
    let store = RedisTaskStore(client, RedisTaskStore.Options(), node: gone)
    let record = TaskRecord(
      id: "a", owner: TaskOwner(principal: "ada", session: nil), revision: .latest, created: 0, lifetime: 600_000,
      pollInterval: 1)
    try await store.insert(record)
    let other = RedisTaskStore(
      try redis.client { $0.limits.patience = .milliseconds(100) }, RedisTaskStore.Options())
    try await other.bury(tasksOf: "n1", except: gone.bootID)
    #expect(try await other.task("a")?.status == .working, "this run of it lives")
    async let waiting = store.task("a", after: 1)
    try await other.bury(tasksOf: "n1", except: "")
    let ended = try #require(try await waiting)
    guard case .error(let error)? = ended.outcome else { throw Unexpected("no error") }
    #expect(ended.status == .failed && error.data?["reason"] == "node_lost")
    let late = try await store.change("a") { $0.end(.result([:]), at: 2) }
    #expect(late == ended, "what comes late changes nothing")
    redis.kill()
    let unavailable = await #expect(throws: TaskStoreError.self) { try await other.task("a") }
    #expect(unavailable?.code == .unavailable)
  }

  @Test func theTasksOfAServerThatIsBackAreLeftAlone() async throws {
    let redis = try RedisServer()
    let client = try redis.client()
    let back = RedisNode(client, RedisNode.Options(name: "n1"), logger: .silent)
    try await back.join()
    let store = RedisTaskStore(client, RedisTaskStore.Options(), node: back)
    try await store.insert(Self.record("a"))
    // Another server found the name free a moment ago.
    try await RedisTaskStore(client, RedisTaskStore.Options()).bury(tasksOf: "n1", except: "")
    #expect(try await store.task("a")?.status == .working)
    try await back.forget("n1")
    #expect(try await client.send(RedisCommand("ZCARD", .key(back.keys.instances))).int == 1, "it is on the list")
  }

  @Test func aServerThatLeavesEndsWhatItLeavesUnfinished() async throws {
    let redis = try RedisServer()
    let client = try redis.client()
    let node = RedisNode(client, RedisNode.Options(name: "n1"), logger: .silent)
    let store = RedisTaskStore(client, RedisTaskStore.Options(), node: node)
    try await node.join()
    try await store.insert(Self.record("a"))
    var hooks = RedisNode.Hooks()
    hooks.isGone = { _, _ in throw Unexpected("Redis is away") }
    node.setHooks(hooks)
    await node.leave()
    let names = RedisCommand("ZCARD", .key(node.keys.instances))
    #expect(try await client.send(names).int == 1, "another server finds the name and ends what is left")
    hooks.isGone = { [weak store] name, boot in try await store?.bury(tasksOf: name, except: boot) }
    node.setHooks(hooks)
    await node.leave()
    #expect(try await store.task("a")?.status == .failed)
    #expect(try await client.send(names).int == 0)
  }

  @Test func aTaskThatCannotBeReadKeepsNoOtherFromBeingEnded() async throws {
    let redis = try RedisServer()
    let client = try redis.client()
    let gone = RedisNode(client, RedisNode.Options(name: "n1"), logger: .silent)
    let store = RedisTaskStore(client, RedisTaskStore.Options(), node: gone)
    for id in ["a", "b", "c"] { try await store.insert(Self.record(id)) }
    _ = try await client.send(RedisCommand("HSET", .key("mcp:tasks:a"), "record", "no JSON"))
    try await store.bury(tasksOf: "n1", except: "")
    for id in ["b", "c"] { #expect(try await store.task(id)?.status == .failed) }
    let unreadable = await #expect(throws: TaskStoreError.self) { try await store.task("a") }
    #expect(unreadable?.code == .malformed)
  }

  @Test func aResultAsDeepAsAMessageIsReadBack() async throws {
    let redis = try RedisServer()
    let store = RedisTaskStore(try redis.client(), RedisTaskStore.Options())
    try await store.insert(Self.record("a"))
    let deep = (0..<127).reduce(JSON.array([])) { inner, _ in .array([inner]) }
    _ = try await store.change("a") { $0.end(.result(["structuredContent": deep]), at: 1) }
    #expect(try await store.task("a")?.outcome == .result(["structuredContent": deep]))
  }

  @Test func whyTasksAreNotAvailableIsSaidOnce() async throws {
    let redis = try RedisServer()
    let said = Mutex<[String]>([])
    let logger = Logger(level: .warning) { entry in
      said.withLock { $0.append(entry.fields.map(\.value).joined()) }
    }
    let client = try redis.client { $0.limits.patience = .milliseconds(100) }
    let node = RedisNode(client, RedisNode.Options(name: "n1"), logger: logger)
    let store = RedisTaskStore(client, RedisTaskStore.Options(), node: node)
    #expect(try await store.task("a") == nil)
    redis.kill()
    for _ in 0..<2 { await #expect(throws: TaskStoreError.self) { try await store.task("a") } }
    let all = said.withLock { $0 }
    #expect(all.count == 1 && all.first?.contains("127.0.0.1") == true, "\(all)")
  }

  @Test func aTaskWhoseRoomWasGivenBackTakesNoMore() async throws {
    let redis = try RedisServer()
    let client = try redis.client()
    let store = RedisTaskStore(client, RedisTaskStore.Options())
    try await store.insert(Self.record("a"))
    // As another's task is begun in the moment between the end in the index and that of the task.
    _ = try await client.send([
      RedisCommand("ZREM", .key("mcp:index:tasks"), "a"), RedisCommand("HDEL", .key("mcp:index:tasks:room"), "i:a"),
      RedisCommand("HSET", .key("mcp:index:tasks:room"), "#total", "0"),
    ])
    let long = String(repeating: "x", count: 1000)
    #expect(try await store.change("a") { $0.report(long, at: 1) } == nil)
    let total = try await client.send(RedisCommand("HGET", .key("mcp:index:tasks:room"), "#total"))
    #expect(total.string == "0")
  }

  private static func record(_ id: String) -> TaskRecord {
    TaskRecord(
      id: id, owner: TaskOwner(principal: "ada", session: nil), revision: .latest, created: 0, lifetime: 600_000,
      pollInterval: 1)
  }

  @Test func whoIsCancelledWhileRedisIsAskedIsToldSo() async throws {
    let redis = try RedisServer()
    let (asked, teller) = AsyncStream.makeStream(of: Void.self)
    let store = RedisTaskStore(try redis.client(), RedisTaskStore.Options()) {
      teller.yield()
      return .zero
    }
    redis.pause()
    let waiting = Task { try await store.task("a", after: 1) }
    await asked.first { true }
    waiting.cancel()
    await #expect(throws: CancellationError.self) { _ = try await waiting.value }
    redis.resume()
  }
}
