// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit
import MCPRedis

/// `mcpctl sessions stats`
struct SessionsStatsCommand: StoreCommand {
  static let info = CommandInfo(
    "stats", "Count sessions by client, version, era, node and state, and find the biggest.",
    examples: [
      .init("mcpctl sessions stats --store redis://cache:6379", "Counts all sessions."),
      .init("mcpctl sessions stats --node n1 -o json", "Those of one node, as JSON."),
    ])

  @Group("Store") var store: StoreOptions
  @Group("Filter") var filters: SessionFilters
  @Option("How many of the biggest sessions to show.", value: "N") var biggest = 5
  @Group("Output") var output: OutputOptions

  func run(in console: Console) async throws -> ExitCode {
    guard (0...1000).contains(biggest) else { throw UsageError("--biggest is from 0 to 1000") }
    let selector = try filters.all()
    return try await store.withStore(console) { inspector in
      var figures = SessionFigures(biggest: biggest)
      var pages = SessionPages(inspector, selector)
      while let rows = try await pages.next() {
        figures.add(rows, sizes: try await sizes(of: rows, inspector))
      }
      try output.printer.show(figures.presentation, on: console)
      return .success
    }
  }

  /// Bytes of each session's record and of what waits for its client.
  private func sizes(of rows: [SessionRow], _ inspector: StoreInspector) async throws -> [(record: Int, events: Int)] {
    let layout = inspector.layout
    let answers = try await inspector.ask(
      rows.flatMap {
        [layout.session($0.record.id), layout.events($0.record.id)].map { RedisCommand("MEMORY USAGE", .key($0)) }
      })
    return rows.indices.map { (answers[$0 * 2].int ?? 0, answers[$0 * 2 + 1].int ?? 0) }
  }
}

/// What is counted.
struct SessionFigures {
  private static let groups = ["client", "version", "era", "node", "state", "transport"]
  private let biggest: Int
  private var total = 0
  private var bytes = 0
  private var counts: [String: [String: Int]] = [:]
  private var users: Set<String> = []
  private var big: [(id: String, record: Int, events: Int)] = []

  init(biggest: Int) { self.biggest = biggest }

  mutating func add(_ rows: [SessionRow], sizes: [(record: Int, events: Int)]) {
    total += rows.count
    for (row, size) in zip(rows, sizes) {
      let record = row.record
      let values = [
        record.clientName ?? "?", row.client.isEmpty ? "?" : row.client, record.revision ?? "?", record.node ?? "?",
        record.state ?? "?", record.transport ?? "?",
      ]
      for (group, value) in zip(Self.groups, values) { counts[group, default: [:]][value, default: 0] += 1 }
      if let principal = record.principal { users.insert(principal) }
      bytes += size.record + size.events
      big.append((record.id, size.record, size.events))
    }
    big.sort { ($0.record + $0.events, $1.id) > ($1.record + $1.events, $0.id) }
    big = Array(big.prefix(biggest))
  }

  private func ranked(_ group: String) -> [(name: String, count: Int)] {
    (counts[group] ?? [:]).map { (name: $0.key, count: $0.value) }.sorted { ($1.count, $0.name) < ($0.count, $1.name) }
  }

  var presentation: Presentation {
    var object: JSONObject = [
      "sessions": .number(JSONNumber(total)), "users": .number(JSONNumber(users.count)),
      "bytes": .number(JSONNumber(bytes)),
    ]
    for group in Self.groups {
      object[group] = .array(
        ranked(group).map { .object(["name": .string($0.name), "sessions": .number(JSONNumber($0.count))]) })
    }
    object["biggest"] = .array(
      big.map {
        .object([
          "id": .string($0.id), "recordBytes": .number(JSONNumber($0.record)),
          "queuedBytes": .number(JSONNumber($0.events)),
        ])
      })
    return Presentation(.object(object), text: text)
  }

  private var text: String {
    var text = "\(total) sessions of \(users.count) users, \(bytes) bytes in Redis\n"
    guard total > 0 else { return text }
    for group in Self.groups {
      text += "\nby \(group)\n" + lines(ranked(group).map { ["  \($0.count)", oneLine($0.name)] })
    }
    if !big.isEmpty {
      text += "\nbiggest, bytes of the record and of what waits for the client\n"
      text += lines(big.map { ["  \($0.record)", "\($0.events)", oneLine($0.id)] })
    }
    return text
  }

  private func lines(_ rows: [[String]]) -> String {
    let columns = (rows.first ?? []).map { _ in Table.Column(heading: "") }
    let table = Table(columns: columns, rows: rows)
    return table.aligned(wide: true, width: nil, below: columns.map { _ in 0 }) { $0 }
  }
}
