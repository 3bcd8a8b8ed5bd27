// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit

/// The expression of `--path`: `.content[0].text`, `tools[].name`, `.["a b"]`.
struct JSONPath: ArgumentValue, Sendable {
  private enum Step: Equatable, Sendable {
    case member(String)
    case element(Int)
    /// Every element or member value.
    case each
  }

  private let steps: [Step]
  /// As it was typed.
  let shown: String?

  init(argument word: String) throws(ValueFault) {
    var rest = word[...]
    var steps: [Step] = []
    if rest.first == "$" { rest.removeFirst() }
    while let first = rest.first {
      if first == "[" {
        guard let end = Self.end(of: rest) else { throw ValueFault("'\(word)' has a '[' that is not closed") }
        let inner = rest[rest.index(after: rest.startIndex)..<end]
        rest = rest[rest.index(after: end)...]
        if inner.isEmpty || inner == "*" {
          steps.append(.each)
        } else if let index = Int(inner) {
          steps.append(.element(index))
        } else if inner.count >= 2, let quote = inner.first, quote == inner.last, quote == "'" || quote == "\"" {
          steps.append(.member(String(inner.dropFirst().dropLast())))
        } else {
          throw ValueFault("'[\(inner)]' in '\(word)' is no index; write [0], [] or [\"name\"]")
        }
      } else {
        if first == "." { rest.removeFirst() }
        let name = rest.prefix { $0 != "." && $0 != "[" }
        if name.isEmpty && rest.first != "[" && !(steps.isEmpty && rest.isEmpty) {
          throw ValueFault("'\(word)' has a dot with no name after it")
        }
        if name == "*" { steps.append(.each) } else if !name.isEmpty { steps.append(.member(String(name))) }
        rest = rest.dropFirst(name.count)
      }
    }
    self.steps = steps
    shown = word
  }

  /// What the expression finds; with `[]` in it, possibly several values.
  func find(in value: JSON) -> [JSON] {
    steps.reduce([value]) { values, step in
      values.flatMap { value -> [JSON] in
        switch step {
        case .member(let name): return value[name].map { [$0] } ?? []
        case .element(let index):
          let place = index < 0 ? index + (value.array?.count ?? 0) : index
          return value[place].map { [$0] } ?? []
        case .each: return value.array ?? value.object?.members.map(\.value) ?? []
        }
      }
    }
  }

  /// Whether it may find more than one value.
  var isPlural: Bool { steps.contains(.each) }

  /// The bracket that closes the one at the start, quotes respected.
  private static func end(of text: Substring) -> Substring.Index? {
    var quote: Character?
    for index in text.indices.dropFirst() {
      let character = text[index]
      if let open = quote {
        if character == open { quote = nil }
      } else if character == "\"" || character == "'" {
        quote = character
      } else if character == "]" {
        return index
      }
    }
    return nil
  }
}
