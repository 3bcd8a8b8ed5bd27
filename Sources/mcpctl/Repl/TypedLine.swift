// SPDX-License-Identifier: GPL-3.0-or-later

/// A line that is still being typed, up to the cursor: the words that are finished, and the one that is begun.
struct TypedLine: Equatable {
  /// The finished words of the statement the cursor is in, without their quotes.
  private(set) var words: [String] = []
  /// What is begun, without its quotes.
  private(set) var begun = ""
  /// Where that begins in the line, in bytes.
  private(set) var start = 0
  /// The quote that is open.
  private(set) var quote: Character?
  /// Whether the cursor is inside of JSON or behind `|`, where nothing is known to complete.
  private(set) var isOpaque = false

  /// - Parameter before: lines the statement began in.
  init(_ text: String, after before: String = "") {
    let whole = before.isEmpty ? text : before + "\n" + text
    let offset = whole.utf8.count - text.utf8.count
    var position = 0
    var hasWord = false
    var depth = 0
    var isEscaped = false
    func finishWord(_ line: inout TypedLine) {
      if hasWord { line.words.append(line.begun) }
      hasWord = false
      line.begun = ""
    }
    for character in whole {
      defer { position += character.utf8.count }
      if isEscaped {
        begun.append(character)
        isEscaped = false
        continue
      }
      if let open = quote {
        if character == open {
          quote = nil
        } else if character == "\\", open == "\"" {
          isEscaped = true
        } else {
          begun.append(character)
        }
        continue
      }
      if depth > 0 {
        if character == "{" || character == "[" { depth += 1 }
        if character == "}" || character == "]" { depth -= 1 }
        begun.append(character)
        continue
      }
      switch character {
      case ";", "\n":
        self = TypedLine()
        hasWord = false
      case "|" where !hasWord: isOpaque = true
      case _ where character.isWhitespace: finishWord(&self)
      default:
        if !hasWord { (hasWord, start) = (true, position - offset) }
        switch character {
        case "'", "\"": quote = character
        // At the start of a statement it is part of a command's name.
        case "\\" where !(words.isEmpty && begun.isEmpty): isEscaped = true
        case "{", "[":
          if begun.isEmpty || begun.last == "=" { depth = 1 }
          begun.append(character)
        default: begun.append(character)
        }
      }
    }
    if !hasWord { start = position - offset }
    if depth > 0 || start < 0 { isOpaque = true }
  }

  private init() {}
}
