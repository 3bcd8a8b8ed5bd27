// SPDX-License-Identifier: Apache-2.0

/// What a declared property can hold: a value, an optional value or a list of values.
///
/// The property's type alone says whether a word is required, optional or repeated.
package protocol FieldValue: Sendable {
  /// The value before any word was read; nil means a word is required.
  static var initial: Self? { get }
  /// Whether each further word is added instead of replacing the last one.
  static var isRepeated: Bool { get }
  /// The words accepted, when they can be listed.
  static var choices: [String] { get }
  /// This value after reading `word`.
  static func reading(_ word: String, after earlier: Self?) throws(ValueFault) -> Self
  /// How the value is written as a default in help; nil says nothing.
  var shown: String? { get }
}

/// A type one word can spell.
package protocol ArgumentValue: FieldValue {
  /// Reads `word`, or says what is wrong with it.
  init(argument word: String) throws(ValueFault)
}

/// Why a word does not fit its place; the parser adds which place.
package struct ValueFault: Error {
  package let message: String
  package init(_ message: String) { self.message = message }
}

extension ArgumentValue {
  package static var initial: Self? { nil }
  package static var isRepeated: Bool { false }
  package static var choices: [String] { [] }
  package var shown: String? { "\(self)" }
  package static func reading(_ word: String, after earlier: Self?) throws(ValueFault) -> Self {
    try Self(argument: word)
  }
}

extension Optional: FieldValue where Wrapped: ArgumentValue {
  package static var initial: Self? { .some(nil) }
  package static var isRepeated: Bool { false }
  package static var choices: [String] { Wrapped.choices }
  package var shown: String? { self?.shown }
  package static func reading(_ word: String, after earlier: Self?) throws(ValueFault) -> Self {
    try Wrapped(argument: word)
  }
}

extension Array: FieldValue where Element: ArgumentValue {
  package static var initial: Self? { [] }
  package static var isRepeated: Bool { true }
  package static var choices: [String] { Element.choices }
  package var shown: String? { isEmpty ? nil : compactMap(\.shown).joined(separator: ", ") }
  package static func reading(_ word: String, after earlier: Self?) throws(ValueFault) -> Self {
    try (earlier ?? []) + [Element(argument: word)]
  }
}

extension String: ArgumentValue {
  package init(argument word: String) { self = word }
  package var shown: String? { isEmpty ? nil : self }
}

extension Int: ArgumentValue {
  package init(argument word: String) throws(ValueFault) {
    guard let value = Int(word) else { throw ValueFault("'\(word)' is not a whole number") }
    self = value
  }
}

/// An enumeration whose raw values are the words accepted.
package protocol ChoiceValue: ArgumentValue, CaseIterable, RawRepresentable where RawValue == String {
  /// Other spellings accepted but not advertised.
  static var otherSpellings: [String: Self] { get }
}

extension ChoiceValue {
  package static var otherSpellings: [String: Self] { [:] }
  package static var choices: [String] { allCases.map(\.rawValue) }
  package var shown: String? { rawValue }
  package init(argument word: String) throws(ValueFault) {
    if let value = Self(rawValue: word) ?? Self.otherSpellings[word] {
      self = value
      return
    }
    let near = nearMiss(of: word, in: Self.choices).map { "; did you mean '\($0)'?" } ?? ""
    throw ValueFault("'\(word)' is not one of \(Self.choices.joined(separator: ", "))\(near)")
  }
}
