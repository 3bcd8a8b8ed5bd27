// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import EventIO
import JSONKit
import MCPClientKit
import MCPCore
import Synchronization

extension Repl {
  /// Does what a statement says.
  /// - Parameter route: hears which server was asked.
  func dispatch(_ statement: Statement, _ console: Console, _ route: Route) async throws -> ExitCode {
    if let name = statement.backslash { return try await runBackslash(name, statement, console) }
    let plain = plain(statement)
    switch plain.words.first?.literal {
    case "help", "?":
      try await help(try expanded(Array(plain.words.dropFirst())), plain, console)
      return .success
    case "exit" where plain.words.count == 1, "quit" where plain.words.count == 1:
      return try await runBackslash("q", statement, console)
    default: break
    }
    if case .variable(let reference, _)? = statement.words.first?.pieces.first, statement.words[0].pieces.count == 1 {
      let (words, output) = try displayed(try expanded(Array(statement.words.dropFirst())))
      guard words.isEmpty else { throw UsageError("behind a variable come options alone, not '\(words[0])'") }
      let value = try variables.value(of: reference)
      return try await show(Presentation(shown: value), output, of: statement, console)
    }
    lastRequest = statement
    let prepared = try prepare(statement, console)
    if prepared.wantsHelp { return try await help(on: prepared, console) }
    let box = Box()
    let code: Result<ExitCode, any Error>
    do {
      code = .success(try await perform(prepared, box, console, route, isShown: true))
    } catch {
      code = .failure(prepared.explained(error))
    }
    // A tool that failed has a result all the same.
    if let presentation = box.taken.presentation { try variables.set("_", to: presentation.object) }
    if let presentation = box.taken.presentation, let output = box.taken.output {
      _ = try await show(presentation, output, of: statement, console)
    }
    return try code.get()
  }

  /// A statement as a command that can be performed, once.
  struct Prepared {
    let command: any ServerCommand
    let model: CommandModel
    let wantsHelp: Bool
    let way: Way
    let isBackground: Bool
    /// Its first word, where that was taken for a tool though none of that name is known.
    let guess: Misspelling?

    /// An error with what may have been meant.
    func explained(_ error: any Error) -> any Error {
      guard let guess, var failure = error as? Failure, failure.code == "not_found" else { return error }
      failure.hint = guess.hint(orOf: failure.hint)
      return failure
    }

    /// Whether one request is waited for, with the time-outs of its client.
    var isTimed: Bool {
      if let call = command as? CallCommand { return !call.task && !call.detach }
      return command is any NamingCommand || command is any ListingCommand || command is RPCCommand
    }
  }

  /// What the words of a statement come to.
  func expanded(_ words: [Word]) throws(UsageError) -> [String] {
    var typed: [String] = []
    for word in words { typed.append(try variables.expand(word)) }
    return typed
  }

  /// A statement without `mcpctl` in front of it, unless a tool has that name.
  private func plain(_ statement: Statement) -> Statement {
    isTool("mcpctl", at: nil) ? statement : statement.withoutProgram
  }

  /// What may have been meant, where a word was taken for a tool because it is nothing else.
  private func guess(_ typed: [String], _ words: [String], at chosen: OpenServer?) -> Misspelling? {
    guard let first = typed.first, !first.hasPrefix("-"), words == ["call"] + typed, !isTool(first, at: chosen) else {
      return nil
    }
    return Misspelling(word: first, tools: (chosen.map { [$0] } ?? servers).flatMap { $0.surface.names(.tools) })
  }

  func prepare(_ statement: Statement, _ console: Console) throws -> Prepared {
    var typed = try expanded(plain(statement).words)
    let chosen = try takeServer(from: &typed)
    let words = try LineWords { self.isTool($0, at: chosen) }.shell(typed)
    let guess = guess(typed, words, at: chosen)
    if let guess, chosen == nil, servers.count > 1, let command = guess.command {
      throw UsageError("no open server has a tool '\(guess.word)'; did you mean the command '\(command)'?")
    }
    let root = CommandModel(RootCommand.self)
    let invocation = try parse(words, as: RootCommand.self)
    guard let command = invocation.command as? any ServerCommand,
      let model = root.command(at: invocation.path.dropFirst())
    else { throw UsageError("`\(invocation.path.dropFirst().joined(separator: " "))` is no command of the REPL") }
    try LineWords.refuseConnectionOptions(words, of: model)
    if let target = command.target {
      throw UsageError("'\(target)' is one word too many: the server is connected already, `\\c` connects to another")
    }
    command.answers.noInput = answers.noInput
    if !Self.isFormatTyped(words) { command.output.output = settings.format }
    return Prepared(
      command: command, model: model, wantsHelp: invocation.wantsHelp, way: try way(of: command, chosen: chosen),
      isBackground: statement.isBackground, guess: guess)
  }

  static func isFormatTyped(_ words: [String]) -> Bool {
    words.contains { $0.hasPrefix("-o") || $0 == "--output" || $0.hasPrefix("--output=") }
  }

