// SPDX-License-Identifier: Apache-2.0
public import JSONKit

/// An argument is of another type than its tool takes.
public struct ArgumentMismatch: Error, Sendable, Hashable {
  /// Makes the error.
  public init() {}
}

/// A Swift type a tool can take as an argument.
public protocol ToolValue: Sendable {
  /// The JSON Schema of the type. `init(argument:)` refuses what the schema refuses.
  static var schema: JSONObject { get }
  /// What a value is, for error messages: `a number`.
  static var expectation: String { get }
  /// What a missing argument means.
  /// - Throws: `ArgumentMismatch` when the argument is required, as it is unless a type says otherwise.
  static func absent() throws(ArgumentMismatch) -> Self
  /// Reads a value.
  /// - Throws: `ArgumentMismatch` when `argument` is of another type.
  init(argument: JSON) throws(ArgumentMismatch)
  /// The value as JSON.
  var argument: JSON { get }
}

extension ToolValue {
  /// Required.
  public static func absent() throws(ArgumentMismatch) -> Self { throw ArgumentMismatch() }
}

extension String: ToolValue {
  /// `{"type":"string"}`
  public static var schema: JSONObject { ["type": "string"] }
  /// `a string`
  public static var expectation: String { "a string" }
  /// Reads a string.
  public init(argument: JSON) throws(ArgumentMismatch) {
    guard case .string(let value) = argument else { throw ArgumentMismatch() }
    self = value
  }
  /// The string.
  public var argument: JSON { .string(self) }
}

extension Int: ToolValue {
  /// `{"type":"integer"}`
  public static var schema: JSONObject { ["type": "integer"] }
  /// `an integer`
  public static var expectation: String { "an integer" }
  /// Reads an integer; `1.0` is one.
  public init(argument: JSON) throws(ArgumentMismatch) {
    guard let value = argument.int else { throw ArgumentMismatch() }
    self = value
  }
  /// The integer.
  public var argument: JSON { .number(JSONNumber(self)) }
}

extension Double: ToolValue {
  /// `{"type":"number"}`
  public static var schema: JSONObject { ["type": "number"] }
  /// `a number`
  public static var expectation: String { "a number" }
  /// Reads a number.
  public init(argument: JSON) throws(ArgumentMismatch) {
    guard case .number(let value) = argument else { throw ArgumentMismatch() }
    self = value.double
  }
  /// The number; null when it is not finite.
  public var argument: JSON { JSONNumber(self).map(JSON.number) ?? .null }
}

extension JSONNumber: ToolValue {
  /// `{"type":"number"}`
  public static var schema: JSONObject { ["type": "number"] }
  /// `a number`
  public static var expectation: String { "a number" }
  /// Takes a number as it was spelled.
  public init(argument: JSON) throws(ArgumentMismatch) {
    guard case .number(let value) = argument else { throw ArgumentMismatch() }
    self = value
  }
  /// The number.
  public var argument: JSON { .number(self) }
}

extension Bool: ToolValue {
  /// `{"type":"boolean"}`
  public static var schema: JSONObject { ["type": "boolean"] }
  /// `true or false`
  public static var expectation: String { "true or false" }
  /// Reads a boolean.
  public init(argument: JSON) throws(ArgumentMismatch) {
    guard case .bool(let value) = argument else { throw ArgumentMismatch() }
    self = value
  }
  /// The boolean.
  public var argument: JSON { .bool(self) }
}

extension JSON: ToolValue {
  /// `{}`: anything.
  public static var schema: JSONObject { [:] }
  /// `a value`
  public static var expectation: String { "a value" }
  /// Takes the value as it is.
  public init(argument: JSON) throws(ArgumentMismatch) { self = argument }
  /// The value.
  public var argument: JSON { self }
}

extension JSONObject: ToolValue {
  /// `{"type":"object"}`
  public static var schema: JSONObject { ["type": "object"] }
  /// `an object`
  public static var expectation: String { "an object" }
  /// Reads an object.
  public init(argument: JSON) throws(ArgumentMismatch) {
    guard case .object(let value) = argument else { throw ArgumentMismatch() }
    self = value
  }
  /// The object.
  public var argument: JSON { .object(self) }
}

extension Array: ToolValue where Element: ToolValue {
  /// An array whose items are of the element's schema.
  public static var schema: JSONObject { ["type": "array", "items": .object(Element.schema)] }
  /// `an array, each element …`
  public static var expectation: String { "an array, each element \(Element.expectation)" }
  /// Reads an array; each element must be of its type.
  public init(argument: JSON) throws(ArgumentMismatch) {
    guard case .array(let elements) = argument else { throw ArgumentMismatch() }
    self = []
    reserveCapacity(elements.count)
    for element in elements {
      append(try Element(argument: element))
    }
  }
  /// The array.
  public var argument: JSON { .array(map(\.argument)) }
}

extension Optional: ToolValue where Wrapped: ToolValue {
  /// The wrapped type's.
  public static var schema: JSONObject { Wrapped.schema }
  /// The wrapped type's.
  public static var expectation: String { Wrapped.expectation }
  /// A missing argument is nil.
  public static func absent() throws(ArgumentMismatch) -> Wrapped? { nil }
  /// Reads a wrapped value.
  public init(argument: JSON) throws(ArgumentMismatch) {
    self = try Wrapped(argument: argument)
  }
  /// The value, or null.
  public var argument: JSON { self?.argument ?? .null }
}

/// An enumeration of strings is a `ToolValue` as soon as it says so: its cases become the schema's `enum`.
extension ToolValue where Self: RawRepresentable & CaseIterable, RawValue == String {
  /// A string out of the cases.
  public static var schema: JSONObject {
    ["type": "string", "enum": .array(allCases.map { .string($0.rawValue) })]
  }
  /// `one of a, b, c`
  public static var expectation: String { "one of \(allCases.map(\.rawValue).joined(separator: ", "))" }
  /// Reads a case.
  public init(argument: JSON) throws(ArgumentMismatch) {
    guard case .string(let name) = argument, let value = Self(rawValue: name) else { throw ArgumentMismatch() }
    self = value
  }
  /// The case's name.
  public var argument: JSON { .string(rawValue) }
}
