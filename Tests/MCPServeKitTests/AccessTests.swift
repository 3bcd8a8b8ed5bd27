// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import Observability
import Synchronization
import TestSupport
import Testing

@testable import MCPServeKit

/// What callers that were let in may use.
@Suite struct AccessTests {
  private func makeServer() throws -> Server {
    var options = Server.Options()
    options.pageSize = 2
    return try Server(name: "s", version: "1", options: options) {
      ServerTool("add", "Adds.") { _ in .text("added") }.onLoop
      ServerTool("drop", "Drops.") { _ in .text("dropped") }.onLoop.requires(scopes: "admin")
      ServerTool("drop_later", "Drops.") { _ in .text("dropped") }.requires(scopes: "admin")
      ServerTool("look", "Looks.") { _ in .text("seen") }
      ServerTool("delete_all", "Deletes.") { _ in .text("deleted") }
      ServerResource(Resource(uri: "test://open", name: "open"), text: "open")
      ServerResource(Resource(uri: "test://closed", name: "closed"), text: "closed").requires(scopes: "admin", "audit")
      ServerResource(template: ResourceTemplate(uriTemplate: "file:///{+path}", name: "files")) { _, uri, variables in
        [ResourceContents(uri: uri, text: variables["path"] ?? "")]
      }.completing("path", .among(["a"]))
      ServerPrompt("greet", "Greets.") { _, _ in [] }
      ServerPrompt("fire", "Fires.", .init("who")) { _, _ in [] }.requires(scopes: "admin")
        .completing("who", .among(["ada"]))
    }
  }

  private func text(_ answer: HTTPPeer.Answer) -> String? {
    answer.json?["result"]?["content"]?[0]?["text"]?.string ?? answer.json?["result"]?["contents"]?[0]?["text"]?.string
  }

