// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit

/// What is advised to who types into a shell, said to who types into a REPL: `tools`, not `mcpctl tools ls`.
enum ShellWords {
  private static let program = "mcpctl "

  /// An error whose hints name what can be typed here.
  static func here(_ error: any Error) -> any Error {
    if let error = error as? UsageError { return UsageError(here(error.message), usage: error.usage.map(bare)) }
    guard var failure = error as? Failure else { return error }
    failure = Failure(
      failure.exit, failure.code, here(failure.message), hint: failure.hint.map(here),
      details: failure.details.map(here), facts: failure.facts)
    return failure
  }

  private static func bare(_ usage: String) -> String {
    usage.hasPrefix(program) ? String(usage.dropFirst(program.count)) : usage
  }

  /// Replaces the commands that stand between backticks.
  static func here(_ text: String) -> String {
    guard text.contains("`\(program)") else { return text }
    var pieces = text.split(separator: "`", omittingEmptySubsequences: false).map(String.init)
    for index in pieces.indices.dropLast() where index % 2 == 1 && pieces[index].hasPrefix(program) {
      pieces[index] = command(String(pieces[index].dropFirst(program.count)))
    }
    return pieces.joined(separator: "`")
  }

  /// A command of the shell, without the name of the program, as it is typed here.
  static func command(_ words: String) -> String {
    let parts = words.split(separator: " ", maxSplits: 2).map(String.init)
    guard let first = parts.first else { return words }
    let rest = parts.dropFirst(2).map { " \($0)" }.joined()
    if LineWords.groups.contains(where: { $0.info.answers(to: first) }) {
      return parts.count > 1 && parts[1] == "ls" ? first + rest : words
    }
    if first == "help" || LineWords.commands.contains(where: { $0.info.answers(to: first) }) { return words }
    if first == "sessions", parts.count > 1, parts[1] == "ls" { return "\\sessions\(rest)" }
    // Who is told of the program itself needs its whole name.
    return first == "repl" ? program + words : "\\! \(program)\(words)"
  }
}
