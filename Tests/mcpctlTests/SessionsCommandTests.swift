// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import JSONKit
import MCPCore
import TestSupport
import Testing

@testable import mcpctl

/// `mcpctl sessions` against a real Redis, whose sessions are those the servers' own store writes.
@Suite(.timeLimit(.minutes(3))) struct SessionsCommandTests {
  @Test func sessionsAreListedAndFiltered() async throws {
    let store = try SharedStore()
    #expect(try store("sessions", "ls").code == 0)
    #expect(try store("sessions", "ls").output == "")
    let ada = try await store.open(user: "ada@example.com", subscriptions: ["a://b"])
    let bob = try await store.open(
      client: "cursor", version: "0.48", user: "bob@example.com", node: "n2", revision: .v20251125)
    let cells = try store("sessions", "ls").output.split(separator: "\n").map {
      $0.split(separator: "\t").map(String.init)
    }
    #expect(
      cells.map { Array($0.prefix(5)) } == [
        [bob, "n2", "cursor/0.48", "2025-11-25", "bob…"], [ada, "n1", "claude-code/2.1", "2025-06-18", "ada…"],
      ])
    #expect(try store("sessions", "ls", "--client", "cur*", "-o", "name").output == "\(bob)\n")
    #expect(try store("sessions", "ls", "--user", "ada@example.com", "--node", "n1", "-o", "name").output == "\(ada)\n")
    #expect(try store("sessions", "ls", "--selector", "era=2025-11-25,idle<1h", "-o", "name").output == "\(bob)\n")
    #expect(try store("sessions", "ls", "--idle", "1h", "-o", "name").output == "")
    #expect(try store("sessions", "ls", "--limit", "1", "-o", "name").output == "\(bob)\n")
    #expect(try store("sessions", "ls", "--show-identity").output.contains("ada@example.com"))
    let object = try JSON(parsing: try store("sessions", "ls", "-o", "json").output)
    #expect(object["sessions"]?[1]?["client"] == ["name": "claude-code", "version": "2.1"])
    #expect(object["sessions"]?[1]?["subscriptions"] == 1)
    #expect(try store("sessions", "ls", "--path", ".sessions[].id", "-o", "jsonl").output == "\"\(bob)\"\n\"\(ada)\"\n")
    #expect(try store("sessions", "ls", "-o", "yaml").output.contains("client:\n"))
    #expect(try store("sessions", "ls", "--scan", "-o", "name").output.split(separator: "\n").count == 2)
    #expect(try store("sessions", "ls", "-o", "wide").output.contains("QUEUED"))
    #expect(try store("sessions", "ls", "--prefix", "other").output == "")
  }

  @Test func lookingChangesNothing() async throws {
    let store = try SharedStore(SharedStore.debugging)
    let id = try await store.open(user: "ada")
    try store.server.ask("XADD", "mcp:events:\(id)", "*", "s", "g", "d", "{}")
    try store.server.ask("PEXPIRE", "mcp:events:\(id)", "1000000")
    let before = try store.digest()
    for words in [
      ["ls", "-o", "wide"], ["ls", "--scan"], ["get", id], ["stats"], ["export"], ["verify"], ["top", "--count", "1"],
    ] {
      let ran = try run([binary, "sessions"] + words, environment: ["MCPCTL_REDIS_URL": store.url])
      #expect(ran.code == 0, "\(words): \(ran.error)")
    }
    #expect(try store("sessions", "tail", id, "--all", "--count", "1").output.hasSuffix("\tg\t{}\n"))
    #expect(try store("cluster", "doctor").code == 0)
    #expect(try store.digest() == before)
    #expect(try store.server.calls(of: "keys") == 2)
  }

  @Test func whetherReadingCountsAsUseIsSaidAsItIs() async throws {
    let store = try SharedStore()
    let id = try await store.open()
    let rest = """
      local life = redis.call('PTTL', KEYS[1])
      return redis.call('RESTORE', KEYS[1], life, redis.call('DUMP', KEYS[1]), 'REPLACE', 'IDLETIME', 500)
      """
    try store.server.ask("EVAL", rest, "1", "mcp:sessions:\(id)")
    func idle() throws -> Int {
      Int(try store.server.ask("OBJECT", "IDLETIME", "mcp:sessions:\(id)").prefix { $0.isNumber }) ?? -1
    }
    #expect(try idle() >= 500)
    #expect(try store("sessions", "ls", "-o", "name").output == "\(id)\n")
    #expect(try store("sessions", "ls", "-o", "name", "--limit", "1").output == "\(id)\n")
    #expect(try idle() >= 500)
    // Before 7.2 it does, and then that is what is said.
    let told = try store("sessions", "ls", "-v").error
    #expect(
      try idle() >= 500
        ? told.contains("leaves OBJECT IDLETIME as it is") : told.contains("counts as use for OBJECT IDLETIME"))
  }

  @Test func aSessionIsShownWithAllThatBelongsToIt() async throws {
    let store = try SharedStore()
    let id = try await store.open(user: "ada@example.com", subscriptions: ["a://b"])
    try store.server.ask("SET", "mcp:listener:\(id)", "n1:7:1", "EX", "30")
    try store.server.ask("XADD", "mcp:events:\(id)", "*", "s", "g", "d", "{}")
    try store.server.ask("HSET", "mcp:req:\(id):4", "node", "n1", "startedAt", "17")
    let object = try JSON(parsing: try store("sessions", "get", id, "-o", "json").output)
    #expect(object["capabilities"] == ["roots": ["listChanged": true]])
    #expect(object["listener"] == "n1:7:1" && object["queued"] == 1 && object["indexed"] == true)
    #expect(object["inFlight"] == [["id": "4", "node": "n1", "startedAt": 17]])
    #expect(object["user"] == "ada…" && object["subscribed"] == ["a://b"])
    #expect(try store("sessions", "get", "nobody").code == 8)
  }

  @Test func theBeginningOfAnIdWillDoWhereItIsTheOnlyOne() async throws {
    let store = try SharedStore()
    let id = try await store.open()
    let get = try store("sessions", "get", String(id.prefix(6)), "-o", "name")
    #expect(get.output == "\(id)\n", "\(get.error)")
    let short = try store("sessions", "get", String(id.prefix(3)))
    #expect(short.code == 8 && short.error.contains("its first four characters or more"))
    #expect(try store("sessions", "get", "zzzz").code == 8)
    for name in ["same-1", "same-2"] {
      try store.server.ask("COPY", "mcp:sessions:\(id)", "mcp:sessions:\(name)")
      try store.server.ask("ZADD", "mcp:index:sessions", "9999999999999", name)
    }
    let both = try store("sessions", "get", "same")
    #expect(both.code == 8 && both.error.contains("same begins the ids of several sessions\n  same-"), "\(both.error)")
    #expect(both.error.contains("give more of it"))
    let tail = try store("sessions", "tail", "nobody")
    #expect(tail.code == 8)
    #expect(try store("sessions", "kill", String(id.prefix(8)), "--yes", "-o", "name").output == "\(id)\n")
    #expect(try store("sessions", "get", id).error.contains("has just been ended"))
  }

  @Test func aSessionIsEndedEverywhere() async throws {
    let store = try SharedStore()
    let id = try await store.open(user: "ada")
    let other = try await store.open(node: "n2")
    try store.server.ask("XADD", "mcp:events:\(id)", "*", "s", "g", "d", "{}")
    try store.server.ask("SET", "mcp:listener:\(id)", "n1:7:1", "EX", "30")
    let bus = try RunningProgram(["redis-cli", "-p", "\(store.server.port)", "SUBSCRIBE", "mcp:bus"])
    for _ in 0..<3 { _ = bus.nextLine() }
    let refused = try store("sessions", "kill", id)
    #expect(refused.code == 1 && refused.error.contains("--yes"))
    #expect(try store("sessions", "kill", id, "--dry-run").error == "1 session would be ended\n")
    #expect(try store("sessions", "get", id).code == 0)
    let ended = try store("sessions", "kill", id, "--yes")
    #expect(ended.code == 0 && ended.error == "1 session ended\n")
    #expect(bus.nextLine() == "message" && bus.nextLine() == "mcp:bus")
    #expect(bus.nextLine() == #"{"kind":"ended","session":"\#(id)"}"#)
    bus.signal(9)
    _ = bus.finish()
    #expect(try store("sessions", "get", id).error.contains("has just been ended"))
    #expect(try store.server.ask("HGET", "mcp:sessions:\(id)", "state") == "terminated\n")
    #expect(try store.server.ask("EXISTS", "mcp:events:\(id)", "mcp:listener:\(id)") == "0\n")
    #expect(try store("sessions", "ls", "-o", "name").output == "\(other)\n")
    #expect(try store("sessions", "kill", id, "--yes").code == 8)
    #expect(try store("sessions", "kill", "--node", "n2", "--yes", "-o", "name").output == "\(other)\n")
    #expect(try store("sessions", "kill", "--node", "n2", "--yes").code == 0)
    #expect(try store("sessions", "kill").code == 64)
  }

  @Test func atATerminalWhoeverEndsSessionsIsAsked() async throws {
    let store = try SharedStore()
    try await store.open()
    try await store.open()
    func kill(answering answer: String) async -> (ExitCode, MemoryConsole) {
      let console = MemoryConsole(isTerminal: true, lines: [answer], environment: ["MCPCTL_REDIS_URL": store.url])
      return (await Mcpctl.run(["sessions", "kill", "--node", "n1"], in: console.console), console)
    }
    let (refused, console) = await kill(answering: "")
    #expect(refused == .negative && console.error.contains("End 2 sessions? (y)es, [N]o: "))
    #expect(try store("sessions", "ls", "-o", "name").output.split(separator: "\n").count == 2)
    let watching = MemoryConsole(isTerminal: true, environment: ["MCPCTL_REDIS_URL": store.url])
    let words = ["sessions", "watch", "--count", "1", "--limit", "1"]
    #expect(await Mcpctl.run(words, in: watching.console) == .success)
    #expect(watching.output.hasPrefix("\u{1B}[H\u{1B}[2J2 sessions\nID") && watching.output.hasSuffix("… and 1 more\n"))
    #expect(await kill(answering: "y").0 == .success)
    #expect(try store("sessions", "ls", "-o", "name").output == "")
  }

  @Test func sessionsAreFollowedAsTheyComeAndGo() async throws {
    let store = try SharedStore()
    let first = try await store.open()
    let watch = try store.start("sessions", "watch", "-o", "jsonl", "--interval", "100ms")
    // What is there at its first look is no news, so it may take some until it tells of one.
    var line: String?
    for _ in 0..<20 where line == nil {
      try await store.open(client: "cursor")
      line = watch.nextLine(deadline: 1)
    }
    let opened = try JSON(parsing: try #require(line))
    #expect(opened["event"] == "opened" && opened["session"]?["client"]?["name"] == "cursor")
    try store.server.ask("HSET", "mcp:sessions:\(first)", "instanceId", "n9")
    var moved = try JSON(parsing: try #require(watch.nextLine(deadline: 20)))
    while moved["event"] == "opened" { moved = try JSON(parsing: try #require(watch.nextLine(deadline: 20))) }
    #expect(moved["event"] == "moved" && moved["before"] == "n1" && moved["session"]?["id"]?.string == first)
    #expect(try store("sessions", "kill", "--client", "cursor", "--yes").code == 0)
    let ended = try JSON(parsing: try #require(watch.nextLine(deadline: 20)))
    #expect(ended["event"] == "ended" && ended["session"]?["client"]?["name"] == "cursor")
    watch.signal(2)
    #expect(watch.finish().code == 130)
    let counted = try store("sessions", "top", "--interval", "50ms", "--count", "2")
    #expect(counted.code == 0 && counted.output.hasPrefix("SESSIONS  OPENED/S"))
    #expect(counted.output.split(separator: "\n").count == 3)
    let counts = try JSON(parsing: try store("sessions", "top", "--count", "1", "-o", "jsonl").output)
    #expect(counts["sessions"] == 1)
  }

  @Test func messagesToAClientAreFollowedUntilItsSessionIsOver() async throws {
    let store = try SharedStore()
    let id = try await store.open()
    try store.server.ask("XADD", "mcp:events:\(id)", "*", "s", "g", "d", #"{"method":"a"}"#)
    let tail = try store.start("sessions", "tail", id, "--all", "-o", "jsonl")
    #expect(try JSON(parsing: try #require(tail.nextLine()))["message"] == ["method": "a"])
    try store.server.ask("XADD", "mcp:events:\(id)", "*", "s", "r4", "d", #"{"method":"b"}"#)
    let next = try JSON(parsing: try #require(tail.nextLine()))
    #expect(next["message"] == ["method": "b"] && next["stream"] == "r4")
    #expect(try store("sessions", "kill", id, "--yes").code == 0)
    let ended = tail.finish()
    #expect(ended.code == 0 && ended.error == "session \(id) is over\n")
  }

  @Test func sessionsAreCountedAndExported() async throws {
    let store = try SharedStore()
    try await store.open(user: "ada@example.com")
    try await store.open(client: "cursor", user: "ada@example.com")
    let big = try await store.open(client: "cursor", version: "1.0", user: "bob@example.com", node: "n2")
    for _ in 0..<50 {
      try store.server.ask("XADD", "mcp:events:\(big)", "*", "s", "g", "d", String(repeating: "x", count: 500))
    }
    let stats = try JSON(parsing: try store("sessions", "stats", "-o", "json").output)
    #expect(stats["sessions"] == 3 && stats["users"] == 2)
    #expect(stats["client"] == [["name": "cursor", "sessions": 2], ["name": "claude-code", "sessions": 1]])
    #expect(stats["version"]?.array?.count == 3 && stats["biggest"]?[0]?["id"]?.string == big)
    #expect(try store("sessions", "stats").output.hasPrefix("3 sessions of 2 users, "))
    let lines = try store("sessions", "export", "--node", "n2").output.split(separator: "\n")
    #expect(try lines.map { try JSON(parsing: String($0))["queued"]?.int } == [50])
    #expect(try !store("sessions", "export").output.contains("example.com"))
  }

  @Test func whatIsLeftBehindIsRemovedAndNothingElse() async throws {
    let store = try SharedStore(SharedStore.debugging)
    let id = try await store.open(user: "ada")
    try store.server.ask("XADD", "mcp:events:\(id)", "*", "s", "g", "d", "{}")
    try store.server.ask("EXPIRE", "mcp:events:\(id)", "900")
    try store.server.ask("SADD", "mcp:instance:other", "a-session")
    let sound = try store.digest()
    try store.server.ask("XADD", "mcp:events:gone", "*", "s", "g", "d", "{}")
    try store.server.ask("SET", "mcp:listener:gone", "n1:1:1", "EX", "900")
    try store.server.ask("ZADD", "mcp:index:sessions", "17", "gone")
    try store.node("n7", silence: 4_000)
    let dry = try store("sessions", "gc", "--dry-run")
    #expect(dry.error == "4 keys and entries would be removed\n")
    #expect(try store.server.ask("EXISTS", "mcp:events:gone") == "1\n")
    let ran = try store("sessions", "gc", "--patience", "0s", "-o", "json")
    #expect(ran.error == "4 keys and entries removed\n")
    #expect(try JSON(parsing: ran.output)["removed"]?.array?.count == 4)
    #expect(try store.digest() == sound)
    #expect(try store("sessions", "gc").error == "nothing was left behind\n")
  }

  @Test func aStoreIsVerified() async throws {
    let store = try SharedStore()
    #expect(try store("sessions", "verify").output == "all is well: 0 keys\n")
    let id = try await store.open(user: "ada")
    #expect(try store("sessions", "verify").output == "all is well: 3 keys (1 index, 1 owner index, 1 session)\n")
    // What mcp-router-v3 keeps under these names.
    try store.server.ask("SADD", "mcp:instance:router-1", id)
    try store.server.ask(
      "HSET", "mcp:sessions:theirs", "sessionId", "theirs", "instanceId", "router-1", "lastActive",
      "2026-01-01T00:00:00", "active", "true")
    try store.server.ask("EXPIRE", "mcp:sessions:theirs", "900")
    let foreign = try store("sessions", "verify")
    #expect(foreign.code == 0)
    #expect(foreign.output.contains("foreign\t1\ta SET of session ids under the name of a node"))
    #expect(foreign.output.contains("foreign\t1\ta record of another program"))
    #expect(try store("sessions", "ls", "--scan", "-o", "name").output.contains("theirs\n"))
    let kept = try store("sessions", "kill", "theirs", "--yes")
    #expect(kept.error.contains("was written by another program, and is left alone"))
    #expect(try store.server.ask("HGET", "mcp:sessions:theirs", "sessionId") == "theirs\n")
    for (key, type) in [("mcp:tasks:t1", "HSET"), ("mcp:index:tasks", "ZADD"), ("mcp:index:tasks:room", "HSET")] {
      try store.server.ask(type, key, type == "ZADD" ? "1" : "a", "1")
      try store.server.ask("EXPIRE", key, "900")
    }
    #expect(try store("sessions", "verify").output.contains("foreign\t1\ta record of another program"))
    #expect(try !store("sessions", "verify").output.contains("other programs under our prefix"), "tasks are ours")
    // What a program does that writes to a session that is over.
    try store.server.ask("HSET", "mcp:sessions:raised", "lastActive", "17")
    try store.server.ask("SET", "mcp:sessions:string", "x")
    try store.server.ask("ZREM", "mcp:index:sessions", id)
    let wrong = try store("sessions", "verify")
    #expect(wrong.code == 1)
    for rule in [
      "session without a TTL", "a record without its id", "a string where a hash belongs",
      "a session that is not in the index",
    ] {
      #expect(wrong.output.contains(rule), "\(rule) in \(wrong.output)")
    }
    #expect(try store("sessions", "ls", "--scan").error.contains("`mcpctl sessions verify` says what is wrong"))
  }

  @Test func aStoreThatIsNotThereEndsWith5AndAPasswordIsNeverShown() throws {
    let port = try freePort()
    let gone = try mcpctl("sessions", "ls", "--store", "redis://:sesame@127.0.0.1:\(port)")
    #expect(gone.code == 5 && !gone.error.contains("sesame"))
    #expect(gone.error.contains("put it into REDIS_PASSWORD"))
    #expect(try mcpctl("sessions", "ls").code == 78)
    #expect(try mcpctl("sessions", "ls", "--store", "ftp://x").code == 64)
    let guarded = try SharedStore(["--requirepass", "sesame"])
    #expect(try guarded("sessions", "ls").code == 4)
    let let_in = try run(
      [binary, "sessions", "ls", "--store", guarded.url], environment: ["REDIS_PASSWORD": "sesame"])
    #expect(let_in.code == 0 && let_in.error == "")
    let folder = TemporaryFolder()
    let file = try folder.write("redis: {address: '127.0.0.1:\(guarded.server.port)', password: sesame}", to: "c.yaml")
    #expect(try mcpctl("sessions", "ls", "--config", file).code == 0)
  }

  @Test func sessionsAndNodesAreCompleted() async throws {
    let store = try SharedStore()
    let id = try await store.open()
    try store.node("n1")
    #expect(
      try store("__complete", "sessions", "--", "sessions", "get", "").output.hasPrefix("\(id)\tclaude-code/2.1 n1"))
    #expect(try store("__complete", "nodes", "--", "cluster", "drain", "n").output == "n1\tup\n")
    let clock = ContinuousClock()
    let start = clock.now
    let nobody = try run(
      [binary, "__complete", "sessions", "--", "sessions", "get", ""],
      environment: ["MCPCTL_REDIS_URL": "redis://127.0.0.1:\(try freePort())"])
    #expect(nobody.output == "" && nobody.code == 0 && clock.now - start < .seconds(5))
  }
}
