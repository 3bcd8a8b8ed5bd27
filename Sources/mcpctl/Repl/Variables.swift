// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit

/// The variables of a REPL: `$name`, and `$_` for the last result.
struct Variables: Sendable {
  /// How many there may be.
  static let limit = 10_000

  /// A variable, and what of its value is meant.
  struct Reference: Equatable, Sendable {
    let name: String
    /// `.a[0]`, or nothing for all of it.
    let path: String

    init(name: String, path: String) throws(ValueFault) {
      (self.name, self.path) = (name, path)
      if !path.isEmpty { _ = try JSONPath(argument: path) }
    }
  }

  private(set) var values: [String: JSON] = [:]

  mutating func set(_ name: String, to value: JSON) throws(UsageError) {
    guard values[name] != nil || values.count < Self.limit else {
      throw UsageError("there are \(Self.limit) variables, which is the limit; \\unset removes some")
    }
    values[name] = value
  }

  mutating func remove(_ name: String) -> Bool { values.removeValue(forKey: name) != nil }

  /// What a word comes to.
  func expand(_ word: Word) throws(UsageError) -> String {
    var text = ""
    for piece in word.pieces {
      switch piece {
      case .text(let piece): text += piece
      case .variable(let reference, let isJSON):
        let value = try value(of: reference)
        text += isJSON ? value.text : value.string ?? value.text
      }
    }
    return text
  }

  func value(of reference: Reference) throws(UsageError) -> JSON {
    guard let value = values[reference.name] else {
      let near = nearMiss(of: reference.name, in: values.keys.sorted()).map { "did you mean '$\($0)'?" }
      let hint =
        near ?? (reference.name == "_" ? "there is no result yet" : "\\set lists the variables, \\$ is a dollar sign")
      throw UsageError("no variable '$\(reference.name)'; \(hint)")
    }
    guard !reference.path.isEmpty, let path = try? JSONPath(argument: reference.path) else { return value }
    let found = path.find(in: value)
    if path.isPlural { return .array(found) }
    guard let found = found.first else { throw UsageError("$\(reference.name) has nothing at \(reference.path)") }
    return found
  }

  static func isName(_ text: String) -> Bool {
    guard let first = text.first, first == "_" || first.isASCII && first.isLetter else { return false }
    return text.allSatisfy(isPart)
  }

  static func isPart(_ character: Character) -> Bool {
    character == "_" || character.isASCII && (character.isLetter || character.isNumber)
  }
}
