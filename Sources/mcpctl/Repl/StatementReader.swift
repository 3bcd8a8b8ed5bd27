// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit

/// Reads what is typed into statements: words and quotes as in a shell, JSON that needs no quotes, `$variables`, `| filters`.
struct StatementReader {
  /// What came of a text.
  enum Reading: Equatable {
    case statements([Statement])
    /// A quote or a brace is open, or the line ends with a backslash: it goes on.
    case unfinished
  }

  /// Thrown where the text ends too early.
  private struct Unfinished: Error {}

  private let text: [Character]
  private var place = 0

  private init(_ text: String) { self.text = Array(text) }

  /// - Throws: `UsageError` when the text makes no sense, however it goes on.
  static func read(_ text: String) throws(UsageError) -> Reading {
    var reader = StatementReader(text)
    do {
      var statements: [Statement] = []
      while let statement = try reader.statement() { statements.append(statement) }
      return .statements(statements)
    } catch let error as UsageError {
      throw error
    } catch {
      return .unfinished
    }
  }

  // MARK: Statements

  private var current: Character? { place < text.count ? text[place] : nil }
  private var isAtEnd: Bool { current.map { $0 == ";" || $0.isNewline } ?? true }

  private mutating func statement() throws -> Statement? {
    while let character = current, character.isWhitespace || character == ";" { place += 1 }
    guard let first = current else { return nil }
    if first == "#" {
      skipComment()
      return try statement()
    }
    let start = place
    var statement = Statement(text: "", words: [])
    statement.line = text[..<start].count(where: \.isNewline)
    if first == "\\", place + 1 < text.count, !text[place + 1].isNewline {
      statement.words = try command()
    }
    while true {
      skipBlanks()
      if current == "#" { skipComment() }
      if isAtEnd { break }
      if current == "|", isBlank(after: place) || next == "!" || next == "." {
        place += 1
        statement.filters = try filters()
        break
      }
      if current == "&", isLast(after: place) {
        statement.isBackground = true
        break
      }
      statement.words.append(try word())
    }
    statement.text = String(text[start..<place]).trimmed
    if statement.isBackground { place += 1 }
    takeAssignment(&statement)
    return statement
  }

  private mutating func skipComment() {
    while let character = current, !character.isNewline { place += 1 }
  }

  /// `\name`, and for `\!` the rest of the line as it stands.
  private mutating func command() throws -> [Word] {
    if next == "!" {
      place += 2
      let rest = rawRest { _ in false }
      return [Word(pieces: [.text("\\!")], isCommand: true)] + (rest.isEmpty ? [] : [Word(pieces: [.text(rest)])])
    }
    place += 1
    var name = "\\"
    while let character = current, !character.isWhitespace, character != ";" {
      name.append(character)
      place += 1
    }
    return [Word(pieces: [.text(name)], isCommand: true)]
  }

  private func takeAssignment(_ statement: inout Statement) {
    guard statement.words.count > 2, statement.words[1].literal == "=", let name = statement.words[0].literal,
      Variables.isName(name)
    else { return }
    statement.assigns = name
    statement.words.removeFirst(2)
  }

  // MARK: Filters

  private mutating func filters() throws -> [Statement.Filter] {
    var filters: [Statement.Filter] = []
    while true {
      skipBlanks()
      guard let first = current, !isAtEnd else { throw UsageError(Self.filterHelp) }
      if first == "!" {
        place += 1
        let command = rawRest { $0 == ";" }
        guard !command.isEmpty else { throw UsageError(Self.filterHelp) }
        return filters + [.shell(command)]
      }
      guard first == "." || first == "[" || first == "$" else { throw UsageError(Self.filterHelp) }
      let path = rawRest { $0 == ";" || $0 == "|" }
      do throws(ValueFault) { _ = try JSONPath(argument: path) } catch { throw UsageError(error.message) }
      filters.append(.path(path))
      guard current == "|" else { return filters }
      place += 1
    }
  }

  private static let filterHelp = "after '|' comes a path such as .content[0].text, or ! and a shell command"

  /// What stands before the end of the line, or before something outside of quotes that ends it.
  private mutating func rawRest(until ends: (Character) -> Bool) -> String {
    var quote: Character?
    let start = place
    while let character = current, !character.isNewline || quote != nil {
      if let open = quote {
        if character == open { quote = nil } else if character == "\\", open == "\"" { place += 1 }
      } else if character == "'" || character == "\"" {
        quote = character
      } else if ends(character) {
        break
      }
      place += 1
    }
    place = min(place, text.count)
    return String(text[start..<place]).trimmed
  }

