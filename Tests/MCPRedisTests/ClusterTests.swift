// SPDX-License-Identifier: Apache-2.0
import EventIO
import TestSupport
import Testing

@testable import MCPRedis

struct ClusterTests {
  private func client(_ cluster: RedisCluster) throws -> RedisClient {
    var configuration = RedisConfiguration(.cluster([cluster.servers[0].endpoint]))
    configuration.limits.commandTime = .seconds(30)
    return try RedisClient(configuration)
  }

  @Test func keysAreAskedForWhereTheyAre() async throws {
    let cluster = try RedisCluster()
    let client = try client(cluster)
    for number in 0..<100 { _ = try await client.send(RedisCommand("SET", .key("k\(number)"), .int(number))) }
    for number in 0..<100 {
      #expect(try await client.send(RedisCommand("GET", .key("k\(number)"))).int == number)
      let owner = cluster.owner(of: HashSlot.slot(of: "k\(number)"))
      if number < 5 { #expect(try owner.ask("GET", "k\(number)") == "\(number)\n") }
    }
    // With the map at hand nobody is asked for what is elsewhere.
    for server in cluster.servers { #expect(try !server.ask("INFO", "errorstats").contains("MOVED")) }
    var found: Set<String> = []
    for try await keys in client.scan(matching: "k*") { found.formUnion(keys) }
    #expect(found.count == 100)
    let script = RedisScript("redis.call('SET', KEYS[1], 'x'); return redis.call('STRLEN', KEYS[2])")
    #expect(try await client.run(script, keys: ["{s1}:a", "{s1}:a"]).int == 1)
    let apart = await fault { () async throws(RedisError) in
      try await client.send(RedisCommand("MGET", .key("k1"), .key("k2")))
    }
    #expect(apart?.serverCode == "CROSSSLOT")
  }

  @Test func aSlotThatMovesIsFollowed() async throws {
    let cluster = try RedisCluster()
    let client = try client(cluster)
    let key = "{tag}:a"
    let slot = HashSlot.slot(of: key)
    _ = try await client.send(RedisCommand("SET", .key(key), "1"))
    let from = cluster.owner(of: slot)
    let to = try #require(cluster.servers.first { $0 !== from })
    let (fromID, toID) = (try cluster.id(of: from), try cluster.id(of: to))
    try to.ask("CLUSTER", "SETSLOT", "\(slot)", "IMPORTING", fromID)
    try from.ask("CLUSTER", "SETSLOT", "\(slot)", "MIGRATING", toID)
    // A key that is not there any more is asked for where the slot is going.
    #expect(try await client.send(RedisCommand("SET", .key("{tag}:new"), "2")) == .status("OK"))
    #expect(
      try await client.send([RedisCommand("GET", .key("{tag}:new")), RedisCommand("STRLEN", .key("{tag}:new"))]) == [
        .bytes(Array("2".utf8)), .integer(1),
      ])
    #expect(try from.ask("INFO", "errorstats").contains("errorstat_ASK"))
    #expect(try await client.send(RedisCommand("GET", .key(key))).string == "1")
    try from.ask("MIGRATE", "127.0.0.1", "\(to.port)", key, "0", "5000")
    for server in [to, from] { try server.ask("CLUSTER", "SETSLOT", "\(slot)", "NODE", toID) }
    #expect(try await client.send(RedisCommand("GET", .key(key))).string == "1")
    #expect(try from.ask("INFO", "errorstats").contains("errorstat_MOVED"))
    let moved = try from.calls(of: "get")
    #expect(try await client.send(RedisCommand("GET", .key(key))).string == "1")
    #expect(try from.calls(of: "get") == moved)
  }

  @Test func channelsOfASlotAreHeardWhereTheyArePublished() async throws {
    let cluster = try RedisCluster()
    let client = try client(cluster)
    for channel in ["one", "two", "three"] {
      var news = client.subscribe(to: RedisChannels(shards: [channel])).makeAsyncIterator()
      #expect(try await news.next() == .listening)
      #expect(try await client.send(RedisCommand("SPUBLISH", .text(channel), "x").near(channel)).int == 1)
      #expect(try await news.next() == .message(RedisMessage(channel: channel, payload: Array("x".utf8))))
    }
    let reader = client.reader(ofStream: "inbox")
    let id = try await client.add([("d", "x")], toStream: "inbox")
    #expect(
      try await eventually {
        (try? await reader.entries(after: .start, atMost: 1, waiting: .seconds(1)).map(\.id)) == [id]
      })
  }

  @Test func aServerThatIsNoClusterSaysSo() async throws {
    let server = try RedisServer()
    let client = try RedisClient(RedisConfiguration(.cluster([server.endpoint])))
    let error = await fault { () async throws(RedisError) in try await client.send(RedisCommand("GET", .key("a"))) }
    #expect(error?.message.contains("cluster support disabled") == true)
  }
}
