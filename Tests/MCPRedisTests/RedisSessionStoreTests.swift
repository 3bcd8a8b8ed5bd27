// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import Observability
import TestSupport
import Testing

@testable import MCPRedis
@testable import MCPServeKit

/// What holds for sessions in Redis besides what holds for all.
struct RedisSessionStoreTests {
  let server: RedisServer
  let client: RedisClient
  let store: RedisSessionStore

  init() throws {
    server = try RedisServer()
    client = try server.client()
    var options = RedisSessionStore.Options()
    options.instance = "n1"
    store = RedisSessionStore(client, options)
  }

  private func session(of principal: String? = nil, lifetime: Duration = .seconds(1800)) -> Session {
    Session(principal: principal, handshake: Handshake(revision: .v20250618), state: .initialized, lifetime: lifetime)
  }

  @Test func theKeysAreCalledAsOperatorsExpect() async throws {
    let session = session(of: "ada")
    try await store.insert(session)
    let key = "mcp:sessions:\(session.id.rawValue)"
    #expect(try server.ask("KEYS", "mcp:sessions:*") == "\(key)\n")
    #expect(
      try server.ask("HMGET", key, "sessionId", "instanceId", "state", "active", "principal", "protocolVersion")
        == "\(session.id.rawValue)\nn1\ninitialized\ntrue\nada\n2025-06-18\n")
    #expect(try server.ask("ZCARD", "mcp:index:sessions") == "1\n")
    // All but the registry go by themselves.
    for name in try server.ask("KEYS", "*").split(separator: "\n") where name != "mcp:index:sessions" {
      #expect(Int(try server.ask("PTTL", String(name)).dropLast()) ?? -1 > 0)
    }
    #expect(try server.ask("TTL", key).dropLast() == "1800")
  }

  @Test func aLookUpIsOneCommandThatBeginsTheLifetimeAnew() async throws {
    let session = session()
    try await store.insert(session)
    _ = try await store.session(session.id)
    let key = "mcp:sessions:\(session.id.rawValue)"
    try server.ask("PEXPIRE", key, "1000000")
    try server.ask("CONFIG", "RESETSTAT")
    for _ in 0..<10 { #expect(try await store.session(session.id) != nil) }
    #expect(try server.calls(of: "evalsha") == 10)
    #expect(try server.ask("TTL", key).dropLast() == "1800")
    // An unknown id leaves nothing behind.
    #expect(try await store.session(Session.ID(rawValue: "nobody")) == nil)
    #expect(try server.ask("DBSIZE") == "2\n")
  }

  @Test func whatNobodyUsesIsGoneByItself() async throws {
    for _ in 0..<20 { try await store.insert(session(of: "ada", lifetime: .milliseconds(300))) }
    #expect(try await eventually { try server.ask("KEYS", "mcp:sessions:*") == "\n" })
    try await store.insert(session())
    #expect(try server.ask("ZCARD", "mcp:index:sessions") == "1\n")
  }

  @Test func twoServersSeeEachOthersSessions() async throws {
    let other = RedisSessionStore(try server.client(), RedisSessionStore.Options())
    let session = session(of: "ada")
    try await store.insert(session)
    var read = try #require(try await other.session(session.id))
    read.subscriptions = ["test://a"]
    #expect(try await other.replace(read))
    #expect(try await store.session(session.id)?.subscriptions == ["test://a"])
    #expect(try await store.replace(session) == false)
    #expect(try await other.remove(session.id))
    #expect(try await store.session(session.id) == nil)
    #expect(try server.ask("ZCARD", "mcp:index:sessions") == "0\n")
  }

  @Test func withoutRedisNothingIsKnownAndNothingDenied() async throws {
    let client = try server.client { $0.limits.patience = .zero }
    let store = RedisSessionStore(client, RedisSessionStore.Options())
    let session = session()
    try await store.insert(session)
    server.kill()
    await #expect(throws: RedisError.self) { try await store.session(session.id) }
    await #expect(throws: RedisError.self) { try await store.insert(session) }
    await #expect(throws: RedisError.self) { try await store.remove(session.id) }
  }

  @Test func whatOthersWroteIsLeftAlone() async throws {
    let session = session()
    try await store.insert(session)
    try server.ask("HSET", "mcp:sessions:router", "sessionId", "router", "instanceId", "r1", "active", "true")
    try server.ask("SADD", "mcp:sessions:set", "a")
    #expect(try await store.session(Session.ID(rawValue: "router")) == nil)
    await #expect(throws: RedisError.self) { try await store.session(Session.ID(rawValue: "set")) }
    #expect(try await store.remove(Session.ID(rawValue: "router")) == false)
    var listed: [StoredSession] = []
    for try await portion in store.listing() { listed += portion }
    #expect(listed.map(\.session.id) == [session.id] && listed.first?.instance == "n1")
    #expect(try server.ask("EXISTS", "mcp:sessions:router", "mcp:sessions:set") == "2\n")
  }

  @Test func aURLIsEnoughToMakeOne() async throws {
    let store = try RedisSessionStore(url: "redis://127.0.0.1:\(server.port)/2")
    let session = session()
    try await store.insert(session)
    #expect(try server.ask("-n", "2", "EXISTS", "mcp:sessions:\(session.id.rawValue)") == "1\n")
    store.close()
    let error = #expect(throws: RedisError.self) { try RedisSessionStore(url: "redis://a:topsecret@h:x") }
    #expect(error?.message.contains("topsecret") == false)
  }

  @Test func aSessionBegunOnOneServerGoesOnOnAnother() async throws {
    let other = RedisSessionStore(try server.client(), RedisSessionStore.Options())
    try await withNode(store) { one in
      try await withNode(other) { two in
        let id = try await initialize(one)
        for node in [two, one, two] {
          let answer = try await node.ask(
            "POST", "/mcp", ["Mcp-Session-Id": id], body: #"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#)
          #expect(answer.status == 200 && answer.body.contains("echo"))
        }
        #expect(try await two.ask("DELETE", "/mcp", ["Mcp-Session-Id": id]).status == 204)
        let gone = try await one.ask(
          "POST", "/mcp", ["Mcp-Session-Id": id], body: #"{"jsonrpc":"2.0","id":2,"method":"tools/list"}"#)
        #expect(gone.status == 404)
      }
    }
  }

  @Test func withoutRedisASessionIsAnswered503AndModernRequestsAsBefore() async throws {
    let store = RedisSessionStore(try server.client { $0.limits.patience = .zero }, RedisSessionStore.Options())
    try await withNode(store) { node in
      let id = try await initialize(node)
      try server.ask("CONFIG", "RESETSTAT")
      for _ in 0..<20 { #expect(try await node.modernList().status == 200) }
      // Nothing but what this test itself asks.
      let asked = try server.ask("INFO", "commandstats").split(separator: "\r\n").filter { $0.hasPrefix("cmdstat_") }
      let own = ["cmdstat_config|resetstat:", "cmdstat_info:"]
      #expect(asked.allSatisfy { line in own.contains { line.hasPrefix($0) } })
      server.kill()
      #expect(try await node.modernList().status == 200)
      let answer = try await node.ask(
        "POST", "/mcp", ["Mcp-Session-Id": id], body: #"{"jsonrpc":"2.0","id":2,"method":"tools/list"}"#)
      #expect(answer.status == 503 && answer.headers["retry-after"] != nil)
    }
  }
}

/// Serves over HTTP with a store for as long as `body` takes.
private func withNode(_ store: RedisSessionStore, _ body: (HTTPPeer) async throws -> Void) async throws {
  let fixture = try Server(name: "node", version: "1") {
    ServerTool("echo", "Says it again.", Parameter<String>("text", "What.")) { _, text in .text(text) }
  }
  let log = MemoryEventLog(limits: ServeLimits())
  let site = HTTPSite(Service(fixture), HTTPOptions(), store: store, log: log, isLoopback: true)
  let http = try HTTPServer(handler: site)
  let address = try http.start(host: "127.0.0.1", port: 0)[0]
  site.listens(on: [address])
  do {
    try await body(try HTTPPeer(address) { Issue.record("\($0)") })
  } catch {
    await http.shutdown(within: .zero)
    throw error
  }
  await http.shutdown(within: .zero)
}

private func initialize(_ peer: HTTPPeer) async throws -> String {
  let params = #"{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}"#
  let answer = try await peer.ask(
    "POST", "/mcp", body: #"{"jsonrpc":"2.0","id":0,"method":"initialize","params":\#(params)}"#)
  let id = try #require(answer.headers["mcp-session-id"])
  _ = try await peer.ask(
    "POST", "/mcp", ["Mcp-Session-Id": id], body: #"{"jsonrpc":"2.0","method":"notifications/initialized"}"#)
  return id
}

extension HTTPPeer {
  fileprivate func modernList() async throws -> Answer {
    let name = "io.modelcontextprotocol"
    let meta = #""\#(name)/protocolVersion":"2026-07-28","\#(name)/clientCapabilities":{}"#
    return try await ask(
      "POST", "/mcp", ["MCP-Protocol-Version": "2026-07-28", "Mcp-Method": "tools/list"],
      body: #"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{\#(meta)}}}"#)
  }
}
