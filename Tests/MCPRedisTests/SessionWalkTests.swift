// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore
import MCPServeKit
import TestSupport
import Testing

@testable import MCPRedis

/// Looking at the store from outside.
struct SessionWalkTests {
  private func fill(_ client: RedisClient, _ ids: Range<Int>) async throws {
    let now = 4_000_000_000_000
    let commands = ids.flatMap { number -> [RedisCommand] in
      let id = "s\(number)"
      return [
        RedisCommand(
          "HSET", .key("mcp:sessions:\(id)"), "sessionId", .text(id), "state", "initialized", "lastActive", .int(now),
          "lifetime", "1000", "expiresAt", .int(now + 1000)),
        // Many have the same score.
        RedisCommand("ZADD", .key("mcp:index:sessions"), .int(number / 7), .text(id)),
      ]
    }
    for start in stride(from: 0, to: commands.count, by: 1000) {
      _ = try await client.send(Array(commands[start..<min(start + 1000, commands.count)]))
    }
  }

  @Test(arguments: [1, 2, 3])
  func aSessionThatIsThereAllAlongComesExactlyOnceWhateverMoves(_ seed: UInt64) async throws {
    let server = try RedisServer()
    let client = try server.client()
    defer { client.close() }
    try await fill(client, 0..<1500)
    let inspector = try StoreInspector(server.configuration())
    defer { inspector.close() }
    var generator = Dice(state: seed)
    var walk = SessionWalk(inspector, pageSize: 100)
    var seen: [String] = []
    var pages = 0
    while let page = try await walk.next() {
      seen += page.map(\.id)
      pages += 1
      // The first thousand stay and are used; the others go, and new ones come.
      var commands = (0..<40).map { _ in
        RedisCommand(
          "ZADD", .key("mcp:index:sessions"), .int(Int.random(in: 0...400, using: &generator)),
          .text("s\(Int.random(in: 0..<1000, using: &generator))"))
      }
      for _ in 0..<10 {
        let gone = "s\(Int.random(in: 1000..<1500, using: &generator))"
        commands.append(RedisCommand("ZREM", .key("mcp:index:sessions"), .text(gone)))
        commands.append(RedisCommand("DEL", .key("mcp:sessions:\(gone)")))
      }
      _ = try await client.send(commands)
      try await fill(client, (2000 + pages * 10)..<(2010 + pages * 10))
    }
    #expect(walk.isRanked && seen.count == Set(seen).count)
    #expect(Set(seen).isSuperset(of: (0..<1000).map { "s\($0)" }))
  }

  @Test func aWalkGoesByNamesWhereThereIsNoIndex() async throws {
    let server = try RedisServer()
    let client = try server.client()
    defer { client.close() }
    try await fill(client, 0..<300)
    try server.ask("DEL", "mcp:index:sessions")
    try server.ask("SET", "mcp:sessions:none", "x")
    let inspector = try StoreInspector(server.configuration())
    defer { inspector.close() }
    var walk = SessionWalk(inspector, pageSize: 50)
    var seen: Set<String> = []
    while let page = try await walk.next() { seen.formUnion(page.map(\.id)) }
    #expect(seen.count == 300 && walk.foreign == 1 && !walk.isRanked)
  }

  /// In a cluster what belongs to a session is on one server, and sessions are on several.
  @Test func aClusterIsLookedAtAsOneStore() async throws {
    let cluster = try RedisCluster()
    var configuration = RedisConfiguration(.cluster([cluster.servers[0].endpoint]))
    configuration.limits.commandTime = .seconds(20)
    let client = try RedisClient(configuration)
    defer { client.close() }
    let store = RedisSessionStore(client, RedisSessionStore.Options())
    var ids: Set<String> = []
    for number in 0..<40 {
      let session = Session(
        principal: "user\(number % 3)", handshake: Handshake(revision: .v20250618), state: .initialized,
        lifetime: .seconds(1800))
      try await store.insert(session)
      ids.insert(session.id.rawValue)
    }
    let inspector = try StoreInspector(configuration)
    defer { inspector.close() }
    var walk = SessionWalk(inspector, pageSize: 10)
    var seen: [String] = []
    while let page = try await walk.next() { seen += page.map(\.id) }
    #expect(Set(seen) == ids && seen.count == ids.count)
    let victim = try #require(seen.first)
    let events = inspector.layout.events(victim)
    _ = try await client.add([("s", "g")], toStream: events)
    #expect(try await inspector.end(victim) == .ended)
    #expect(try await inspector.end(victim) == .unknown)
    #expect(try await client.send(RedisCommand("EXISTS", .key(events))).int == 0)
    _ = try await client.add([("s", "g")], toStream: events)
    _ = try await client.send(RedisCommand("EXPIRE", .key(events), 900))
    var audit = StoreAudit(inspector)
    var found: [StoreFinding] = []
    while let findings = try await audit.next() { found += findings }
    #expect(found.map(\.weight) == [.orphan] && audit.counts["session"] == 40)
    for finding in found { #expect(try await inspector.remove(try #require(finding.removal))) }
    #expect(try await client.send(RedisCommand("EXISTS", .key(events))).int == 0)
  }

  @Test(arguments: [
    ("mcp:sessions:a", StoreLayout.Kind.session("a")), ("mcp:events:a", .events("a")), ("mcp:streams:a", .streams("a")),
    ("mcp:req:a:4", .request(session: "a")),
    ("mcp:pending:v1.n1.x:n1-4", .pending(session: "v1.n1.x")), ("mcp:instance:n1", .instance("n1")),
    ("mcp:node:n1:in", .inbox("n1")), ("mcp:index:sessions", .index), ("mcp:index:owner:ff", .ownerIndex),
    ("mcp:instances", .instances), ("mcp:meta", .meta), ("mcp:cache:x", .other), ("mcp:what:x", .unknown),
    ("other:sessions:a", .unknown), ("mcp:node:n1", .unknown),
  ])
  func aNameTellsWhatAKeyIsFor(_ key: String, _ kind: StoreLayout.Kind) {
    #expect(StoreLayout(prefix: "mcp", isTagged: false).kind(of: key) == kind)
  }

  @Test func namesAndKindsAgree() {
    for layout in [StoreLayout(prefix: "a:b", isTagged: false), StoreLayout(prefix: "a:b", isTagged: true)] {
      #expect(
        layout.kind(of: layout.session("x")) == .session("x") && layout.kind(of: layout.events("x")) == .events("x"))
      #expect(layout.kind(of: layout.listener("x")) == .listener("x") && layout.kind(of: layout.index) == .index)
      #expect(layout.kind(of: layout.inbox(ofNode: "n")) == .inbox("n") && layout.kind(of: layout.meta) == .meta)
    }
  }
}

/// The same throws each time.
private struct Dice: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ (state >> 29)
  }
}