  // MARK: Words

  private mutating func word() throws -> Word {
    var word = Word()
    while let character = current, !character.isWhitespace, character != ";" {
      switch character {
      case "'":
        place += 1
        word.append(try quoted())
      case "\"":
        place += 1
        try doublyQuoted(into: &word)
      case "\\":
        place += 1
        guard let escaped = current else { throw Unfinished() }
        if !escaped.isNewline { word.append(String(escaped)) }
        place += 1
      case "$" where startsName(at: place + 1):
        let isJSON = word.ends(with: ":=")
        place += 1
        word.pieces.append(.variable(try reference(), isJSON: isJSON))
      case "{", "[":
        // Elsewhere a bracket is part of a path: a[b]=1.
        if word.pieces.isEmpty || word.ends(with: "=") {
          try json(into: &word)
        } else {
          word.append(String(character))
          place += 1
        }
      default:
        word.append(String(character))
        place += 1
      }
    }
    return word
  }

  private mutating func quoted() throws -> String {
    let start = place
    while let character = current {
      place += 1
      if character == "'" { return String(text[start..<place - 1]) }
    }
    throw Unfinished()
  }

  private mutating func doublyQuoted(into word: inout Word) throws {
    word.append("")
    while let character = current {
      place += 1
      switch character {
      case "\"": return
      case "\\":
        guard let escaped = current else { throw Unfinished() }
        word.append("\"\\$`".contains(escaped) ? String(escaped) : "\\\(escaped)")
        place += 1
      case "$" where startsName(at: place): word.pieces.append(.variable(try reference(), isJSON: false))
      default: word.append(String(character))
      }
    }
    throw Unfinished()
  }

  /// JSON as it stands, up to the bracket that closes the first.
  private mutating func json(into word: inout Word) throws {
    var depth = 0
    var isString = false
    while let character = current {
      place += 1
      if isString {
        word.append(String(character))
        if character == "\\" {
          guard let escaped = current else { throw Unfinished() }
          word.append(String(escaped))
          place += 1
        } else if character == "\"" {
          isString = false
        }
        continue
      }
      if character == "$", startsName(at: place) {
        word.pieces.append(.variable(try reference(), isJSON: true))
        continue
      }
      word.append(String(character))
      switch character {
      case "\"": isString = true
      case "{", "[": depth += 1
      case "}", "]":
        depth -= 1
        if depth == 0 { return }
      default: break
      }
    }
    throw Unfinished()
  }

  /// `name.member[0]`, behind the dollar sign.
  private mutating func reference() throws -> Variables.Reference {
    let start = place
    while let character = current, Variables.isPart(character) { place += 1 }
    let name = String(text[start..<place])
    let path = place
    while let character = current {
      if character == ".", startsName(at: place + 1) {
        place += 1
        while let character = current, Variables.isPart(character) { place += 1 }
      } else if character == "[", let end = text[place...].firstIndex(of: "]"),
        text[place..<end].allSatisfy({ !$0.isWhitespace && $0 != ";" })
      {
        place = end + 1
      } else {
        break
      }
    }
    do throws(ValueFault) {
      return try Variables.Reference(name: name, path: String(text[path..<place]))
    } catch {
      throw UsageError(error.message)
    }
  }

  // MARK: Places

  private var next: Character? { place + 1 < text.count ? text[place + 1] : nil }

  private mutating func skipBlanks() {
    while let character = current {
      if character == "\\", let next, next.isNewline {
        place += 2
      } else if character.isWhitespace, !character.isNewline {
        place += 1
      } else {
        return
      }
    }
  }

  private func startsName(at index: Int) -> Bool {
    index < text.count && (text[index] == "_" || text[index].isASCII && text[index].isLetter)
  }

  private func isBlank(after index: Int) -> Bool { index + 1 >= text.count || text[index + 1].isWhitespace }

  /// Whether nothing of the statement follows.
  private func isLast(after index: Int) -> Bool {
    let rest = text[(index + 1)...].first { !$0.isWhitespace || $0.isNewline }
    return rest.map { $0 == ";" || $0.isNewline } ?? true
  }
}
