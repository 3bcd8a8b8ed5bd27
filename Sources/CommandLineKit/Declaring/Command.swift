// SPDX-License-Identifier: Apache-2.0

/// One command of the tree: its words are declared as wrapped properties, and `run` does the work.
///
/// The parser reflects a fresh instance and fills it; help, manual pages and completions read the same declaration.
package protocol Command: Sendable, SendableMetatype {
  /// Its name, what it does, and examples.
  static var info: CommandInfo { get }
  /// The commands below this one; a command with any takes no words of its own.
  static var subcommands: [any Command.Type] { get }

  init()
  /// What to write in place of an option there is not; nil when there is nothing to say.
  /// - Parameter value: what follows it, where that is no option.
  static func advice(onUnknownOption name: String, value: String?) -> String?
  /// What to write in place of a command there is not; nil lists those there are.
  static func advice(onUnknownCommand word: String) -> String?
  /// Refuses words that make no sense together: the names of the options that were typed, not taken from elsewhere.
  func check(given: Set<String>) throws(UsageError)
  /// Does the work. Throws `UsageError` when the words make no sense together.
  func run(in console: Console) async throws -> ExitCode
  /// Answers `--help` its own way; nil shows the help page made from the declaration.
  ///
  /// Required words may be missing here: read them through their projection (`$tool`).
  func help(in console: Console) async throws -> ExitCode?
}

extension Command {
  package static var subcommands: [any Command.Type] { [] }
  package static func advice(onUnknownOption name: String, value: String?) -> String? { nil }
  package static func advice(onUnknownCommand word: String) -> String? { nil }
  package func check(given: Set<String>) throws(UsageError) {}
  package func help(in console: Console) async throws -> ExitCode? { nil }
}

/// A command that only holds others, such as `mcpctl tools`.
package protocol CommandGroup: Command {}

extension CommandGroup {
  /// A group alone does nothing, so it asks for one of its commands.
  package func run(in console: Console) async throws -> ExitCode {
    throw UsageError("name a command: \(Self.subcommands.map { $0.info.name }.joined(separator: ", "))")
  }
}

/// Options several commands share, spliced into each with `@Group`.
package protocol OptionGroup: Sendable {
  init()
}

/// What a command is called and what it is for.
package struct CommandInfo: Sendable {
  /// The word typed.
  package let name: String
  /// Other words that mean the same.
  package let aliases: [String]
  /// One sentence, ending with a full stop.
  package let summary: String
  /// Paragraphs for the help page and the manual.
  package let discussion: [String]
  /// Lines to copy.
  package let examples: [Example]
  /// Kept out of help, manual and completions.
  package let isHidden: Bool
  /// Further pages of the manual to read, each with its section: `mcpctl-config 5`.
  package let seeAlso: [String]

  /// A line to copy and what it does.
  package struct Example: Sendable {
    package let line: String
    package let meaning: String
    package init(_ line: String, _ meaning: String) {
      self.line = line
      self.meaning = meaning
    }
  }

  package init(
    _ name: String, _ summary: String, aliases: [String] = [], discussion: [String] = [], examples: [Example] = [],
    seeAlso: [String] = [], isHidden: Bool = false
  ) {
    self.name = name
    self.aliases = aliases
    self.summary = summary
    self.discussion = discussion
    self.examples = examples
    self.isHidden = isHidden
    self.seeAlso = seeAlso
  }

  /// Whether `word` names this command.
  package func answers(to word: String) -> Bool { name == word || aliases.contains(word) }
}

/// What a program tells the shell. The program adds its own codes as static members.
package struct ExitCode: RawRepresentable, Sendable, Hashable {
  package let rawValue: Int32
  package init(rawValue: Int32) { self.rawValue = rawValue }

  /// All went well.
  package static let success = ExitCode(rawValue: 0)
  /// The command line itself is wrong (`EX_USAGE`).
  package static let usage = ExitCode(rawValue: 64)
}
