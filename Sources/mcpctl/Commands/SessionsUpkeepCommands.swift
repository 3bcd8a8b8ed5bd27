// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit
import MCPRedis

/// `mcpctl sessions gc`
struct SessionsGCCommand: StoreCommand {
  static let info = CommandInfo(
    "gc", "Remove what sessions and nodes that are gone have left behind.",
    discussion: [
      "Entries of indices without a session, and events, listeners and questions of sessions that are gone; nodes that were not "
        + "heard of for an hour. Each is looked at again in the step that removes it. Most of it would go by itself.",
      "What other programs keep under our names is left alone.",
    ],
    examples: [.init("mcpctl sessions gc --dry-run", "Shows what would be removed.")])

  @Group("Store") var store: StoreOptions
  @Flag("Show what would be removed, and remove nothing.") var dryRun: Bool
  @Option("How long to wait before what was found is looked at again.", value: "DURATION") var patience =
    Duration.seconds(1)
  @Group("Output") var output: OutputOptions

  func run(in console: Console) async throws -> ExitCode {
    try await store.withStore(console) { inspector in
      var audit = StoreAudit(inspector)
      var found: [StoreFinding] = []
      while let findings = try await audit.next() { found += findings.filter { $0.removal != nil } }
      if !dryRun, !found.isEmpty {
        // A session that is just being opened has its place in the index before its record.
        try await Task.sleep(for: patience)
        var removed: [StoreFinding] = []
        for finding in found {
          if let removal = finding.removal, try await inspector.remove(removal) { removed.append(finding) }
        }
        found = removed
      }
      let items = found.map { JSON.object(["key": .string($0.key), "why": .string($0.rule)]) }
      try output.printer.show(
        Presentation(
          list: [
            "removed": .array(dryRun ? [] : items), "found": .number(JSONNumber(items.count)),
            "leftovers": .array(items),
          ],
          items: items,
          table: Table(
            columns: [.init(heading: "KEY"), .init(heading: "WHY")], rows: found.map { [$0.key, $0.rule] }),
          empty: ""), on: console)
      let count = "\(found.count) \(found.count == 1 ? "key or entry" : "keys and entries")"
      console.error.print(found.isEmpty ? "nothing was left behind" : "\(count) \(dryRun ? "would be " : "")removed")
      return .success
    }
  }
}

/// `mcpctl sessions verify`
struct SessionsVerifyCommand: StoreCommand {
  static let info = CommandInfo(
    "verify", "Check that what is in the store is as servers need it.",
    discussion: [
      "Types, TTLs, records, indices, and what belongs to whom. The exit code is 1 when something is wrong. Leftovers (orphan) "
        + "and what other programs keep under our names (foreign), such as the SETs of mcp-router-v3 below mcp:instance:, are told "
        + "and do no harm."
    ],
    examples: [.init("mcpctl sessions verify --store redis://cache:6379", "Checks all keys that begin with mcp:.")])

  @Group("Store") var store: StoreOptions
  @Group("Output") var output: OutputOptions

  func run(in console: Console) async throws -> ExitCode {
    try await store.withStore(console) { inspector in
      var audit = StoreAudit(inspector)
      var tally = FindingTally()
      while let findings = try await audit.next() { tally.add(findings) }
      try output.printer.show(tally.presentation(counts: audit.counts), on: console)
      return tally.isSound ? .success : .negative
    }
  }
}

/// Findings of the same kind together.
struct FindingTally {
  private struct Group { let weight: StoreFinding.Weight, rule: String; var count = 0, examples: [String] = [] }
  private static let examples = 5
  private var groups: [String: Group] = [:]

  /// Whether every invariant holds.
  var isSound: Bool { !groups.values.contains { $0.weight == .wrong } }

  mutating func add(_ findings: [StoreFinding]) {
    for finding in findings {
      var group = groups[finding.rule] ?? Group(weight: finding.weight, rule: finding.rule)
      group.count += 1
      if group.examples.count < Self.examples { group.examples.append(finding.key) }
      groups[finding.rule] = group
    }
  }

  /// - Parameter counts: how many keys of each kind there are.
  func presentation(counts: [String: Int]) -> Presentation {
    let order: [StoreFinding.Weight] = [.wrong, .orphan, .foreign]
    let sorted = groups.values.sorted {
      (order.firstIndex(of: $0.weight) ?? 0, $0.rule) < (order.firstIndex(of: $1.weight) ?? 0, $1.rule)
    }
    let items = sorted.map { group in
      JSON.object([
        "status": .string(group.weight.rawValue), "what": .string(group.rule),
        "count": .number(JSONNumber(group.count)),
        "examples": .array(group.examples.map(JSON.string)),
      ])
    }
    let kinds = counts.sorted { $0.key < $1.key }
    let keys = JSONObject(kinds.map { JSONObject.Member(name: $0.key, value: .number(JSONNumber($0.value))) })
    let total = counts.values.reduce(0, +)
    let object: JSONObject = ["ok": .bool(isSound), "keys": .object(keys), "findings": .array(items)]
    if items.isEmpty {
      let list = kinds.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
      return Presentation(
        .object(object), text: "all is well: \(counted(total, "key"))\(kinds.isEmpty ? "" : " (\(list))")\n", items: [])
    }
    return Presentation(
      list: object, items: items,
      table: Table(
        columns: [
          .init(heading: "STATUS"), .init(heading: "COUNT"), .init(heading: "WHAT"), .init(heading: "EXAMPLE"),
        ],
        rows: sorted.map { [$0.weight.rawValue, String($0.count), $0.rule, $0.examples.first ?? ""] }),
      empty: "")
  }
}
