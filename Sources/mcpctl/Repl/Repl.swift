// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import EventIO
import JSONKit
import MCPClientKit
import Observability
import Synchronization

/// A session of `mcpctl repl`: one connection, and what is done over it line by line.
actor Repl {
  /// What backslash commands change.
  struct Settings {
    var format = OutputFormat.text
    /// Whether rows of a list are shown one below the other.
    var isExpanded = false
    var showsTime = false
    /// Where results go in place of standard output.
    var file: ResultFile?
    /// Whether long results go through a pager.
    var paging = Paging.on
  }

  /// The console of the program; with a terminal, its streams go through that.
  let system: Console
  let terminal: Terminal?
  let history: History?
  let answers: AnswerOptions
  let talk: TalkOptions
  /// Whether it ends with the first command that fails.
  let failsFast: Bool

  let wire = Wire()
  let questions: Questions
  /// The directories servers are offered.
  let roots = OfferedRoots()
  /// The least level of log lines shown.
  let logLevel = Mutex(Logger.Level.warning)

  /// Those it is connected to; more than one after `\c a,b`.
  var servers: [OpenServer] = []
  var variables = Variables()
  var settings = Settings()
  var jobs = Jobs()
  /// Whether `\watch` repeats something.
  var isWatching = false
  /// The lines typed so far.
  let typed = TypedLines()
  /// The last thing asked of the server, for `\watch` and `\e`.
  var lastRequest: Statement?
  var subscriptions: [String: Subscription] = [:]
  /// Hears of changes and loads the lists.
  var listening: [Task<Void, Never>] = []
  /// Whether `exit` was typed.
  var isOver = false
  /// How deep scripts run scripts.
  var scriptDepth = 0

  init(
    _ system: Console, _ terminal: Terminal?, answers: AnswerOptions, talk: TalkOptions, format: OutputFormat,
    failsFast: Bool
  ) {
    self.system = system
    self.terminal = terminal
    (self.answers, self.talk, self.failsFast) = (answers, talk, failsFast)
    history = terminal == nil ? nil : History(system.environment)
    (settings.showsTime, settings.format) = (terminal != nil, format)
    let error = terminal?.console(over: system).error ?? system.error
    questions = Questions { question, number, isAlone in
      error.print("\(error.bold("[\(oneLine(question.server)) asks]")) \(safeText(question.asked))")
      error.print("  \\respond\(isAlone ? "" : " \(number)") answers")
    }
  }

  /// The console a command works with now.
  func console() -> Console {
    let console = terminal?.console(over: system) ?? system
    return settings.file.map { console.writing(to: $0.stream) } ?? console
  }

  // MARK: Lines of a person

  /// Reads lines from the terminal until the user leaves.
  func interact(_ terminal: Terminal) async -> ExitCode {
    await loadHistory(terminal)
    greet()
    var pending = ""
    while !isOver {
      let prompt = pending.isEmpty ? "\(openNames)> " : "...> "
      let line = await terminal.line(after: prompt, hinting: pending.isEmpty ? hinting : nil) {
        [self, pending] text, cursor in
        await complete(pending, text, cursor)
      }
      switch line {
      case .typed(let text):
        pending += (pending.isEmpty ? "" : "\n") + text
        pending = await take(pending)
      case .interrupted: pending = ""
      case .ended:
        if Task.isCancelled { return .interrupted }
        console().error.print()
        isOver = true
      }
    }
    warnOfJobs()
    return .success
  }

  /// The open servers as the prompt names them.
  private var openNames: String { servers.map { oneLine($0.name) }.joined(separator: "+") }

  /// The most that may be typed before a quote or a brace is closed, in bytes.
  private static let limit = 1 << 20

  /// What a text holds; nil when it goes on.
  static func read(_ text: String) throws(UsageError) -> [Statement]? {
    guard text.utf8.count <= limit else {
      throw UsageError("a quote or a brace is open for more than \(limit) bytes; name=@FILE reads a long value")
    }
    guard case .statements(let found) = try StatementReader.read(text) else { return nil }
    return found
  }

  /// Runs what was typed.
  /// - Returns: what was typed, when it goes on in the next line.
  private func take(_ typed: String) async -> String {
    let statements: [Statement]
    do throws(UsageError) {
      guard let found = try Self.read(typed) else { return typed }
      statements = found
    } catch {
      remember(typed)
      _ = ErrorReport(console: console(), isJSON: false).report(ShellWords.here(error))
      return ""
    }
    if !statements.isEmpty { remember(typed) }
    for statement in statements where !isOver {
      if await runInForeground(statement) == .interrupted { break }
    }
    await terminal?.settled()
    return ""
  }

  /// What is hinted at behind a line: how an earlier one went on, else what the tool takes. Nothing where it would not show
  /// that it is no part of the line.
  private var hinting: Terminal.Hinting? {
    guard system.error.usesColor else { return nil }
    let (typed, surface) = (typed, surface)
    return { line in
      if let rest = typed.rest(after: line) { return Hint(text: rest, isTaken: true) }
      return surface.signature(behind: line).map { Hint(text: $0, isTaken: false) }
    }
  }

  private func greet() {
    guard talk.quiet == false else { return }
    let error = console().error
    for server in servers {
      let negotiated = server.scene.client.negotiated
      let title = negotiated.server.map { "\($0.name) \($0.version)" } ?? server.scene.client.serverName
      error.print(error.dim("# \(oneLine(title)) (\(negotiated.revision)): \(server.surface.summary)"))
    }
    error.print(error.dim("# \\? for help, Tab completes, Ctrl-D leaves"))
  }

  // MARK: History

  private func loadHistory(_ terminal: Terminal) async {
    do throws(IOError) {
      if let lines = try history?.load().map(\.text) {
        typed.add(lines)
        terminal.remember(lines)
      }
    } catch {
      console().error.print("mcpctl: the history is not kept: \(error.message)")
    }
  }

  func remember(_ line: String) {
    guard !History.isPrivate(line) else { return }
    typed.add([line])
    terminal?.remember([line])
    try? history?.append(.init(text: line, servers: openNames))  // what is wrong with the file was said at the start
  }

  // MARK: The end

  /// Ends everything that goes on.
  func close() async {
    for job in jobs.unfinished { job.task.cancel() }
    for task in listening { task.cancel() }
    for server in servers { await server.close() }
    servers = []
  }

  private func warnOfJobs() {
    let unfinished = jobs.unfinished
    guard !unfinished.isEmpty else { return }
    let texts = unfinished.map { "[\($0.number)] \(oneLine($0.text))" }
    console().error.print("given up: \(texts.joined(separator: ", "))")
  }
}
