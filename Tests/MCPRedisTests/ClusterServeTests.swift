// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore
import MCPServeKit
import TestSupport
import Testing

@testable import MCPRedis

/// Two servers that answer for each other, with tools that ask.
@Suite(.timeLimit(.minutes(2))) struct ClusterServeTests {
  private func makeServer(_: any TaskStore) throws -> Server {
    try Server(name: "asking", version: "1") {
      ServerTool("sample", "Asks the model.", Parameter<String>("prompt", "What.")) { context, prompt in
        let result = try await context.sample(Sampling.Request([.user(prompt)], maxTokens: 100))
        return .text("\(result.model): \(result.text)")
      }
      ServerResource(Resource(uri: "test://text", name: "text"), text: "Hello.")
    }
  }

  private func withTwo(_ body: (Member, Member) async throws -> Void) async throws {
    try await withTwoMembers(makeServer, body)
  }

  @Test func anAnswerMayComeToAnyServerAndCountsOnce() async throws {
    try await withTwo { one, other in
      let caller = try one.peer()
      let session = try await caller.initialize()
      let headers = ["Mcp-Session-Id": session]
      try await caller.send(
        "POST", "/mcp", headers,
        body: #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"sample","arguments":{"prompt":"?"}}}"#)
      _ = try await caller.head()
      var question = try await caller.message()
      while question["method"] != "sampling/createMessage" { question = try await caller.message() }
      let id = try #require(question["id"]?.string)
      #expect(id.hasPrefix("n1-"))
      let result =
        #"{"role":"assistant","content":{"type":"text","text":"yes"},"model":"m","stopReason":"endTurn"}"#
      let poster = try other.peer()
      // Another session's answer counts for nothing.
      let foreign = try await other.peer().initialize()
      let crossed = try await poster.ask(
        "POST", "/mcp", ["Mcp-Session-Id": foreign],
        body: #"{"jsonrpc":"2.0","id":"\#(id)","result":\#(result.replacing("yes", with: "no"))}"#)
      #expect(crossed.status == 202)
      for _ in 0..<2 {
        let answer = try await poster.ask(
          "POST", "/mcp", headers, body: #"{"jsonrpc":"2.0","id":"\#(id)","result":\#(result)}"#)
        #expect(answer.status == 202)
      }
      let outcome = try await caller.message()
      #expect(outcome["id"] == 1)
      #expect(outcome["result"]?["content"]?[0]?["text"] == "m: yes")
    }
  }

  @Test func aChangedSessionIsTheSameEverywhere() async throws {
    try await withTwo { one, other in
      let (first, second) = (try one.peer(), try other.peer())
      let session = try await first.initialize()
      let headers = ["Mcp-Session-Id": session]
      let level = try await second.ask(
        "POST", "/mcp", headers,
        body: #"{"jsonrpc":"2.0","id":1,"method":"logging/setLevel","params":{"level":"error"}}"#)
      #expect(level.status == 200)
      let listener = try one.peer()
      try await listener.send("GET", "/mcp", headers.merging(["Accept": "text/event-stream"]) { $1 })
      _ = try await listener.head()
      // The server that has no stream of this session knows who has, and what it wants to hear.
      other.server.log(.warning, "not wanted")
      other.server.log(.error, "wanted")
      var message = try await listener.message()
      while message["method"] != "notifications/message" { message = try await listener.message() }
      #expect(message["params"]?["data"] == "wanted")
      // A subscription made at one server counts at the one that has the stream.
      let subscribed = try await second.ask(
        "POST", "/mcp", headers,
        body: #"{"jsonrpc":"2.0","id":2,"method":"resources/subscribe","params":{"uri":"test://text"}}"#)
      #expect(subscribed.status == 200)
      other.server.features.resourceUpdated("test://text")
      message = try await listener.message()
      #expect(message["method"] == "notifications/resources/updated")
    }
  }
}
