// SPDX-License-Identifier: Apache-2.0
import JSONKit
import TestSupport
import Testing

@testable import mcpctl

/// `mcpctl sessions ls` over 100 000 sessions.
@Suite(.timeLimit(.minutes(4))) struct SessionsScaleTests {
  private static let count = 100_000

  /// Writes sessions as servers do, many in a step.
  private static let seed = """
    local time = redis.call('TIME')
    local now = time[1] * 1000 + math.floor(time[2] / 1000)
    for i = tonumber(ARGV[1]), tonumber(ARGV[2]) do
      local id = string.format('%032x', i * 7919)
      local used = now - (i % 600) * 1000
      redis.call('HSET', 'mcp:sessions:' .. id, 'sessionId', id, 'instanceId', 'n' .. i % 3 + 1, 'serviceName', 'mcpctl',
        'transportType', 'streamable-http', 'protocolVersion', '2025-11-25', 'initParams',
        '{"protocolVersion":"2025-11-25","capabilities":{"roots":{}},"clientInfo":{"name":"cursor","version":"1.' .. i % 50 .. '"}}',
        'version', '0', 'principal', 'user' .. i % 100, 'state', 'initialized', 'active', 'true', 'ready', '1',
        'lifetime', 1800000, 'subs', '[]', 'lastActive', used, 'createdAt', used - 60000, 'indexed', used,
        'expiresAt', used + 86400000)
      redis.call('PEXPIRE', 'mcp:sessions:' .. id, used + 1800000 - now)
      redis.call('ZADD', 'mcp:index:sessions', used + 1800000, id)
    end
    """

  @Test func aHundredThousandSessionsAreListedWithoutATrace() throws {
    let store = try SharedStore(SharedStore.debugging)
    let portion = 10_000
    for start in stride(from: 0, to: Self.count, by: portion) {
      try store.server.ask("EVAL", Self.seed, "0", "\(start + 1)", "\(start + portion)")
    }
    let before = try store.digest()
    try store.server.ask("CONFIG", "RESETSTAT")
    let clock = ContinuousClock()
    let start = clock.now
    let program = try store.start("sessions", "ls")
    let first = program.nextLine(deadline: 60)
    let firstTime = clock.now - start
    let rest = program.finish(deadline: 120)
    let total = clock.now - start
    #expect(first != nil && rest.code == 0, "\(rest.error)")
    let ids = rest.output.split(separator: "\n").map { $0.prefix { $0 != "\t" } }
    #expect(Set(ids).count == Self.count - 1 && ids.count == Self.count - 1)
    let stats = try store.server.ask("INFO", "commandstats").split(whereSeparator: \.isNewline).compactMap { line in
      line.hasPrefix("cmdstat_") ? line.dropFirst(8).prefix { $0 != "," }.replacing(":calls=", with: " ") : nil
    }
    print("100 000 sessions: first page after \(firstTime.brief), all after \(total.brief)")
    print("commands: \(stats.sorted().joined(separator: ", "))")
    // One question for each record, and few for all others.
    #expect(try store.server.calls(of: "hmget") == Self.count)
    let others = ["zrevrangebyscore", "zscan", "time", "type", "zrange"]
    #expect(try others.reduce(0) { $0 + (try store.server.calls(of: $1)) } < 1_000)
    for forbidden in ["keys", "hset", "pexpire", "expire", "eval", "evalsha", "del", "zadd", "zrem", "hgetall"] {
      #expect(try store.server.calls(of: forbidden) == 0, "\(forbidden)")
    }
    // What is there, and when each goes, is what it was.
    #expect(try store.digest() == before)
    try store.server.ask("CONFIG", "RESETSTAT")
    let nameStart = clock.now
    let names = try store("sessions", "ls", "-o", "name", deadline: 120)
    print("100 000 names: after \((clock.now - nameStart).brief)")
    #expect(Set(names.output.split(separator: "\n")).count == Self.count)
    #expect(try store.server.calls(of: "hmget") == 0)
    // One page does not read all.
    try store.server.ask("CONFIG", "RESETSTAT")
    let page = try store("sessions", "ls", "--limit", "50")
    #expect(page.output.split(separator: "\n").count == 50)
    #expect(try store.server.calls(of: "hmget") <= 500)
  }
}
