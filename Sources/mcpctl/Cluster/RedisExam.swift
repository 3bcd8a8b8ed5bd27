// SPDX-License-Identifier: GPL-3.0-or-later
import MCPRedis
import Observability

/// Whether a Redis is fit to keep sessions.
struct RedisExam {
  let findings: [Examined]

  init(_ inspector: StoreInspector) async throws(RedisError) {
    let start = ContinuousClock.now
    let now = try await inspector.now()
    let time = ContinuousClock.now - start
    let facts = try await inspector.info("all")
    let leavesNoTrace = try await inspector.leavesNoTrace()
    findings = [
      Examined("redis", .ok, "\(inspector.place) answers within \(time.brief)"),
      Self.version(facts, leavesNoTrace: leavesNoTrace), Self.role(facts), Self.memory(facts),
      Self.persistence(facts), Self.clock(now: now),
    ]
  }

  private static func version(_ facts: [String: String], leavesNoTrace: Bool) -> Examined {
    let text =
      facts["valkey_version"].map { "Valkey \($0)" } ?? "Redis \(facts["redis_version"] ?? "of unknown version")"
    let numbers = (facts["redis_version"] ?? "").split(separator: ".").compactMap { Int($0) }
    // Streams came with 5.0, GETs of the kind we need for their ends with 6.2.
    if let major = numbers.first, (major, numbers.dropFirst().first ?? 0) < (6, 2) {
      return Examined("version", .wrong, "\(text) is too old: 6.2 or later is needed")
    }
    let trace = leavesNoTrace ? "" : "; looking at sessions counts as use for OBJECT IDLETIME before 7.2"
    return Examined("version", .ok, text + trace)
  }

  private static func role(_ facts: [String: String]) -> Examined {
    let role = facts["role"] ?? "unknown"
    guard role == "master" else {
      return Examined("role", .wrong, "it is a \(role == "slave" ? "replica" : role), and takes no writes")
    }
    let replicas = Int(facts["connected_slaves"] ?? "") ?? 0
    return Examined("role", .ok, "master with \(counted(replicas, "replica"))")
  }

  private static func memory(_ facts: [String: String]) -> Examined {
    let policy = facts["maxmemory_policy"] ?? "unknown"
    let limit = Int(facts["maxmemory"] ?? "") ?? 0
    let used = facts["used_memory_human"] ?? "?"
    guard limit > 0 else { return Examined("memory", .ok, "\(used) used, no limit, policy \(policy)") }
    let text = "\(used) used of \(facts["maxmemory_human"] ?? "?"), policy \(policy)"
    if policy != "noeviction" {
      return Examined("memory", .wrong, "\(text): sessions vanish when it is full; set maxmemory-policy noeviction")
    }
    let share = Double(facts["used_memory"] ?? "").map { $0 / Double(limit) } ?? 0
    return Examined("memory", share > 0.9 ? .warning : .ok, text + (share > 0.9 ? ": nearly full" : ""))
  }

  private static func persistence(_ facts: [String: String]) -> Examined {
    if facts["rdb_last_bgsave_status"] == "err" || facts["aof_last_write_status"] == "err" {
      return Examined("persistence", .wrong, "the last write to its disk failed: it may refuse writes")
    }
    if facts["aof_enabled"] == "1" { return Examined("persistence", .ok, "append-only file") }
    let replicas = Int(facts["connected_slaves"] ?? "") ?? 0
    let text = "no append-only file: a restart loses what came after the last snapshot, if there are any"
    return Examined("persistence", replicas > 0 ? .ok : .warning, text)
  }

  private static func clock(now: Int) -> Examined {
    let skew = now - Timestamp.now.milliseconds
    let text = "that of Redis is \(abs(skew)) ms \(skew < 0 ? "behind" : "ahead of") this machine's"
    return Examined(
      "clock", abs(skew) > 5_000 ? .warning : .ok,
      text + (abs(skew) > 5_000 ? "; nodes go by that of Redis, logs and tokens do not" : ""))
  }
}
