// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit

extension Repl {
  /// `\sessions`: what `sessions ls` lists in a shell, with the options it has there.
  func showSessions(_ statement: Statement, _ console: Console) async throws {
    let words = try expanded(Array(statement.words.dropFirst()))
    let invocation: Invocation
    do throws(UsageError) {
      invocation = try parse(["sessions", "ls"] + words, as: RootCommand.self)
    } catch {
      throw UsageError(error.message)  // the usage of the shell's command is not ours
    }
    guard let command = invocation.command as? SessionsListCommand else { return }
    guard !invocation.wantsHelp else {
      return try await paged(helpPage(of: CommandModel(SessionsListCommand.self), width: console.output.width), console)
    }
    if !Self.isFormatTyped(words) { command.output.output = settings.format }
    _ = try await show(try await command.listed(console), command.output.printer, of: statement, console)
  }
}
