// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit
import MCPRedis

/// How often something is looked at.
struct RoundOptions: OptionGroup {
  @Option("How long to wait between two looks.", value: "DURATION") var interval = Duration.seconds(2)
  @Option("End after so many looks; 0 goes on until Ctrl-C.", value: "N") var count = 0

  func rounds() throws(UsageError) -> Rounds {
    guard interval >= .milliseconds(50) else { throw UsageError("--interval is at least 50ms") }
    guard count >= 0 else { throw UsageError("--count is a number from 0 on") }
    return Rounds(interval: interval, count: count)
  }
}

/// `mcpctl sessions watch`
struct SessionsWatchCommand: StoreCommand {
  static let info = CommandInfo(
    "watch", "Follow sessions as they come and go.",
    discussion: [
      "At a terminal the sessions used last are shown, and drawn anew. Elsewhere, and with -o jsonl, each change is a line: opened, "
        + "ended, moved to another node, changed its state, used. Each look reads all sessions that are meant."
    ],
    examples: [
      .init("mcpctl sessions watch --node n1", "Follows the sessions of a node."),
      .init("mcpctl sessions watch -o jsonl --interval 500ms", "Writes each change as JSON."),
    ])

  @Group("Store") var store: StoreOptions
  @Group("Filter") var filters: SessionFilters
  @Option("How many sessions a terminal shows.", value: "N") var limit = 20
  @Group("Rounds") var rounds: RoundOptions
  @Group("Identity") var identity: IdentityOptions
  @Option("Output format.", short: "o", value: "FORMAT") var output = Form.text

  /// How changes are written.
  enum Form: String, ChoiceValue { case text, jsonl }

  func run(in console: Console) async throws -> ExitCode {
    guard limit > 0 else { throw UsageError("--limit is a number from 1 on") }
    let selector = try filters.all()
    let rounds = try rounds.rounds()
    return try await store.withStore(console) { inspector in
      var last: SessionSnapshot?
      try await rounds.run { _ in
        let snapshot = try await SessionSnapshot(inspector, selector)
        if output == .text, console.output.isTerminal {
          draw(snapshot, console)
        } else if let last {
          for change in snapshot.changes(since: last) { tell(change, console) }
        }
        console.output.flush()
        last = snapshot
      }
      return .success
    }
  }

  private func draw(_ snapshot: SessionSnapshot, _ console: Console) {
    let stream = console.output
    let rows = snapshot.rows.prefix(limit).map { $0.cells(showsIdentity: identity.showIdentity) }
    let table = Table(columns: SessionRow.columns, rows: Array(rows))
    let text = table.aligned(wide: false, width: stream.width, bold: stream.bold)
    let more = snapshot.rows.count - rows.count
    stream.write(
      "\u{1B}[H\u{1B}[2J\(counted(snapshot.rows.count, "session"))\n\(text)" + (more > 0 ? "… and \(more) more\n" : ""))
  }

  private func tell(_ change: SessionSnapshot.Change, _ console: Console) {
    switch output {
    case .jsonl:
      var object: JSONObject = [
        "at": .number(JSONNumber(change.row.now)), "event": .string(change.kind.rawValue),
        "session": change.row.json(showsIdentity: identity.showIdentity),
      ]
      object["before"] = change.before.map(JSON.string)
      console.output.print(JSON.object(object).text)
    case .text:
      let record = change.row.record
      let after =
        switch change.kind {
        case .moved: "\(change.before ?? "?") → \(record.node ?? "?")"
        case .changed: "\(change.before ?? "?") → \(record.state ?? "?")"
        case .opened, .ended, .used: ""
        }
      let words = [
        change.kind.rawValue, record.id, record.node ?? "", change.row.client,
        change.row.user(isShown: identity.showIdentity), after,
      ]
      console.output.print(words.map(oneLine).joined(separator: "\t"))
    }
  }
}

