// SPDX-License-Identifier: Apache-2.0
import JSONKit

/// One argument of a typed tool: its name and meaning, and with its type the schema, the check and the Swift value.
///
/// It is required unless it has a default or its type is optional.
public struct Parameter<Value: ToolValue>: Sendable {
  /// The argument's name.
  public let name: String
  /// What it means.
  public let description: String?
  /// What a call without it gets.
  public let defaultValue: Value?

  /// Makes a parameter.
  public init(_ name: String, _ description: String? = nil, default: Value? = nil) {
    self.name = name
    self.description = description
    self.defaultValue = `default`
  }

  /// The parameter as the schema describes it.
  public var input: ToolInput {
    ToolInput(
      name, schema: Value.schema, description, isRequired: defaultValue == nil && Value.absent == nil,
      default: defaultValue?.argument)
  }

  /// The value in `arguments`; nil after adding a fault that names the parameter.
  func read(_ arguments: JSONObject, _ faults: inout [String]) -> Value? {
    guard let argument = arguments[name] else {
      if let value = defaultValue ?? Value.absent { return value }
      faults.append("\(name) is required")
      return nil
    }
    if let value = Value(argument: argument) { return value }
    faults.append("\(name) must be \(Value.expectation)")
    return nil
  }
}
