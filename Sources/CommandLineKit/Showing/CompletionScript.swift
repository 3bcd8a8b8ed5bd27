// SPDX-License-Identifier: Apache-2.0

/// A shell whose completions can be written.
package enum Shell: String, ChoiceValue, Sendable {
  case bash, zsh, fish

  /// The file name under which the shell finds a program's completions.
  package func fileName(for program: String) -> String {
    switch self {
    case .bash: "\(program).bash"
    case .zsh: "_\(program)"
    case .fish: "\(program).fish"
    }
  }
}

/// The completion script for `shell`, a pure function of the command tree.
package func completionScript(of model: CommandModel, for shell: Shell) -> String {
  switch shell {
  case .bash: bashCompletion(of: model)
  case .zsh: zshCompletion(of: model)
  case .fish: fishCompletion(of: model)
  }
}

extension CommandModel {
  /// Every way to type the path to this command, aliases included.
  var spellings: [String] {
    path.count == 1 ? [name] : ([info.name] + info.aliases).map { (path.dropLast() + [$0]).joined(separator: " ") }
  }

  /// All option words of the tree that are followed by a value, each once.
  var valuedOptionWords: [String] {
    var words: [String] = []
    for option in everyone.flatMap(\.options) where option.kind == .option {
      for word in option.words where !words.contains(word) { words.append(word) }
    }
    return words
  }
}

extension FieldModel {
  /// The words that select this option: `-o`, `--output`.
  package var words: [String] { (short.map { ["-\($0)"] } ?? []) + ["--\(name)"] }
}

/// `text` in single quotes for bash and zsh.
/// A word as a shell takes it, whatever is in it.
package func shellQuoted(_ text: String) -> String { "'" + text.replacing("'", with: "'\\''") + "'" }
