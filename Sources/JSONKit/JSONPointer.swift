// SPDX-License-Identifier: Apache-2.0

/// A place inside a JSON value (RFC 6901), such as `/params/arguments/0`.
struct JSONPointer: Hashable, CustomStringConvertible {
  /// The spelling; empty for the whole value.
  private(set) var text = ""

  var description: String { text }

  /// The place one step deeper.
  func appending(_ token: String) -> JSONPointer {
    JSONPointer(text: "\(text)/\(Self.escaped(token))")
  }

  /// The place one step deeper.
  func appending(_ index: Int) -> JSONPointer { JSONPointer(text: "\(text)/\(index)") }

  /// The place one step less deep; nil for the whole value.
  var parent: JSONPointer? { text.lastIndex(of: "/").map { JSONPointer(text: String(text[..<$0])) } }

  static func escaped(_ token: String) -> String {
    guard token.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else { return token }
    return token.reduce(into: "") { text, character in
      switch character {
      case "~": text += "~0"
      case "/": text += "~1"
      default: text.append(character)
      }
    }
  }

  /// The steps, unescaped.
  static func tokens(of text: String) -> [String] {
    text.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map { token in
      var result = ""
      var isEscape = false
      for character in token {
        switch (isEscape, character) {
        case (false, "~"): isEscape = true
        case (true, "1"): (result, isEscape) = (result + "/", false)
        case (true, "0"): (result, isEscape) = (result + "~", false)
        default: (result, isEscape) = (result + String(character), false)
        }
      }
      return result
    }
  }
}

extension JSON {
  /// What is at the steps `tokens`; nil when there is nothing.
  func value(at tokens: [String]) -> JSON? {
    var value = self
    for token in tokens {
      switch value {
      case .object(let object):
        guard let member = object[token] else { return nil }
        value = member
      case .array(let elements):
        guard let index = Int(token), elements.indices.contains(index) else { return nil }
        value = elements[index]
      case .null, .bool, .number, .string: return nil
      }
    }
    return value
  }
}
