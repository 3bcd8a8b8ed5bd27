// SPDX-License-Identifier: Apache-2.0
import EventIO
import MCPRedis
import Observability
import TestSupport
import Testing

/// What becomes of commands when the server is not well.
struct TroubleTests {
  @Test func aServerThatIsStartedAgainIsFoundAgain() async throws {
    let server = try RedisServer()
    let client = try server.client()
    _ = try await client.send(RedisCommand("SET", .key("a"), "1"))
    server.kill()
    async let asked = client.send(RedisCommand("GET", .key("a")))
    try server.start()
    #expect(try await asked == .null)
    #expect(try await client.send(RedisCommand("SET", .key("a"), "2")) == .status("OK"))
  }

  @Test func whatMayHaveBeenDoneIsNotDoneTwice() async throws {
    let server = try RedisServer()
    let client = try server.client()
    _ = try await client.send(RedisCommand("PING"))
    // Held back by the server, so that the commands are sent and not answered when it ends.
    #expect(try server.ask("CLIENT", "PAUSE", "60000", "WRITE") == "OK\n")
    async let writing = fault { () async throws(RedisError) in try await client.send(RedisCommand("INCR", .key("a"))) }
    async let reading = client.send(RedisCommand("EXISTS", .key("a")))
    #expect(try await eventually { try server.ask("INFO", "clients").contains("blocked_clients:1") })
    server.kill()
    let lost = await writing
    #expect(lost?.code == .connectionLost && lost?.mayHaveRun == true && lost?.message.contains("INCR") == true)
    try server.start()
    #expect(try await reading == .integer(0))
  }

  @Test func aCommandHasADeadlineAndItsLateAnswerGoesNowhere() async throws {
    let server = try RedisServer()
    let client = try server.client()
    _ = try await client.send(RedisCommand("PING"))
    #expect(try server.ask("CLIENT", "PAUSE", "60000", "WRITE") == "OK\n")
    let late = await fault { () async throws(RedisError) in
      try await client.send(RedisCommand("INCR", .key("a")).within(.milliseconds(200)))
    }
    #expect(late?.code == .timeout && late?.mayHaveRun == true && late?.message.contains("INCR") == true)
    #expect(late?.message.contains("127.0.0.1:\(server.port)") == true)
    #expect(try server.ask("CLIENT", "UNPAUSE") == "OK\n")
    #expect(try await client.send(RedisCommand("ECHO", "next")).string == "next")
    #expect(try await client.send(RedisCommand("GET", .key("a"))).string == "1")
  }

  @Test func aServerThatSaysNothingForLongIsLeft() async throws {
    let server = try RedisServer()
    let (losses, teller) = AsyncStream.makeStream(of: String.self)
    let logger = Logger(level: .warning) { teller.yield($0.message) }
    let client = try RedisClient(server.configuration { $0.limits.silence = .milliseconds(300) }, logger: logger)
    _ = try await client.send(RedisCommand("PING"))
    server.pause()
    let late = await fault { () async throws(RedisError) in
      try await client.send(RedisCommand("INCR", .key("a")).within(.milliseconds(100)))
    }
    #expect(late?.code == .timeout && late?.mayHaveRun == true)
    // What only reads is asked again on another connection.
    async let reading = client.send(RedisCommand("EXISTS", .key("a")))
    #expect(await losses.first { _ in true } == "redis connection lost")
    server.resume()
    #expect(try await reading.int != nil)
  }

  @Test func withoutAServerCommandsFailSoonAndSayWhy() async throws {
    let port = try freePort()
    var configuration = RedisConfiguration(.single(.host("127.0.0.1", port: port)))
    configuration.limits.patience = .milliseconds(100)
    configuration.limits.commandTime = .seconds(30)
    let client = try RedisClient(configuration)
    let clock = ContinuousClock()
    for _ in 0..<3 {
      let began = clock.now
      let error = await fault { () async throws(RedisError) in
        try await client.send(RedisCommand("SET", .key("a"), "topsecret"))
      }
      #expect(error?.code == .unreachable && error?.mayHaveRun == false)
      #expect(error?.message.contains("127.0.0.1:\(port)") == true && error?.message.contains("topsecret") == false)
      #expect(clock.now - began < .seconds(25))
    }
  }

  @Test func whatWaitsHasALimit() async throws {
    let server = try RedisServer()
    let client = try server.client { ($0.limits.queuedCommands, $0.limits.queuedBytes) = (10, 1000) }
    _ = try await client.send(RedisCommand("PING"))
    let large = await fault { () async throws(RedisError) in
      try await client.send(RedisCommand("ECHO", .text(String(repeating: "x", count: 1000))))
    }
    #expect(large?.code == .overloaded)
    #expect(try server.ask("CLIENT", "PAUSE", "60000", "ALL") == "OK\n")
    await withTaskGroup(of: RedisError?.self) { group in
      for _ in 0..<11 {
        group.addTask {
          await fault { () async throws(RedisError) in try await client.send(RedisCommand("PING").within(.seconds(1))) }
        }
      }
      var faults: [RedisError.Code] = []
      for await fault in group { faults.append(fault?.code ?? .closed) }
      #expect(faults.count { $0 == .overloaded } == 1 && faults.count { $0 == .timeout } == 10)
    }
  }

  @Test func anAnswerBeyondTheLimitEndsTheConnectionAndNotTheClient() async throws {
    let server = try RedisServer()
    let client = try server.client { $0.limits.replyBytes = 100_000 }
    _ = try await client.send(RedisCommand("SET", .key("a"), .text(String(repeating: "x", count: 200_000))))
    let error = await fault { () async throws(RedisError) in
      try await client.send(RedisCommand("GETSET", .key("a"), "b"))
    }
    #expect(error?.code == .connectionLost && error?.message.contains("beyond the limits") == true)
    #expect(try await client.send(RedisCommand("GET", .key("a"))).string == "b")
  }

  @Test func aCancelledTaskWaitsNoLonger() async throws {
    let server = try RedisServer()
    let client = try server.client()
    _ = try await client.send(RedisCommand("PING"))
    server.pause()
    let asking = Task { await fault { () async throws(RedisError) in try await client.send(RedisCommand("PING")) } }
    asking.cancel()
    #expect(await asking.value?.code == .cancelled)
    server.resume()
    #expect(try await client.send(RedisCommand("ECHO", "x")).string == "x")
  }

  @Test func aClosedClientAnswersNothing() async throws {
    let server = try RedisServer()
    let client = try server.client()
    _ = try await client.send(RedisCommand("PING"))
    #expect(try server.ask("CLIENT", "PAUSE", "60000", "WRITE") == "OK\n")
    async let asked = fault { () async throws(RedisError) in try await client.send(RedisCommand("INCR", .key("a"))) }
    #expect(try await eventually { try server.ask("INFO", "clients").contains("blocked_clients:1") })
    client.close()
    #expect(await asked?.code == .closed)
    let after = await fault { () async throws(RedisError) in try await client.send(RedisCommand("PING")) }
    #expect(after?.code == .closed)
    #expect(try await eventually { try !server.ask("CLIENT", "LIST").contains("name=mcpctl") })
  }
}
