// SPDX-License-Identifier: Apache-2.0
import EventIO
import MCPRedis
import TestSupport
import Testing

/// A client and one server that is well.
struct ClientTests {
  let server: RedisServer
  let client: RedisClient

  init() throws {
    server = try RedisServer()
    client = try server.client()
  }

  @Test func commandsAreAnsweredWithTheirValues() async throws {
    #expect(try await client.send(RedisCommand("SET", .key("a"), "1")) == .status("OK"))
    #expect(try await client.send(RedisCommand("GET", .key("a"))).string == "1")
    #expect(try await client.send(RedisCommand("GET", .key("b"))) == .null)
    #expect(try await client.send(RedisCommand("INCRBY", .key("a"), .int(41))).int == 42)
    let bytes: [UInt8] = [0, 13, 10, 255]
    _ = try await client.send(RedisCommand("HSET", .key("h"), "one", .bytes(bytes), "two", ""))
    #expect(try await client.send(RedisCommand("HGETALL", .key("h"))).fields == ["one": bytes, "two": []])
  }

  @Test func anErrorIsThrownWithTheServerAndTheCommand() async throws {
    _ = try await client.send(RedisCommand("SET", .key("text"), "topsecret"))
    let error = await fault { () async throws(RedisError) in
      try await client.send(RedisCommand("LPUSH", .key("text"), "topsecret"))
    }
    #expect(error?.code == .server && error?.serverCode == "WRONGTYPE" && error?.mayHaveRun == false)
    #expect(error?.message.contains("127.0.0.1:\(server.port)") == true && error?.message.contains("LPUSH") == true)
    let unknown = await fault { () async throws(RedisError) in
      try await client.send(RedisCommand("NONSENSE", "topsecret"))
    }
    #expect(unknown?.message.contains("NONSENSE") == true && unknown?.message.contains("topsecret") == false)
  }

  @Test func aPipelineIsAnsweredInItsOrderWithErrorsInTheirPlaces() async throws {
    var commands = (1...500).map { RedisCommand("RPUSH", .key("list"), .int($0)) }
    commands.insert(RedisCommand("HGET", .key("list"), "x"), at: 250)
    let answers = try await client.send(commands)
    #expect(answers.count == 501)
    guard case .error(let text) = answers[250] else { throw Unexpected("no error in its place") }
    #expect(text.hasPrefix("WRONGTYPE"))
    #expect(answers.compactMap(\.int) == Array(1...500))
    #expect(try await client.send(RedisCommand("LRANGE", .key("list"), 0, -1)).strings == (1...500).map { "\($0)" })
  }

  @Test func manyTasksShareOneConnectionAndEachGetsItsOwnAnswer() async throws {
    let client = client
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for number in 0..<1000 {
        group.addTask { try await client.send(RedisCommand("ECHO", .text("n\(number)"))).string == "n\(number)" }
      }
      for try await isRight in group { #expect(isRight) }
    }
    #expect(try server.ask("CLIENT", "LIST").split(separator: "\n").count { $0.contains("name=mcpctl") } == 1)
  }

  @Test func eachLoopHasAConnectionOfItsOwn() async throws {
    let loops = try (0..<3).map { _ in try EventLoop() }
    for loop in loops { try loop.start(name: "test") }
    defer { for loop in loops { loop.stop() } }
    let client = try RedisClient(server.configuration(), loops: loops)
    for number in 0..<30 { #expect(try await client.send(RedisCommand("ECHO", .int(number))).int == number) }
    #expect(try server.ask("CLIENT", "LIST").split(separator: "\n").count { $0.contains("name=mcpctl") } == 3)
    client.close()
    _ = await fault { () async throws(RedisError) in try await client.send(RedisCommand("PING")) }
  }

  @Test func aScriptIsToldAgainToAServerThatHasForgottenIt() async throws {
    let script = RedisScript("return {KEYS[1], ARGV[1], redis.call('INCR', KEYS[1])}")
    for turn in 1...2 {
      #expect(
        try await client.run(script, keys: ["count"], ["x"])
          == .array([
            .bytes(Array("count".utf8)), .bytes(Array("x".utf8)), .integer(turn),
          ]))
    }
    #expect(try server.calls(of: "eval") == 1)
    #expect(try server.ask("SCRIPT", "FLUSH") == "OK\n")
    #expect(try await client.run(script, keys: ["count"], ["x"]).array?.last == .integer(3))
    #expect(try server.calls(of: "eval") == 2)
  }

