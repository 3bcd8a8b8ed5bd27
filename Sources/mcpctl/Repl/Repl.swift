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
  }

  /// The console of the program; with a terminal, its streams go through that.
  let system: Console
  let terminal: Terminal?
  let history: History?
  let answers: AnswerOptions
  let talk: TalkOptions
  /// Whether it ends with the first command that fails.
  let failsFast: Bool

  let surface = Surface()
  let wire = Wire()
  let questions: Questions
  /// The least level of log lines shown.
  let logLevel = Mutex(Logger.Level.warning)

  var current: OpenServer?
  var variables = Variables()
  var settings = Settings()
  var jobs = Jobs()
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
    _ system: Console, _ terminal: Terminal?, answers: AnswerOptions, talk: TalkOptions, failsFast: Bool
  ) {
    self.system = system
    self.terminal = terminal
    (self.answers, self.talk, self.failsFast) = (answers, talk, failsFast)
    history = terminal == nil ? nil : History(system.environment)
    settings.showsTime = terminal != nil
    let error = terminal?.console(over: system).error ?? system.error
    questions = Questions { question in
      error.print("\(error.bold("[\(oneLine(question.server)) asks]")) \(safeText(question.message))")
      error.print("  \\respond answers")
    }
  }

  /// The console a command works with now.
  func console() -> Console {
    guard let terminal else { return system }
    let console = terminal.console(over: system)
    guard let file = settings.file else { return console }
    return Console(
      output: file.stream, error: console.error, input: console.input, environment: console.environment,
      readFile: console.readFile, writeFile: console.writeFile)
  }

  /// The server; there is one from the first connection on.
  var server: OpenServer {
    get throws {
      guard let current else {
        throw Failure(.unreachable, "disconnected", "there is no server", hint: "\\c connects to one")
      }
      return current
    }
  }

  // MARK: Lines of a person

  /// Reads lines from the terminal until the user leaves.
  func interact(_ terminal: Terminal) async -> ExitCode {
    await loadHistory(terminal)
    greet()
    var pending = ""
    while !isOver {
      let prompt = pending.isEmpty ? "\(oneLine(current?.name ?? "mcpctl"))> " : "...> "
      let line = await terminal.line(after: prompt) { [self, pending] text, cursor in
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

  /// The most that may be typed before a quote or a brace is closed, in bytes.
  private static let limit = 1 << 20

  /// What a text holds; nil when it goes on.
  private static func read(_ text: String) throws(UsageError) -> [Statement]? {
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
      _ = ErrorReport(console: console(), isJSON: false).report(error)
      return ""
    }
    if !statements.isEmpty { remember(typed) }
    for statement in statements where !isOver {
      if await runInForeground(statement) == .interrupted { break }
    }
    await terminal?.settled()
    return ""
  }

  private func greet() {
    guard let client = current?.scene.client, talk.quiet == false else { return }
    let negotiated = client.negotiated
    let title = negotiated.server.map { "\($0.name) \($0.version)" } ?? client.serverName
    let error = console().error
    error.print(error.dim("# \(oneLine(title)) (\(negotiated.revision)): \(surface.summary)"))
    error.print(error.dim("# \\? for help, Tab completes, Ctrl-D leaves"))
  }

  // MARK: History

  private func loadHistory(_ terminal: Terminal) async {
    do throws(IOError) {
      if let lines = try history?.load() { terminal.remember(lines) }
    } catch {
      console().error.print("mcpctl: the history is not kept: \(error.message)")
    }
  }

  private func remember(_ line: String) {
    guard !History.isPrivate(line) else { return }
    terminal?.remember([line])
    try? history?.append(line)  // what is wrong with the file was said at the start
  }

  // MARK: Lines of a script

  /// Runs a script from start to end, a line at a time.
  /// - Returns: the worst exit code.
  func run(script lines: some AsyncSequence<String, any Error>, named name: String) async -> ExitCode {
    var worst = ExitCode.success
    var pending = ""
    var number = 0
    do {
      for try await line in lines {
        number += 1
        if number == 1, line.hasPrefix("#!") { continue }
        pending += (pending.isEmpty ? "" : "\n") + line
        let code = await runLine(&pending)
        worst = worst.orWorse(code)
        if isOver || Task.isCancelled || failsFast && code != .success { return worst }
      }
    } catch {
      return worst.orWorse(ErrorReport(console: console(), isJSON: false).report(error))
    }
    guard pending.isEmpty else {
      let fault = UsageError("\(name) ends within a quote or a brace: \(pending.shortened)")
      return worst.orWorse(ErrorReport(console: console(), isJSON: false).report(fault))
    }
    return worst
  }

  /// What a script has started goes on to its end, unless it was told to leave.
  func finishJobs() async {
    while !isOver, !jobs.unfinished.isEmpty, (try? await Task.sleep(for: .milliseconds(20))) != nil {}
  }

  private func runLine(_ pending: inout String) async -> ExitCode {
    let statements: [Statement]
    do throws(UsageError) {
      guard let found = try Self.read(pending) else { return .success }
      statements = found
    } catch {
      pending = ""
      return ErrorReport(console: console(), isJSON: false).report(error)
    }
    pending = ""
    var worst = ExitCode.success
    for statement in statements where !isOver && !Task.isCancelled {
      let code = await run(statement)
      worst = worst.orWorse(code)
      if failsFast && code != .success { break }
    }
    return worst
  }

  // MARK: The end

  /// Ends everything that goes on.
  func close() async {
    for job in jobs.unfinished { job.task.cancel() }
    for task in listening { task.cancel() }
    await current?.close()
    current = nil
  }

  private func warnOfJobs() {
    let unfinished = jobs.unfinished
    guard !unfinished.isEmpty else { return }
    let texts = unfinished.map { "[\($0.number)] \(oneLine($0.text))" }
    console().error.print("given up: \(texts.joined(separator: ", "))")
  }
}
