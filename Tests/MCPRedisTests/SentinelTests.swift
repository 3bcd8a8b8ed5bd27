// SPDX-License-Identifier: Apache-2.0
import EventIO
import MCPRedis
import TestSupport
import Testing

struct SentinelTests {
  @Test func theMasterIsFoundAndTheNextOneFollowed() async throws {
    let redis = try WatchedRedis()
    let nobody = try freePort()
    var configuration = try RedisConfiguration(
      url: "redis+sentinel://127.0.0.1:\(nobody),127.0.0.1:\(redis.sentinel.port)/main")
    configuration.limits.commandTime = .seconds(30)
    configuration.limits.patience = .seconds(30)
    let client = try RedisClient(configuration)
    _ = try await client.send(RedisCommand("SET", .key("a"), "1"))
    #expect(try redis.master.ask("GET", "a") == "1\n")
    var news = client.subscribe(to: RedisChannels(["bus"])).makeAsyncIterator()
    #expect(try await news.next() == .listening)
    #expect(try await eventually { try redis.replica.ask("GET", "a") == "1\n" })

    redis.master.kill()
    // Waits until there is another master, and is answered by that one.
    #expect(try await client.send(RedisCommand("SET", .key("b"), "2")) == .status("OK"))
    #expect(try redis.replica.ask("GET", "b") == "2\n")
    #expect(try await client.send(RedisCommand("GET", .key("a"))).string == "1")
    guard case .gap? = try await news.next() else { throw Unexpected("no gap") }
    #expect(try await client.send(RedisCommand("PUBLISH", "bus", "x")).int == 1)
  }

  @Test func aMasterThatBecameAReplicaIsLeft() async throws {
    let redis = try WatchedRedis()
    var configuration = RedisConfiguration(.sentinel(master: "main", [redis.sentinel.endpoint]))
    configuration.limits.commandTime = .seconds(30)
    configuration.limits.patience = .seconds(30)
    let client = try RedisClient(configuration)
    _ = try await client.send(RedisCommand("SET", .key("a"), "1"))
    #expect(try await eventually { try redis.sentinel.ask("SENTINEL", "FAILOVER", "main") == "OK\n" })
    #expect(try await eventually { try redis.replica.ask("ROLE").hasPrefix("master") })
    #expect(try await eventually { try redis.master.ask("ROLE").hasPrefix("slave") })
    #expect(try await client.send(RedisCommand("SET", .key("b"), "2")) == .status("OK"))
    #expect(try redis.replica.ask("GET", "b") == "2\n")
  }

  @Test func withoutASentinelTheErrorNamesThem() async throws {
    let port = try freePort()
    var configuration = try RedisConfiguration(url: "redis+sentinel://:topsecret@127.0.0.1:\(port)/main")
    configuration.limits.patience = .zero
    let client = try RedisClient(configuration)
    let error = await fault { () async throws(RedisError) in try await client.send(RedisCommand("PING")) }
    #expect(error?.code == .unreachable && error?.message.contains("'main'") == true)
    #expect(error?.message.contains("127.0.0.1:\(port)") == true && error?.message.contains("topsecret") == false)
  }
}
