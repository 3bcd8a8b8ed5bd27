// SPDX-License-Identifier: Apache-2.0

/// Any JSON value (RFC 8259). Numbers keep their text and objects their order, so reading and writing loses nothing.
public enum JSON: Sendable, Hashable {
  /// The literal `null`.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A number, as it was spelled.
  case number(JSONNumber)
  /// A string, unescaped.
  case string(String)
  /// An array.
  case array([JSON])
  /// An object, in the order its members were written.
  case object(JSONObject)
}

extension JSON {
  /// The value as a string, or nil when it is something else.
  public var string: String? { if case .string(let value) = self { value } else { nil } }
  /// The value as a boolean, or nil when it is something else.
  public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  /// The value as a number, or nil when it is something else.
  public var number: JSONNumber? { if case .number(let value) = self { value } else { nil } }
  /// The value as an integer; nil when it is not a number, has a fraction, or does not fit.
  public var int: Int? { number?.int }
  /// The value as a double, rounded to the nearest; nil when it is not a number.
  public var double: Double? { number?.double }
  /// The elements, or nil when the value is not an array.
  public var array: [JSON]? { if case .array(let value) = self { value } else { nil } }
  /// The object, or nil when the value is something else.
  public var object: JSONObject? { if case .object(let value) = self { value } else { nil } }
  /// Whether this is the literal `null`.
  public var isNull: Bool { if case .null = self { true } else { false } }

  /// The member called `name`; nil when this is no object or has no such member.
  public subscript(name: String) -> JSON? { object?[name] }
  /// The element at `index`; nil when this is no array or the index is out of range.
  public subscript(index: Int) -> JSON? {
    guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
    return elements[index]
  }
}

extension JSON {
  /// Whether both are the same value spelled the same: strings by their bytes, numbers by their text, members in order.
  public static func == (left: JSON, right: JSON) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let left), .bool(let right)): left == right
    case (.number(let left), .number(let right)): left == right
    case (.string(let left), .string(let right)): left.hasBytes(of: right)
    case (.array(let left), .array(let right)): left == right
    case (.object(let left), .object(let right)): left == right
    default: false
    }
  }
}

extension JSON: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  /// Makes `null`.
  public init(nilLiteral: ()) { self = .null }
  /// Makes `true` or `false`.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// Makes a number.
  public init(integerLiteral value: Int) { self = .number(JSONNumber(value)) }
  /// Makes a number.
  public init(floatLiteral value: Double) { self = JSONNumber(value).map(JSON.number) ?? .null }
  /// Makes a string.
  public init(stringLiteral value: String) { self = .string(value) }
  /// Makes an array.
  public init(arrayLiteral elements: JSON...) { self = .array(elements) }
  /// Makes an object with the members in the order written.
  public init(dictionaryLiteral elements: (String, JSON)...) {
    self = .object(JSONObject(pairs: elements))
  }
}
