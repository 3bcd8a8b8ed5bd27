// SPDX-License-Identifier: Apache-2.0

/// A set of the kinds of value JSON Schema's `type` tells apart.
package struct JSONKinds: OptionSet, Sendable, Hashable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let null = JSONKinds(rawValue: 1)
  package static let boolean = JSONKinds(rawValue: 2)
  /// Numbers without a fraction.
  package static let integer = JSONKinds(rawValue: 4)
  /// Numbers of any sort; includes `integer`.
  package static let number = JSONKinds(rawValue: 8 | 4)
  package static let string = JSONKinds(rawValue: 16)
  package static let array = JSONKinds(rawValue: 32)
  package static let object = JSONKinds(rawValue: 64)
  package static let all = JSONKinds(rawValue: 127)

  /// The kind `type` calls `name`.
  init?(name: String) {
    guard let kind = Self.named.first(where: { $0.name == name })?.kind else { return nil }
    self = kind
  }

  /// The narrowest kind of `value`.
  package init(of value: JSON) {
    self =
      switch value {
      case .null: .null
      case .bool: .boolean
      case .number(let number): number.isInteger ? .integer : .number
      case .string: .string
      case .array: .array
      case .object: .object
      }
  }

  private static let named: [(name: String, kind: JSONKinds, phrase: String)] = [
    ("string", .string, "a string"), ("number", .number, "a number"), ("integer", .integer, "an integer"),
    ("boolean", .boolean, "true or false"), ("object", .object, "an object"), ("array", .array, "an array"),
    ("null", .null, "null"),
  ]

  /// The names `type` has for them; `number` stands for both sorts of number.
  package var names: [String] { entries.map(\.name) }

  /// As in "must be …".
  var phrase: String { entries.map(\.phrase).joined(separator: " or ") }

  private var entries: [(name: String, kind: JSONKinds, phrase: String)] {
    Self.named.filter { contains($0.kind) && !($0.kind == .integer && contains(.number)) }
  }
}

extension JSONNumber {
  /// Whether there is no fraction; `1.0` and `1e2` have none.
  package var isInteger: Bool {
    text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 || $0 == UInt8(ascii: "-") } || ExactNumber(self).isInteger
  }
}
