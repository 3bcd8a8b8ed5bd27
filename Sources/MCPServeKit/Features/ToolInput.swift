// SPDX-License-Identifier: Apache-2.0
public import JSONKit
public import MCPCore

/// One argument of a tool, as its schema describes it.
public struct ToolInput: Sendable, Hashable {
  /// The types a schema tells apart.
  public enum Kind: String, Sendable, CaseIterable {
    /// Text.
    case string
    /// Any number.
    case number
    /// A number without a fraction.
    case integer
    /// True or false.
    case boolean
    /// An object.
    case object
    /// An array.
    case array
  }

  /// The argument's name.
  public var name: String
  /// The JSON Schema of its values, without `description` and `default`.
  public var schema: JSONObject
  /// What it means.
  public var description: String?
  /// Whether a call without it is refused.
  public var isRequired: Bool
  /// What a call without it gets.
  public var defaultValue: JSON?

  /// Makes an argument of a basic type.
  public init(
    _ name: String, _ kind: Kind, _ description: String? = nil, isRequired: Bool = false, default: JSON? = nil
  ) {
    self.init(name, schema: ["type": .string(kind.rawValue)], description, isRequired: isRequired, default: `default`)
  }

  /// Makes an argument of any schema.
  public init(
    _ name: String, schema: JSONObject, _ description: String? = nil, isRequired: Bool = false, default: JSON? = nil
  ) {
    self.name = name
    self.schema = schema
    self.description = description
    self.isRequired = isRequired
    self.defaultValue = `default`
  }

  var property: JSONObject.Member {
    var property = schema
    if let description { property["description"] = .string(description) }
    if let defaultValue { property["default"] = defaultValue }
    return JSONObject.Member(name: name, value: .object(property))
  }
}

extension Tool {
  /// Makes a tool whose schema has one property for each of `inputs`, in their order.
  public init(_ name: String, _ description: String, inputs: [ToolInput]) {
    var schema: JSONObject = ["type": "object", "properties": .object(JSONObject(inputs.map(\.property)))]
    let required = inputs.filter(\.isRequired).map { JSON.string($0.name) }
    if !required.isEmpty { schema["required"] = .array(required) }
    self.init(name: name, description: description, inputSchema: schema)
  }
}