  private func help(on prepared: Prepared, _ console: Console) async throws -> ExitCode {
    let page: String?
    if case .to(let servers) = prepared.way, let server = servers.first {
      var scene = server.scene
      (scene.console, scene.followUp.place) = (console, .repl)
      page = try await prepared.command.describe(in: scene)?.text
    } else {
      page = nil
    }
    try await paged(page ?? helpPage(of: prepared.model, width: console.output.width), console)
    return .success
  }

  /// Has servers do what the command says; its result goes into the box.
  func perform(
    _ prepared: Prepared, _ box: Box, _ console: Console, _ route: Route, isShown: Bool
  ) async throws -> ExitCode {
    guard case .to(let servers) = prepared.way else {
      guard case .joined(let listing) = prepared.way else { return .success }
      let presentation = Self.presentation(try await listed(listing), of: listing)
      box.fill(presentation, prepared.command.printer)
      return .success
    }
    var worst = ExitCode.success
    for server in servers {
      route.server = server
      if servers.count > 1, isShown { say("# \(oneLine(server.name))", console) }
      var scene = server.scene
      (scene.console, scene.followUp.place) = (console, .repl)
      scene.progress = nil
      if let terminal, isShown, !prepared.isBackground {
        scene.progress = { terminal.advance($0) }
        terminal.expect(prepared.isTimed ? server.scene.client.options.timeouts : nil)
      }
      let surface = server.surface
      scene.known = { surface.current($0, $1) }
      scene.hears = { box.fill($0, nil) }
      scene.shows = { presentation, output, _ in box.fill(presentation, output) }
      let code = try await prepared.command.perform(in: scene)
      worst = worst.orWorse(code)
      guard server !== servers.last, let presentation = box.taken.presentation, let output = box.taken.output else {
        continue
      }
      if isShown { try await printed(presentation, output, console) }
    }
    return worst
  }

  /// Sends a result through the filters, into the variable, or to the screen.
  func show(
    _ presentation: Presentation, _ output: Output, of statement: Statement, _ console: Console
  ) async throws -> ExitCode {
    var filters = statement.filters[...]
    var value = presentation.object
    while case .path(let text)? = filters.first {
      let path = try Self.path(text)
      let found = path.find(in: value)
      guard !found.isEmpty || path.isPlural else {
        throw Failure(.negative, "no_match", "| \(text) finds nothing in the result")
      }
      value = path.isPlural ? .array(found) : found[0]
      filters.removeFirst()
    }
    if let name = statement.assigns { try variables.set(name, to: value) }
    if case .shell(let command)? = filters.first { return try await pipe(value, to: command, console) }
    if statement.assigns != nil { return .success }
    if statement.filters.isEmpty {
      try await printed(presentation, output, console)
    } else {
      try await printed(Presentation(shown: value), output, console)
    }
    return .success
  }

  private func printed(_ presentation: Presentation, _ output: Output, _ console: Console) async throws {
    let isForPeople = [.text, .table, .wide].contains(output.format) && output.path == nil && output.file == nil
    if settings.isExpanded, isForPeople, let table = presentation.table, !table.rows.isEmpty {
      return try await paged(table.expanded(bold: console.output.bold), console)
    }
    let page = Page()
    try output.show(presentation, on: console.writing(to: page.stream(like: console.output)))
    try await paged(page.text, console)
  }

  private static func path(_ text: String) throws -> JSONPath {
    do throws(ValueFault) { return try JSONPath(argument: text) } catch { throw UsageError(error.message) }
  }

  /// Gives a value to a shell command and prints what that says.
  private func pipe(_ value: JSON, to command: String, _ console: Console) async throws -> ExitCode {
    let outcome: ChildProcess.Outcome
    do throws(IOError) {
      outcome = try await ChildProcess.run(
        .init("/bin/sh", ["-c", command], standardError: .capture()), input: Array((value.string ?? value.text).utf8),
        outputLimit: 64 << 20)
    } catch  where error.code == .cancelled {
      throw CancellationError()
    } catch {
      throw Failure(.internalError, "program", error.message)
    }
    if !outcome.output.isEmpty { console.output.write(outcome.output + [UInt8(ascii: "\n")]) }
    if !outcome.error.isEmpty { console.error.write(safeText(outcome.error.terminated)) }
    guard outcome.status.isSuccess else {
      throw Failure(.negative, "program", "\(command.shortened) \(outcome.status)")
    }
    return .success
  }
}

/// Carries what a command shows out of its closures.
final class Box: Sendable {
  /// A result, and how the command wants it shown.
  struct Shown: Sendable {
    var presentation: Presentation?
    var output: Output?
  }

  private let value = Mutex(Shown())
  var taken: Shown { value.withLock { $0 } }

  func fill(_ presentation: Presentation, _ output: Output?) {
    value.withLock { $0 = Shown(presentation: presentation, output: output ?? $0.output) }
  }
}