  @Test func aScriptsOwnErrorIsThrown() async throws {
    let script = RedisScript("return redis.error_reply('TOOMANY there are ' .. ARGV[1])")
    let error = await fault { () async throws(RedisError) in try await client.run(script, keys: [], ["thousands"]) }
    #expect(error?.serverCode == "TOOMANY" && error?.message.contains("thousands") == false)
  }

  @Test func aScanFindsEveryKeyThatMatches() async throws {
    _ = try await client.send((0..<3000).map { RedisCommand("SET", .key("a:\($0)"), "") })
    _ = try await client.send((0..<50).map { RedisCommand("HSET", .key("a:h\($0)"), "f", "") })
    _ = try await client.send(RedisCommand("SET", .key("b"), ""))
    var found: Set<String> = []
    var portions = 0
    for try await keys in client.scan(matching: "a:*", type: "string", count: 200) {
      found.formUnion(keys)
      portions += 1
    }
    #expect(found == Set((0..<3000).map { "a:\($0)" }))
    #expect(portions > 10)
  }

  @Test func aStreamIsAddedToReadAndTrimmed() async throws {
    var ids: [RedisStreamID] = []
    for number in 0..<10 {
      ids.append(try await client.add([("s", "g"), ("d", .text("\(number)"))], toStream: "events", keeping: 1000))
    }
    #expect(ids == ids.sorted() && Set(ids).count == 10)
    let entries = try await client.entries(ofStream: "events", after: ids[3], atMost: 3)
    #expect(entries.map(\.id) == Array(ids[4...6]))
    #expect(entries.first?.fields == ["s": Array("g".utf8), "d": Array("4".utf8)])
    #expect(try await client.trimStream("events", keeping: 2, exactly: true) == 8)
    #expect(try await client.entries(ofStream: "events", atMost: 10).map(\.id) == Array(ids[8...]))
    #expect(try await client.entries(ofStream: "nothing", atMost: 10).isEmpty)
  }

  @Test func aReaderWaitsForAStreamWithoutHoldingUpTheOthers() async throws {
    let reader = client.reader(ofStream: "inbox")
    #expect(try await reader.entries(after: .start, atMost: 5, waiting: .milliseconds(1)).isEmpty)
    async let waiting = reader.entries(after: .start, atMost: 5, waiting: .seconds(20))
    #expect(try await eventually { try server.ask("CLIENT", "LIST").contains("cmd=xread") })
    let id = try await client.add([("d", "x")], toStream: "inbox")
    #expect(try await waiting.map(\.id) == [id])
  }

  @Test func theNameOfAConnectionAndItsDatabaseAreAsConfigured() async throws {
    let other = try server.client {
      $0.database = 3
      $0.name = "node-1"
    }
    _ = try await other.send(RedisCommand("SET", .key("a"), "3"))
    #expect(try server.ask("-n", "3", "GET", "a") == "3\n")
    #expect(try server.ask("CLIENT", "LIST").contains("name=node-1"))
  }

  @Test func aSocketFileLeadsToTheServerToo() async throws {
    let client = try RedisClient(RedisConfiguration(url: "unix://\(server.folder)/socket"))
    #expect(try await client.send(RedisCommand("PING")) == .status("PONG"))
    let nowhere = try RedisClient(RedisConfiguration(url: "unix://\(server.folder)/nobody"))
    let error = await fault { () async throws(RedisError) in
      try await nowhere.send(RedisCommand("PING").within(.milliseconds(100)))
    }
    #expect(error?.code == .unreachable && error?.message.contains("/nobody") == true)
  }

  @Test func aHostIsLookedUp() async throws {
    let client = try RedisClient(RedisConfiguration(url: "redis://localhost:\(server.port)"))
    #expect(try await client.send(RedisCommand("PING")) == .status("PONG"))
    let nowhere = try server.client {
      $0.topology = .single(.host("no-such-host.invalid", port: 1))
      $0.limits.patience = .zero
    }
    let error = await fault { () async throws(RedisError) in try await nowhere.send(RedisCommand("PING")) }
    #expect(error?.code == .unreachable && error?.message.contains("no-such-host.invalid") == true)
  }
}
