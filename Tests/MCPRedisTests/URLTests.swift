// SPDX-License-Identifier: Apache-2.0
import EventIO
import MCPRedis
import Testing

struct URLTests {
  @Test func aServerIsAHostWithAPortAndADatabase() throws {
    let plain = try RedisConfiguration(url: "redis://cache")
    #expect(plain.topology == .single(.host("cache", port: 6379)) && plain.database == 0)
    #expect(plain.tls == nil && plain.user == nil && plain.password == nil)
    let full = try RedisConfiguration(url: "redis://ada:p%40ss%2F1@[::1]:7000/5?name=node-1")
    #expect(full.topology == .single(.host("::1", port: 7000)) && full.database == 5)
    #expect(full.user == "ada" && full.password == "p@ss/1" && full.name == "node-1")
    #expect(try RedisConfiguration(url: "redis://:secret@h/").password == "secret")
  }

  @Test func redissMeansTLS() throws {
    #expect(try RedisConfiguration(url: "rediss://h").tls == TLSClientFiles())
    let tls = try RedisConfiguration(url: "rediss://h?ca=/ca.pem&cert=/a.pem&key=/a.key").tls
    #expect(tls == TLSClientFiles(authorities: "/ca.pem", certificate: "/a.pem", key: "/a.key"))
    #expect(throws: RedisError.self) { try RedisConfiguration(url: "redis://h?ca=/ca.pem") }
  }

  @Test func aSocketIsAPath() throws {
    let plain = try RedisConfiguration(url: "unix:///run/redis.sock")
    #expect(plain.topology == .single(.file("/run/redis.sock")))
    let full = try RedisConfiguration(url: "unix://ada:pw@/run/redis.sock?db=2")
    #expect(full.topology == .single(.file("/run/redis.sock")) && full.database == 2 && full.password == "pw")
    #expect(throws: RedisError.self) { try RedisConfiguration(url: "unix://host/run/redis.sock") }
  }

  @Test func sentinelsAreAListAndAName() throws {
    let sentinel = try RedisConfiguration(url: "redis+sentinel://:pw@one:1,two/main/3?sentinel_password=other")
    #expect(sentinel.topology == .sentinel(master: "main", [.host("one", port: 1), .host("two", port: 26379)]))
    #expect(sentinel.database == 3 && sentinel.password == "pw" && sentinel.sentinelPassword == "other")
    #expect(throws: RedisError.self) { try RedisConfiguration(url: "redis+sentinel://one") }
  }

  @Test func aClusterIsAList() throws {
    let cluster = try RedisConfiguration(url: "rediss+cluster://one,two:7000")
    #expect(cluster.topology == .cluster([.host("one", port: 6379), .host("two", port: 7000)]) && cluster.tls != nil)
    #expect(throws: RedisError.self) { try RedisConfiguration(url: "redis+cluster://one/3") }
  }

  @Test(arguments: [
    "", "cache:6379", "http://cache", "redis://", "redis://topsecret@cache", "redis://a:topsecret@cache:port",
    "redis://a:topsecret@cache/db", "redis://a:topsecret%zz@cache", "redis://a:topsecret@one,two",
    "redis://:topsecret@:1",
    "redis://a:top?secret@cache", "redis://a:topsecret@cache?colour=topsecret", "redis://a:topsecret@::1",
    "redis://a:topsecret@h:0",
    "redis+sentinel://a:topsecret@h/m/x",
  ])
  func whatIsWrongIsSaidWithoutTheSecret(_ url: String) throws {
    let error = try #require(throws: RedisError.self) { try RedisConfiguration(url: url) }
    #expect(error.code == .invalid)
    #expect(!error.message.contains("topsecret") && !error.message.contains("secret@"))
  }

  @Test func thePlaceIsShownWithoutTheSecret() throws {
    #expect(try RedisConfiguration(url: "redis://a:topsecret@cache:1/2").place == "cache:1")
    let configuration = try RedisConfiguration(url: "redis://a:topsecret@cache:1/2")
    var dumped = "\(configuration) \(String(reflecting: configuration))"
    dump(configuration, to: &dumped)
    dump(RedisCommand("AUTH", "topsecret"), to: &dumped)
    #expect(!dumped.contains("topsecret"))
    #expect(try RedisConfiguration(url: "redis+sentinel://a:b@one/m").place == "the master 'm' of one:26379")
  }
}
