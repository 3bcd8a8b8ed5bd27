// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit
import MCPRedis

/// `mcpctl sessions`
struct SessionsCommand: CommandGroup {
  static let info = CommandInfo(
    "sessions", "Look at the sessions that servers share in Redis, or of one server.", aliases: ["session"],
    discussion: [
      "Nothing here asks for all keys at once, makes a session live longer, or needs a server: Redis alone is asked. A server that has "
        + "its sessions in memory is asked itself, by ls, get and kill with --store http://HOST:PORT, and wants its admin key. Who users "
        + "are is shown only as far as it tells them apart, and tokens are never shown. Reading counts as use for OBJECT IDLETIME "
        + "before Redis 7.2, which can be told that it does not.",
      "Sessions are of the legacy era, revisions before 2026-07-28. From that on, requests need none: of that traffic, Redis knows nothing. "
        + "`mcpctl cluster ls` shows how many streams and requests each node has.",
    ])
  static let subcommands: [any Command.Type] = [
    SessionsListCommand.self, SessionsGetCommand.self, SessionsWatchCommand.self, SessionsTopCommand.self,
    SessionsTailCommand.self, SessionsKillCommand.self, SessionsGCCommand.self, SessionsExportCommand.self,
    SessionsStatsCommand.self, SessionsVerifyCommand.self,
  ]
}

/// `mcpctl sessions ls`
struct SessionsListCommand: StoreCommand, OutputCommand {
  static let info = CommandInfo(
    "ls", "List sessions, those used last first.", aliases: ["list"],
    discussion: [
      "A session that is there all along is listed exactly once, whatever happens meanwhile. A node marked with † has not been "
        + "heard of lately: any other goes on with its sessions.",
      "Pages are printed as they come, except as JSON, YAML or into a file. With -o name and without conditions no record is read, "
        + "so that OBJECT IDLETIME stays as it is on every Redis.",
    ],
    examples: [
      .init("mcpctl sessions ls --store redis://cache:6379", "Lists all sessions."),
      .init("mcpctl sessions ls --client 'claude*' --idle 5m -o wide", "Those of a client that have been idle."),
      .init(
        "mcpctl sessions ls --store http://127.0.0.1:8000", "Those in the memory of one server, with its admin key."),
      .init("mcpctl sessions ls --limit 20 -o json --path '.sessions[].id'", "The ids of twenty."),
    ])

  @Group("Store") var store: StoreOptions
  @Group("Filter") var filters: SessionFilters
  @Option("How many at most; 0 for all.", value: "N") var limit = 0
  @Flag("Follow the names of the keys instead of the index, in no order.") var scan: Bool
  @Group("Identity") var identity: IdentityOptions
  @Group("Output") var output: OutputOptions
  @Group("Output") var columns: ColumnOptions
  @Group("Messages") var talk: TalkOptions

  func run(in console: Console) async throws -> ExitCode {
    let selector = try selector
    if let rows = try await rowsInMemory(selector, console) {
      try printer.show(Presentation(sessions: rows, showsIdentity: identity.showIdentity), on: console)
      return .success
    }
    return try await store.withStore(console) { inspector in
      var sessions = pages(inspector, selector)
      var pages = Pages(printer, on: console)
      if talk.verbose > 0 { try await tellOfTraces(inspector, console) }
      if output.output == .name, selector.terms.isEmpty, pages.areWanted, !scan {
        return try await listNames(inspector, console)
      }
      var isEmpty = true
      if pages.areWanted {
        while let rows = try await sessions.next() {
          isEmpty = isEmpty && rows.isEmpty
          try pages.show(Presentation(sessions: rows, showsIdentity: identity.showIdentity))
        }
      }
      if isEmpty {
        let rows = pages.areWanted ? [] : try await sessions.all()
        try printer.show(Presentation(sessions: rows, showsIdentity: identity.showIdentity), on: console)
      }
      if sessions.foreign > 0, !talk.quiet {
        console.error.print(
          "warning: \(sessions.foreign) keys have names of sessions and are none; `mcpctl sessions verify` says what is wrong"
        )
      }
      return .success
    }
  }

