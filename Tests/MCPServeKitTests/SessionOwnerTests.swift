// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import TestSupport
import Testing

@testable import MCPServeKit

/// What one caller began is nothing to another, who learns no more than that it does not exist.
@Suite(.timeLimit(.minutes(1))) struct SessionOwnerTests {
  private func withOwners(_ server: Server? = nil, _ body: (Site) async throws -> Void) async throws {
    try await withSite(server, authorization: try Authorization(keyRules()), body)
  }

  @Test func aSessionOfAnotherCallerDoesNotExist() async throws {
    try await withOwners { site in
      let peer = try site.peer()
      let session = try await site.initialize("2025-11-25", peer, Keys.header(Keys.ada))
      #expect(session.utf8.count == 32)
      func status(
        _ method: String, _ secret: String?, _ session: String, body: String? = nil, more: [String: String] = [:]
      ) async throws -> (Int, String) {
        var headers = secret.map(Keys.header) ?? [:]
        headers["Mcp-Session-Id"] = session
        if method == "GET" { headers["Accept"] = "text/event-stream" }
        let answer = try await site.peer().ask(method, "/mcp", headers.merging(more) { $1 }, body: body)
        return (answer.status, answer.body)
      }
      let requests: [(String, String?, [String: String])] = [
        ("POST", legacy("tools/list"), [:]),
        ("POST", legacy("tools/call", ["name": "add", "arguments": ["a": 1]]), [:]),
        ("POST", legacy("ping"), [:]), ("POST", legacy("resources/subscribe", ["uri": "test://text"]), [:]),
        ("POST", #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#, [:]),
        ("POST", #"{"jsonrpc":"2.0","id":1,"result":{}}"#, [:]), ("POST", "[\(legacy("ping"))]", [:]),
        ("GET", nil, [:]), ("GET", nil, ["Last-Event-ID": "1-0"]), ("DELETE", nil, [:]),
      ]
      let unknown = Session.ID.random().rawValue
      for (method, body, more) in requests {
        let crossed = try await status(method, Keys.bob, session, body: body, more: more)
        #expect(crossed.0 == 404, "\(method) \(body ?? "")")
        // An id that never was is answered with the same words.
        #expect(try await status(method, Keys.bob, unknown, body: body, more: more) == crossed)
        #expect(try await status(method, nil, session, body: body, more: more).0 == 401, "the id is no credential")
      }
      #expect(try await status("POST", Keys.ada, session, body: legacy("tools/list")).0 == 200, "nothing was harmed")
      #expect(try await status("DELETE", Keys.ada, session).0 == 204)
    }
  }

  @Test func anEventStreamTakesMessagesOfItsOwnCallerOnly() async throws {
    try await withOwners { site in
      let stream = try site.peer()
      try await stream.send("GET", "/sse", Keys.header(Keys.ada))
      _ = try await stream.head()
      let path = String(try await stream.chunk().split(separator: "\n")[1].dropFirst(6))
      let poster = try site.peer()
      let crossed = try await poster.ask("POST", path, Keys.header(Keys.bob), body: legacy("tools/list"))
      let unknown = try await poster.ask(
        "POST", "/messages?sessionId=\(Session.ID.random().rawValue)", Keys.header(Keys.bob), body: legacy("tools/list")
      )
      #expect(crossed.status == 404 && crossed.body == unknown.body)
      #expect(try await poster.ask("POST", path, body: legacy("tools/list")).status == 401)
      #expect(try await poster.ask("POST", path, Keys.header(Keys.ada), body: legacy("tools/list")).status == 202)
      #expect(try await stream.message()["result"]?["tools"]?.array?.isEmpty == false)
    }
  }

  @Test func aTaskOfAnotherCallerDoesNotExist() async throws {
    let capabilities: JSONObject = ["extensions": ["io.modelcontextprotocol/tasks": [:]], "elicitation": [:]]
    try await withOwners(try makeTaskFixture()) { site in
      func ask(_ method: String, _ params: JSONObject, _ secret: String) async throws -> JSON {
        let request = modern(method, params, capabilities: capabilities)
        let answer = try await site.peer().ask(
          "POST", "/mcp", request.headers.merging(Keys.header(secret)) { $1 }, body: request.body)
        return try #require(answer.json)
      }
      let begun = try await ask("tools/call", ["name": "hang"], Keys.ada)
      let id = try #require(begun["result"]?["taskId"])
      for method in ["tasks/get", "tasks/cancel", "tasks/update"] {
        let params: JSONObject = ["taskId": id, "inputResponses": [:]]
        let crossed = try await ask(method, params, Keys.bob)
        #expect(crossed["error"]?["message"] == "there is no such task, or no longer")
        let unknown = try await ask(method, ["taskId": "none", "inputResponses": [:]], Keys.bob)
        #expect(crossed["error"] == unknown["error"])
      }
      #expect(try await ask("tasks/get", ["taskId": id], Keys.ada)["result"]?["status"] == "working")
      _ = try await ask("tasks/cancel", ["taskId": id], Keys.ada)
    }
  }

  @Test func whatAHandlerAskedOneCallerNoOtherAnswers() async throws {
    try await withOwners(try makeAskingFixture()) { site in
      func call(_ params: JSONObject, _ secret: String) async throws -> HTTPPeer.Answer {
        let request = modern("tools/call", params, capabilities: ["elicitation": ["form": [:], "url": [:]]])
        return try await site.peer().ask(
          "POST", "/mcp", request.headers.merging(Keys.header(secret)) { $1 }, body: request.body)
      }
      let asked = try await call(["name": "wizard"], Keys.ada)
      let state = try #require(asked.json?["result"]?["requestState"])
      let answered: JSONObject = [
        "name": "wizard", "requestState": state,
        "inputResponses": ["step1": ["action": "accept", "content": ["name": "Ada"]]],
      ]
      #expect(try await call(answered, Keys.bob).json?["error"]?["code"] == -32602)
      #expect(try await call(answered, Keys.ada).json?["result"]?["inputRequests"]?["step2"] != nil)
    }
  }

  @Test func handlersKnowWhoAsks() async throws {
    let server = try Server(name: "s", version: "1") {
      ServerTool("who", "Says who asks.") { context in
        .text("\(context.principal?.name ?? "nobody") \(context.principal?.scopes.sorted() ?? [])")
      }.onLoop
      ServerTool("slow", "The same, elsewhere.") { context in .text(context.principal?.name ?? "nobody") }
    }
    try await withOwners(server) { site in
      let peer = try site.peer()
      let session = try await site.initialize("2025-06-18", peer, Keys.header(Keys.bob))
      let headers = Keys.header(Keys.bob).merging(["Mcp-Session-Id": session]) { $1 }
      for tool in ["who", "slow"] {
        let params: JSONObject = ["name": .string(tool), "arguments": [:]]
        let old = try await peer.ask("POST", "/mcp", headers, body: legacy("tools/call", params))
        let new = try await peer.askModern("tools/call", params, Keys.header(Keys.ada))
        #expect(old.json?["result"]?["content"]?[0]?["text"]?.string?.hasPrefix("key:bob") == true)
        #expect(new.json?["result"]?["content"]?[0]?["text"]?.string?.hasPrefix("key:ada") == true)
      }
      let convenient = try await peer.ask(
        "POST", "/tools/call", Keys.header(Keys.boss), body: legacy("tools/call", ["name": "who"]))
      #expect(convenient.json?["result"]?["content"]?[0]?["text"] == "key:boss [\"admin\"]")
    }
  }

  @Test func anOpenStreamEndsWhenItsCallerIsNotLetInAnyMore() async throws {
    let authorization = try Authorization(keyRules())
    try await withSite(authorization: authorization) { site in
      let session = try await site.initialize("2025-11-25", try site.peer(), Keys.header(Keys.ada))
      let (mine, others, sse) = (try site.peer(), try site.peer(), try site.peer())
      try await mine.send(
        "GET", "/mcp", Keys.header(Keys.ada).merging(["Mcp-Session-Id": session, "Accept": "text/event-stream"]) { $1 })
      #expect(try await mine.head().status == 200)
      for (peer, secret) in [(others, Keys.bob), (sse, Keys.ada)] {
        try await peer.send("GET", "/sse", Keys.header(secret))
        #expect(try await peer.head().status == 200)
        _ = try await peer.chunk()
      }
      await site.site.beat()
      try authorization.replace(with: keyRules { $0.keys.removeAll { $0.name == "ada" } })
      await site.site.beat()
      for peer in [mine, sse] { while try await !peer.chunk().isEmpty {} }
      await site.site.beat()
      await site.site.beat()
      #expect(try await others.chunk().hasPrefix(":"), "the other's goes on")
    }
  }
  @Test func anOpenStreamEndsWhenTheRulesOfItsCallerChange() async throws {
    let authorization = try Authorization(keyRules())
    try await withSite(authorization: authorization) { site in
      let peer = try site.peer()
      let (headers, body) = modern("subscriptions/listen", ["notifications": ["toolsListChanged": true]])
      try await peer.send("POST", "/mcp", headers.merging(Keys.header(Keys.ada)) { $1 }, body: body)
      #expect(try await peer.head().status == 200)
      _ = try await peer.chunk()
      for _ in 0..<2 { await site.site.beat() }
      #expect(try await peer.chunk().hasPrefix(":"), "nothing has changed")
      try authorization.replace(with: keyRules { $0.access = [AccessRule("add", in: .tools, for: ["key:bob"])] })
      await site.site.beat()
      while try await !peer.chunk().isEmpty {}
    }
  }
}
