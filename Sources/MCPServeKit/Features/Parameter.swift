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
  public let defaultArgument: JSON?

  /// Makes a parameter.
  public init(_ name: String, _ description: String? = nil, default: Value? = nil) {
    self.name = name
    self.description = description
    defaultArgument = `default`?.argument
  }

  /// The parameter as the schema describes it.
  public var input: ToolInput {
    let isOptional = defaultArgument != nil || (try? Value.absent()) != nil
    return ToolInput(
      name, schema: Value.schema, description, isRequired: !isOptional, default: defaultArgument)
  }
}
