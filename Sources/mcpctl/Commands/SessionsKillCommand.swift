// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit
import MCPRedis

/// `mcpctl sessions kill`
struct SessionsKillCommand: StoreCommand {
  static let info = CommandInfo(
    "kill", "End sessions everywhere.",
    discussion: [
      "The record goes, a tombstone stays for a minute so that nothing brings it back, what waits for the client goes, and all "
        + "nodes are told. The next request of the client is answered with 404, and it begins anew.",
      "You are asked at a terminal; elsewhere --yes has to be given.",
    ],
    examples: [
      .init("mcpctl sessions kill 3f1c", "Ends the session whose id begins so, after asking."),
      .init("mcpctl sessions kill --selector 'idle>1h,node=n1' --dry-run", "Shows which would be ended."),
      .init("mcpctl sessions kill --client cursor --yes", "Ends all of a client."),
    ])

  @Argument(
    "Ids of sessions, or how they begin: four characters or more.", value: "ID", completion: .dynamic("sessions"))
  var ids: [String]
  @Group("Store") var store: StoreOptions
  @Group("Filter") var filters: SessionFilters
  @Flag("Do not ask.") var yes: Bool
  @Flag("Show which sessions would be ended, and end none.") var dryRun: Bool
  @Group("Identity") var identity: IdentityOptions
  @Group("Output") var output: OutputOptions

  func run(in console: Console) async throws -> ExitCode {
    let selector = try filters.all()
    guard ids.isEmpty != selector.terms.isEmpty else {
      throw UsageError("give ids of sessions, or conditions such as --selector 'idle>1h'")
    }
    if let memory = try store.memory(console) {
      var rows: [SessionRow] = []
      if ids.isEmpty { rows = try await memory.rows(selector) }
      for id in ids { rows.append(try await memory.meant(by: id).row) }
      return try await end(rows, console) { try await memory.end($0) }
    }
    return try await store.withStore(console) { inspector in
      var rows: [SessionRow] = []
      if ids.isEmpty {
        var pages = SessionPages(inspector, selector)
        rows = try await pages.all()
      } else {
        for id in ids { rows.append(try await inspector.meant(by: id)) }
      }
      return try await end(rows, console) { try await inspector.end($0) }
    }
  }

  /// Asks whether, ends them, and shows which.
  private func end(
    _ rows: [SessionRow], _ console: Console, _ end: (String) async throws -> StoreInspector.Ending
  ) async throws -> ExitCode {
    var rows = rows
    if !dryRun, !rows.isEmpty {
      try await confirm(rows, console)
      rows = try await ended(rows, console, end)
    }
    try output.printer.show(Presentation(sessions: rows, showsIdentity: identity.showIdentity), on: console)
    if !rows.isEmpty { console.error.print("\(counted(rows.count, "session")) \(dryRun ? "would be " : "")ended") }
    return .success
  }

  private func confirm(_ rows: [SessionRow], _ console: Console) async throws {
    if yes { return }
    let question = "End \(rows.count == 1 ? "session \(safeText(rows[0].record.id))" : counted(rows.count, "session"))?"
    guard console.input.isTerminal, console.error.isTerminal else {
      throw Failure(
        .negative, "declined", "nobody can be asked here: nothing was ended",
        hint: "--yes ends without asking; --dry-run shows which")
    }
    switch try await Dialogue(console: console).ask("\(question) (y)es, [N]o: ")?.lowercased() {
    case "y", "yes": return
    default: throw Failure(.negative, "declined", "nothing was ended", hint: "--yes ends without asking")
    }
  }

  /// Those that were ended; the others were over before, or are another program's.
  private func ended(
    _ rows: [SessionRow], _ console: Console, _ end: (String) async throws -> StoreInspector.Ending
  ) async throws -> [SessionRow] {
    var ended: [SessionRow] = []
    for row in rows {
      switch try await end(row.record.id) {
      case .ended: ended.append(row)
      case .unknown: console.error.print("session \(safeText(row.record.id)) was over already")
      case .foreign:
        console.error.print(
          "warning: session \(safeText(row.record.id)) was written by another program, and is left alone")
      }
    }
    return ended
  }
}

/// `1 session`, `2 sessions`.
func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