/// `mcpctl sessions top`
struct SessionsTopCommand: StoreCommand {
  static let info = CommandInfo(
    "top", "Show how many sessions there are and what happens to them, a line each time.",
    discussion: [
      "ACTIVE are those used since the line before; STREAMS and INFLIGHT are what the nodes say of themselves; OPS are the commands "
        + "Redis has carried out in a second, for everybody; BUSIEST is the client with the most active sessions."
    ],
    examples: [.init("mcpctl sessions top --store redis://cache:6379 --interval 5s", "Every five seconds.")])

  @Group("Store") var store: StoreOptions
  @Group("Filter") var filters: SessionFilters
  @Group("Rounds") var rounds: RoundOptions
  @Option("Output format.", short: "o", value: "FORMAT") var output = SessionsWatchCommand.Form.text

  func run(in console: Console) async throws -> ExitCode {
    let selector = try filters.all()
    let rounds = try rounds.rounds()
    return try await store.withStore(console) { inspector in
      var last: (snapshot: SessionSnapshot, commands: Int)?
      try await rounds.run { number in
        let snapshot = try await SessionSnapshot(inspector, selector)
        let facts = try await inspector.info("all")
        let commands = Int(facts["total_commands_processed"] ?? "") ?? 0
        let line = TopLine(
          snapshot, since: last?.snapshot, nodes: try await inspector.nodes(),
          commands: last.map { commands - $0.commands }, memory: facts["used_memory_human"] ?? "?")
        if output == .text, number.isMultiple(of: 20) { console.output.print(console.output.bold(TopLine.heading)) }
        console.output.print(output == .text ? line.text : JSON.object(line.json).text)
        console.output.flush()
        last = (snapshot, commands)
      }
      return .success
    }
  }
}

/// A line of `top`.
struct TopLine {
  /// Names and values; nil where there was nothing to compare with yet.
  private let figures: [(name: String, value: String?)]
  private let busiest: String

  init(
    _ snapshot: SessionSnapshot, since earlier: SessionSnapshot?, nodes: [NodeRecord], commands: Int?, memory: String
  ) {
    let changes = earlier.map(snapshot.changes(since:))
    let seconds = earlier.map { max((snapshot.instant - $0.instant) / .seconds(1), 0.001) } ?? 1
    func rate(_ count: Int?) -> String? { count.map { String((Double($0) / seconds * 10).rounded() / 10) } }
    let used = changes?.filter { $0.kind != .ended }
    func sum(_ field: String) -> String { String(nodes.compactMap { Int($0.fields[field] ?? "") }.reduce(0, +)) }
    figures = [
      ("sessions", String(snapshot.rows.count)), ("opened/s", rate(changes?.filter { $0.kind == .opened }.count)),
      ("ended/s", rate(changes?.filter { $0.kind == .ended }.count)), ("active", used.map { String($0.count) }),
      ("nodes", String(nodes.filter(\.isAlive).count)), ("streams", sum("streams")), ("inflight", sum("inflight")),
      ("ops/s", rate(commands)), ("memory", memory),
    ]
    let clients = Dictionary((used ?? []).map { ($0.row.client, 1) }, uniquingKeysWith: +)
    busiest = clients.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? ""
  }

  private static let names = [
    "SESSIONS", "OPENED/S", "ENDED/S", "ACTIVE", "NODES", "STREAMS", "INFLIGHT", "OPS/S", "MEMORY",
  ]
  static var heading: String { names.map(cell).joined() + "BUSIEST" }
  var text: String { figures.map { Self.cell($0.value ?? "-") }.joined() + oneLine(busiest) }

  var json: JSONObject {
    var object: JSONObject = [:]
    for figure in figures {
      guard let value = figure.value else { continue }
      object[figure.name] = (try? JSON(parsing: value)) ?? .string(value)
    }
    object["busiest"] = busiest.isEmpty ? nil : .string(busiest)
    return object
  }

  private static func cell(_ text: String) -> String { text.padded(to: 10, gap: 1) }
}