  @Test func listsShowWhatTheirReaderMayUseAndPagesAreFull() async throws {
    try await withSite(try makeServer(), authorization: try Authorization(keyRules())) { site in
      let peer = try site.peer()
      func names(_ method: String, _ member: String, _ secret: String) async throws -> [[String]] {
        var pages: [[String]] = []
        var params: JSONObject = [:]
        repeat {
          let result = try await peer.askModern(method, params, Keys.header(secret)).json?["result"]
          pages.append(result?[member]?.array?.compactMap { $0["name"]?.string } ?? [])
          #expect(result?["cacheScope"] == "private")
          params["cursor"] = result?["nextCursor"]
        } while params["cursor"] != nil
        return pages
      }
      #expect(try await names("tools/list", "tools", Keys.ada) == [["add", "look"], ["delete_all"]])
      #expect(
        try await names("tools/list", "tools", Keys.boss) == [
          ["add", "drop"], ["drop_later", "look"], ["delete_all"],
        ])
      #expect(try await names("resources/list", "resources", Keys.ada) == [["open"]])
      #expect(try await names("prompts/list", "prompts", Keys.ada) == [["greet"]])
      #expect(try await names("prompts/list", "prompts", Keys.boss) == [["greet", "fire"]])
    }
  }

  static let hidden: [(String, JSONObject)] = [
    ("tools/call", ["name": "drop", "arguments": [:]]), ("tools/call", ["name": "drop_later"]),
    ("tools/get", ["name": "drop"]), ("prompts/get", ["name": "fire"]), ("resources/read", ["uri": "test://closed"]),
    (
      "completion/complete",
      ["ref": ["type": "ref/prompt", "name": "fire"], "argument": ["name": "who", "value": ""]]
    ),
  ]

  @Test(arguments: hidden)
  func whatIsHiddenIsRefusedWithTheScopesItTakes(method: String, params: JSONObject) async throws {
    let rules = try keyRules { $0.requiredScopes = ["read"] }
    try await withSite(try makeServer(), authorization: try Authorization(rules)) { site in
      let peer = try site.peer()
      let needed = params["uri"] == nil ? "admin" : "admin audit"
      let challenge = #"Bearer error="insufficient_scope", scope="read \#(needed)""#
      for _ in 0..<2 {
        let answer = try await peer.askModern(method, params, Keys.header(Keys.ada))
        #expect(answer.status == 403)
        #expect(answer.headers["www-authenticate"] == challenge)
        #expect(answer.json?["error"]?["code"] == 403)
        #expect(answer.json?["error"]?["data"] == ["error": "insufficient_scope", "scope": .string(needed)])
      }
      let session = try await site.initialize("2025-11-25", peer, Keys.header(Keys.ada))
      let headers = Keys.header(Keys.ada).merging(["Mcp-Session-Id": session]) { $1 }
      let old = try await peer.ask("POST", "/mcp", headers, body: legacy(method, params))
      #expect(old.status == 403 && old.headers["www-authenticate"] == challenge)
    }
  }

  @Test func overStdioTheOneWhoStartedTheServerNeedsNoScopesAndOthersGetAnError() async throws {
    let server = try makeServer()
    for (principal, isAllowed) in [(Principal.local, true), (Principal("guest"), false)] {
      let (client, end) = MemoryChannel.pair()
      let endpoint = ChannelEndpoint(Service(server), on: end, from: principal)
      async let served: Void = endpoint.run()
      try await client.send(Array(legacy("tools/call", ["name": "drop"]).utf8))
      let answer = try JSON(parsing: try #require(await client.receive()))
      #expect((answer["result"]?["content"]?[0]?["text"] == "dropped") == isAllowed)
      #expect((answer["error"]?["code"] == 403) == !isAllowed)
      await client.close()
      try await served
    }
  }

  @Test func overHTTPWithoutAuthorizationNobodyHasAScope() async throws {
    try await withSite(try makeServer()) { site in
      let peer = try site.peer()
      #expect(text(try await peer.askModern("tools/call", ["name": "add", "arguments": [:]])) == "added")
      let refused = try await peer.askModern("tools/call", ["name": "drop", "arguments": [:]])
      #expect(refused.status == 403 && refused.headers["www-authenticate"] == nil)
    }
  }

  @Test func theFirstRuleThatFitsDecides() async throws {
    let rules = try keyRules {
      $0.access = [
        AccessRule("delete_*", in: .tools, for: ["key:b*"]), AccessRule("look", in: .tools, needs: ["admin"]),
        AccessRule("file:///private/*", in: .resources, for: []), AccessRule("greet", for: ["key:ada"]),
      ]
    }
    try await withSite(try makeServer(), authorization: try Authorization(rules)) { site in
      let peer = try site.peer()
      func status(_ method: String, _ params: JSONObject, _ secret: String) async throws -> Int {
        try await peer.askModern(method, params, Keys.header(secret)).status
      }
      #expect(try await status("tools/call", ["name": "delete_all"], Keys.ada) == 403)
      #expect(try await status("tools/call", ["name": "delete_all"], Keys.bob) == 200)
      #expect(try await status("tools/call", ["name": "look"], Keys.bob) == 403)
      #expect(try await status("tools/call", ["name": "look"], Keys.boss) == 200)
      #expect(try await status("prompts/get", ["name": "greet"], Keys.ada) == 200)
      #expect(try await status("prompts/get", ["name": "greet"], Keys.bob) == 403)
      let tools = try await peer.askModern("tools/list", [:], Keys.header(Keys.ada)).json?["result"]?["tools"]?.array
      #expect(tools?.compactMap { $0["name"]?.string } == ["add"], "the page without what is not for ada")
      let refused = try await peer.askModern("tools/call", ["name": "delete_all"], Keys.header(Keys.ada))
      #expect(refused.headers["www-authenticate"] == nil, "no scope would help")
    }
  }

  @Test(arguments: [
    "file:///private/a", "file:///%70rivate/a", "file:///%2570rivate/a", "file:///public/../private/a",
    "file:///public/%2e%2e/private/a", "file:///./private/a", "file:///public/..%2Fprivate/a", "file:////private/a",
    "file:///public//../../private/a",
  ])
  func aResourceIsTheSameHoweverItsURIIsSpelled(uri: String) async throws {
    let rules = try keyRules { $0.access = [AccessRule("file:///private/*", in: .resources, for: ["key:boss"])] }
    try await withSite(try makeServer(), authorization: try Authorization(rules)) { site in
      let peer = try site.peer()
      #expect(try await peer.askModern("resources/read", ["uri": .string(uri)], Keys.header(Keys.ada)).status == 403)
      #expect(try await peer.askModern("resources/read", ["uri": .string(uri)], Keys.header(Keys.boss)).status == 200)
    }
  }

  @Test func subscriptionsAreToWhatTheirCallerMayRead() async throws {
    let rules = try keyRules { $0.access = [AccessRule("test://open", in: .resources, for: ["key:bob"])] }
    try await withSite(try makeServer(), authorization: try Authorization(rules)) { site in
      for (secret, heard) in [(Keys.ada, []), (Keys.bob, ["test://open"])] as [(String, [JSON])] {
        let peer = try site.peer()
        let (headers, body) = modern(
          "subscriptions/listen", ["notifications": ["resourceSubscriptions": ["test://open", "test://closed"]]])
        try await peer.send("POST", "/mcp", headers.merging(Keys.header(secret)) { $1 }, body: body)
        #expect(try await peer.head().status == 200)
        let told = try await peer.message()["params"]?["notifications"]?["resourceSubscriptions"]?.array ?? []
        #expect(told == heard)
      }
      let session = try await site.initialize("2025-11-25", try site.peer(), Keys.header(Keys.ada))
      for uri in ["test://open", "test://closed"] {
        let answer = try await site.peer().ask(
          "POST", "/mcp", Keys.header(Keys.ada).merging(["Mcp-Session-Id": session]) { $1 },
          body: legacy("resources/subscribe", ["uri": .string(uri)]))
        #expect(answer.status == 403)
      }
    }
  }

  @Test func whoListensToAFolderMayReadAllThatIsBelow() async throws {
    let server = try Server(name: "s", version: "1") {
      for name in ["mixed/open", "open/a", "open/b"] {
        ServerResource(Resource(uri: "test://\(name)", name: name), text: name)
      }
      ServerResource(Resource(uri: "test://mixed/closed", name: "closed"), text: "closed").requires(scopes: "admin")
    }
    try await withSite(server, authorization: try Authorization(keyRules())) { site in
      let folders: [JSON] = ["test://mixed", "test://open/", "test://ope", "test://none"]
      for (secret, heard) in [(Keys.ada, ["test://open/"]), (Keys.boss, ["test://mixed", "test://open/"])]
        as [(String, [JSON])]
      {
        let peer = try site.peer()
        let (headers, body) = modern(
          "subscriptions/listen", ["notifications": ["resourceSubscriptions": .array(folders)]])
        try await peer.send("POST", "/mcp", headers.merging(Keys.header(secret)) { $1 }, body: body)
        #expect(try await peer.head().status == 200)
        let told = try await peer.message()["params"]?["notifications"]?["resourceSubscriptions"]?.array ?? []
        #expect(told == heard)
      }
    }
  }

  static let patterns: [(String, String, Bool)] = [
    ("*", "", true), ("*", "anything", true), ("", "", true), ("", "a", false), ("a*", "a", true), ("a*", "ba", false),
    ("*a", "ba", true), ("*a*", "bab", true), ("a?c", "abc", true), ("a?c", "aéc", true), ("a?c", "ac", false),
    ("a*b*c", "a1b2b3c", true), ("a*b*c", "a1b2b3", false), ("**", "x", true), ("A", "a", false), ("[ab]", "a", false),
    ("e\u{301}", "é", false),
  ]

  @Test(arguments: patterns)
  func patternsKnowTwoWildcards(pattern: String, text: String, fits: Bool) {
    #expect(Glob.matches(pattern, text) == fits)
  }

  @Test func requestsAreNotedWithoutTheirSecrets() async throws {
    let lines = Mutex<[String]>([])
    let logger = Logger(level: .info) { entry in
      lines.withLock { $0.append(entry.message + entry.fields.map { " \($0.name)=\($0.value)" }.joined()) }
    }
    let authorization = try Authorization(keyRules())
    try await withSite(try makeServer(), authorization: authorization, logger: logger) { site in
      let peer = try site.peer()
      let argument: JSON = ["password": "argument-secret"]
      _ = try await peer.askModern("tools/call", ["name": "add", "arguments": argument], Keys.header(Keys.ada))
      _ = try await peer.askModern("tools/call", ["name": "drop", "arguments": argument], Keys.header(Keys.ada))
      _ = try await peer.askModern("tools/list", [:], Keys.header("wrong-0123456789abcdef"))
    }
    let noted = lines.withLock { $0 }
    #expect(noted.contains { $0.hasPrefix("audit who=key:ada method=tools/call name=add outcome=ok us=") })
    #expect(noted.contains { $0.hasPrefix("audit who=key:ada method=tools/call name=drop outcome=error 403 us=") })
    #expect(noted.contains { $0.hasPrefix("refused status=401 path=/mcp from=127.0.0.1:") })
    for secret in [Keys.ada, "argument-secret", "wrong-0123456789abcdef"] {
      #expect(!noted.contains { $0.contains(secret) })
    }
  }
}
