// SPDX-License-Identifier: GPL-3.0-or-later

/// One thing a REPL is told to do.
struct Statement: Equatable, Sendable {
  /// What becomes of the result, from left to right.
  enum Filter: Equatable, Sendable {
    /// A part of it.
    case path(String)
    /// The input of a shell command.
    case shell(String)
  }

  /// As it was typed.
  var text: String
  var words: [Word]
  /// The variable that takes the result.
  var assigns: String?
  var filters: [Filter] = []
  /// Whether the next line is not to wait for it.
  var isBackground = false
  /// In which line of what was read it begins, from 0.
  var line = 0
  /// Where it stands in a script, `FILE:LINE`; nil where nobody needs to be told.
  var place: String?

  /// The backslash command it is, without the backslash; nil for any other.
  var backslash: String? {
    guard case .text(let word)? = words.first?.pieces.first, word.hasPrefix("\\"), words.first?.isCommand == true else {
      return nil
    }
    return String(word.dropFirst())
  }

  /// The same without `mcpctl` in front, as a line of the shell has it.
  var withoutProgram: Statement {
    guard words.count > 1, words[0].literal == "mcpctl" else { return self }
    var rest = self
    rest.words.removeFirst()
    return rest
  }
}

/// A word of a statement: text with variables in it.
struct Word: Equatable, Sendable {
  enum Piece: Equatable, Sendable {
    case text(String)
    /// The value a variable has when the statement is run; as JSON where JSON is written, else as text.
    case variable(Variables.Reference, isJSON: Bool)
  }

  var pieces: [Piece] = []
  /// Whether it began with a backslash at the start of a statement, and so is a command of the REPL.
  var isCommand = false

  /// The text, when no variable is in it.
  var literal: String? {
    switch (pieces.count, pieces.first) {
    case (0, _): return ""
    case (1, .text(let text)?): return text
    default: return nil
    }
  }

  /// Whether what was read so far ends so.
  func ends(with suffix: String) -> Bool {
    if case .text(let text)? = pieces.last { text.hasSuffix(suffix) } else { false }
  }

  mutating func append(_ text: String) {
    if case .text(let before)? = pieces.last {
      pieces[pieces.count - 1] = .text(before + text)
    } else {
      pieces.append(.text(text))
    }
  }
}
