// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import EventIO
import JSONKit
import MCPClientKit
import MCPCore
import Synchronization

/// A result, and how the command wants it shown.
private struct Shown: Sendable {
  var presentation: Presentation?
  var output: Output?
}

extension Repl {
  /// Does what a statement says.
  func dispatch(_ statement: Statement, _ console: Console) async throws -> ExitCode {
    if let name = statement.backslash { return try await runBackslash(name, statement, console) }
    switch statement.words.first?.literal {
    case "help", "?": return try await runBackslash("?", statement, console)
    case "exit" where statement.words.count == 1, "quit" where statement.words.count == 1:
      return try await runBackslash("q", statement, console)
    default: break
    }
    if statement.words.count == 1, case .variable(let reference, _)? = statement.words[0].pieces.first,
      statement.words[0].pieces.count == 1
    {
      let value = try variables.value(of: reference)
      let presentation = Presentation(value, text: value.string ?? value.pretty)
      return try await show(presentation, Output(format: settings.format, path: nil, file: nil), of: statement, console)
    }
    lastRequest = statement
    return try await request(statement, console)
  }

  private func request(_ statement: Statement, _ console: Console) async throws -> ExitCode {
    var typed: [String] = []
    for word in statement.words { typed.append(try variables.expand(word)) }
    let words = try LineWords { [surface] in surface.element(.tools, $0) != nil }.shell(typed)
    let root = CommandModel(RootCommand.self)
    let invocation = try parse(words, as: RootCommand.self)
    guard let command = invocation.command as? any ServerCommand,
      let model = root.command(at: invocation.path.dropFirst())
    else { throw UsageError("`\(invocation.path.dropFirst().joined(separator: " "))` is no command of the REPL") }
    try LineWords.refuseConnectionOptions(words, of: model)
    command.answers.noInput = answers.noInput
    let box = Box()
    var scene = try server.scene
    scene.console = console
    scene.progress = nil
    if let terminal, !statement.isBackground { scene.progress = { terminal.advance($0) } }
    scene.known = { [surface] in surface.current($0, $1) }
    scene.hears = { presentation in box.value.withLock { $0.presentation = presentation } }
    scene.shows = { presentation, output, _ in
      box.value.withLock { $0 = Shown(presentation: presentation, output: output) }
    }
    if invocation.wantsHelp {
      let page = try await command.describe(in: scene)?.text ?? helpPage(of: model, width: console.output.width)
      console.output.write(page)
      return .success
    }
    do {
      let code = try await command.perform(in: scene)
      try await conclude(box.taken, words, statement, console)
      return code
    } catch {
      // A tool that failed has a result all the same.
      if let presentation = box.taken.presentation { try variables.set("_", to: presentation.object) }
      throw error
    }
  }

  private func conclude(_ shown: Shown, _ words: [String], _ statement: Statement, _ console: Console) async throws {
    guard let presentation = shown.presentation else { return }
    try variables.set("_", to: presentation.object)
    guard let output = shown.output else { return }
    let isFormatTyped = words.contains { $0.hasPrefix("-o") || $0.hasPrefix("--output") }
    let format = isFormatTyped ? output.format : settings.format
    _ = try await show(
      presentation, Output(format: format, path: output.path, file: output.file), of: statement, console)
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
      try printed(presentation, output, console)
    } else {
      try printed(Presentation(value, text: value.string ?? value.pretty), output, console)
    }
    return .success
  }

  private func printed(_ presentation: Presentation, _ output: Output, _ console: Console) throws {
    let isForPeople = [.text, .table, .wide].contains(output.format) && output.path == nil && output.file == nil
    if settings.isExpanded, isForPeople, let table = presentation.table, !table.rows.isEmpty {
      return console.output.write(table.expanded(bold: console.output.bold))
    }
    try output.show(presentation, on: console)
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
private final class Box: Sendable {
  let value = Mutex(Shown())
  var taken: Shown { value.withLock { $0 } }
}
