// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore
import MCPServeKit
import Testing

/// Tasks of 2025-11-25 on a channel; most of what is said is in the transcript.
@Suite(.timeLimit(.minutes(1))) struct LegacyTaskTests {
  /// A client that has shaken hands and not confirmed it, so that it is told of no status unasked.
  private struct Peer {
    let channel: MemoryChannel

    func send(_ members: JSONObject) async throws {
      var message: JSONObject = ["jsonrpc": "2.0"]
      message.members += members.members
      try await channel.send(Array(JSON.object(message).text.utf8))
    }

    func ask(_ id: Int, _ method: String, _ params: JSONObject) async throws {
      try await send(["id": .number(JSONNumber(id)), "method": .string(method), "params": .object(params)])
    }

    func message() async throws -> JSON { try JSON(parsing: try #require(await channel.receive())) }

    /// Begins a task and returns its id.
    func begin(_ tool: String, _ more: JSONObject = [:]) async throws -> JSON {
      var params: JSONObject = ["name": .string(tool), "task": [:]]
      params.members += more.members
      try await ask(1, "tools/call", params)
      return try #require(try await message()["result"]?["task"]?["taskId"])
    }
  }

  private func with(_ server: Server, _ body: (Peer) async throws -> Void) async throws {
    let (client, theirs) = MemoryChannel.pair()
    let endpoint = ChannelEndpoint(Service(server), on: theirs)
    try await withThrowingTaskGroup { group in
      group.addTask { try await endpoint.run() }
      let peer = Peer(channel: client)
      let params: JSONObject = ["protocolVersion": "2025-11-25", "capabilities": ["elicitation": [:]]]
      try await peer.ask(0, "initialize", params)
      _ = try await peer.message()
      try await body(peer)
      await client.close()
      try await group.waitForAll()
    }
  }

  @Test func aServerWithoutTasksAnswersAsUsual() async throws {
    try await with(try makeFixture()) { peer in
      for tool in ["add", "report"] {
        try await peer.ask(1, "tools/call", ["name": .string(tool), "arguments": ["a": 1], "task": [:]])
        var answer = try await peer.message()
        while answer["id"] == nil { answer = try await peer.message() }
        #expect(answer["result"]?["content"] != nil)
      }
      try await peer.ask(2, "tasks/list", [:])
      #expect(try await peer.message()["error"]?["code"] == -32601)
    }
  }

  @Test func progressOfATaskGoesOnAfterItsCallWasAnswered() async throws {
    let go = Happening()
    let server = try Server(name: "tasks", version: "1") {
      ServerTool("work", "Works when told.") { context in
        await go.wait()
        await context.progress(1, of: 2, "half")
        await context.log(.warning, "hot")
        return .text("done")
      }.tasks(.optional)
    }
    try await with(server) { peer in
      let id = try await peer.begin("work", ["_meta": ["progressToken": "p"]])
      go.happen()
      let related: JSON = ["io.modelcontextprotocol/related-task": ["taskId": id]]
      let progress = try await peer.message()
      #expect(progress["method"] == "notifications/progress" && progress["params"]?["progressToken"] == "p")
      #expect(progress["params"]?["_meta"] == related && progress["params"]?["message"] == "half")
      let line = try await peer.message()
      #expect(line["method"] == "notifications/message" && line["params"]?["_meta"] == related)
      try await peer.ask(2, "tasks/result", ["taskId": id])
      #expect(try await peer.message()["result"]?["content"]?[0]?["text"] == "done")
    }
  }

  @Test func whoTakesBackHisWaitingIsAskedWhenHeWaitsAgain() async throws {
    try await with(try makeTaskFixture()) { peer in
      let id = try await peer.begin("ask")
      try await peer.ask(2, "tasks/result", ["taskId": id])
      let first = try await peer.message()
      #expect(first["method"] == "elicitation/create")
      try await peer.send(["method": "notifications/cancelled", "params": ["requestId": 2]])
      let withdrawal = try await peer.message()
      #expect(withdrawal["method"] == "notifications/cancelled" && withdrawal["params"]?["requestId"] == first["id"])
      try await peer.ask(3, "tasks/result", ["taskId": id])
      let second = try await peer.message()
      #expect(second["method"] == "elicitation/create" && second["id"] != first["id"])
      let answer: JSON = ["action": "accept", "content": ["name": "Ada"]]
      try await peer.send(["id": second["id"] ?? .null, "result": answer])
      #expect(try await peer.message()["result"]?["content"]?[0]?["text"] == "Hello, Ada!")
    }
  }

  @Test func aQuestionIsPutOnceHoweverManyWait() async throws {
    try await with(try makeTaskFixture()) { peer in
      let id = try await peer.begin("ask")
      try await peer.ask(2, "tasks/result", ["taskId": id])
      let question = try await peer.message()
      try await peer.ask(3, "tasks/result", ["taskId": id])
      let answer: JSON = ["action": "accept", "content": ["name": "Ada"]]
      try await peer.send(["id": question["id"] ?? .null, "result": answer])
      let messages = [try await peer.message(), try await peer.message()]
      #expect(Set(messages.compactMap { $0["id"]?.int }) == [2, 3])
      #expect(messages.allSatisfy { $0["result"]?["content"]?[0]?["text"] == "Hello, Ada!" })
    }
  }

  @Test func cancellingATaskEndsItsQuestionsAndThoseWhoWait() async throws {
    try await with(try makeTaskFixture()) { peer in
      let id = try await peer.begin("ask")
      try await peer.ask(2, "tasks/result", ["taskId": id])
      let question = try await peer.message()
      try await peer.ask(3, "tasks/cancel", ["taskId": id])
      var said: [JSON] = []
      for _ in 0..<3 { said.append(try await peer.message()) }
      #expect(said.contains { $0["id"] == 3 && $0["result"]?["status"] == "cancelled" })
      #expect(said.contains { $0["id"] == 2 && $0["error"] != nil })
      #expect(said.contains { $0["params"]?["requestId"] == question["id"] })
    }
  }
}