  /// All of them at once, for who shows them otherwise than page by page.
  func listed(_ console: Console) async throws -> Presentation {
    let selector = try selector
    var rows = try await rowsInMemory(selector, console)
    if rows == nil {
      rows = try await store.using(console) { inspector in
        var sessions = pages(inspector, selector)
        return try await sessions.all()
      }
    }
    return Presentation(sessions: rows ?? [], showsIdentity: identity.showIdentity)
  }

  private var selector: Selector {
    get throws {
      guard limit >= 0 else { throw UsageError("--limit is a number from 0 on") }
      return try filters.all()
    }
  }

  private func pages(_ inspector: StoreInspector, _ selector: Selector) -> SessionPages {
    SessionPages(
      inspector, selector, limit: limit == 0 ? nil : limit, ignoresIndex: scan, countsEvents: output.output == .wide)
  }

  /// Those of a server that has them in memory; nil when a Redis is meant.
  private func rowsInMemory(_ selector: Selector, _ console: Console) async throws -> [SessionRow]? {
    guard let memory = try store.memory(console) else { return nil }
    return Array(try await memory.rows(selector).prefix(limit == 0 ? .max : limit))
  }

  /// Names alone need no record.
  private func listNames(_ inspector: StoreInspector, _ console: Console) async throws -> ExitCode {
    var walk = SessionWalk(inspector, pageSize: limit == 0 ? 1_000 : min(limit, 1_000))
    var left = limit == 0 ? Int.max : limit
    while left > 0, let names = try await walk.nextNames() {
      for name in names.prefix(left) { console.output.print(oneLine(name)) }
      console.output.flush()
      left -= min(left, names.count)
    }
    return .success
  }

  private func tellOfTraces(_ inspector: StoreInspector, _ console: Console) async throws {
    let version = try await inspector.info("server")["redis_version"] ?? "?"
    let leavesNone = try await inspector.leavesNoTrace()
    console.error.print(
      "\(safeText(inspector.place)): Redis \(safeText(version)), reading "
        + (leavesNone
          ? "leaves OBJECT IDLETIME as it is" : "counts as use for OBJECT IDLETIME; from 7.2 on it need not"))
  }
}

extension Presentation {
  /// A list of sessions.
  init(sessions rows: [SessionRow], showsIdentity: Bool) {
    let items = rows.map { $0.json(showsIdentity: showsIdentity) }
    self.init(
      list: ["sessions": .array(items)], items: items,
      table: Table(columns: SessionRow.columns, rows: rows.map { $0.cells(showsIdentity: showsIdentity) }),
      empty: "no sessions")
  }
}

/// `mcpctl sessions export`
struct SessionsExportCommand: StoreCommand {
  static let info = CommandInfo(
    "export", "Write what is known of sessions, one JSON object a line.",
    examples: [.init("mcpctl sessions export --store redis://cache:6379 > sessions.jsonl", "Writes all sessions.")])

  @Group("Store") var store: StoreOptions
  @Group("Filter") var filters: SessionFilters
  @Group("Identity") var identity: IdentityOptions
  @Option("Write to a file instead of standard output.", value: "FILE", completion: .file) var out: String?

  func run(in console: Console) async throws -> ExitCode {
    let selector = try filters.all()
    return try await store.withStore(console) { inspector in
      var sessions = SessionPages(inspector, selector, countsEvents: true)
      var lines = ""
      var count = 0
      while let rows = try await sessions.next() {
        count += rows.count
        let page = rows.map { $0.json(showsIdentity: identity.showIdentity).text + "\n" }.joined()
        if out == nil { console.output.write(page) } else { lines += page }
      }
      if let out {
        try console.write(lines, to: out)
        console.error.print("wrote \(count) sessions to \(out)")
      }
      return .success
    }
  }
}
