// SPDX-License-Identifier: Apache-2.0
import JSONKit

/// One argument of a typed tool: its name and meaning, and with its type the schema, the check and the Swift value.
///
/// It is required unless it has a default or its type is optional. What the type cannot say, bounds may:
///
///     Parameter<Int>("days", "Days ahead.", default: 3).minimum(1).maximum(14)
///     Parameter<String>("city", "City name.").minLength(1).maxLength(80)
public struct Parameter<Value: ToolValue>: Sendable {
  /// The argument's name.
  public let name: String
  /// What it means.
  public let description: String?
  /// What a call without it gets.
  public let defaultArgument: JSON?
  /// What the schema says besides the type: `minimum`, `maxLength` and the like.
  private(set) var bounds: JSONObject = [:]

  /// Makes a parameter.
  public init(_ name: String, _ description: String? = nil, default: Value? = nil) {
    self.name = name
    self.description = description
    defaultArgument = `default`?.argument
  }

  /// The parameter as the schema describes it.
  public var input: ToolInput {
    let isOptional = defaultArgument != nil || (try? Value.absent()) != nil
    var schema = Value.schema
    for bound in bounds.members { schema[bound.name] = bound.value }
    return ToolInput(
      name, schema: schema, description, isRequired: !isOptional, default: defaultArgument)
  }

  func bounded(_ keyword: String, _ bound: JSON) -> Parameter {
    var parameter = self
    parameter.bounds[keyword] = bound
    return parameter
  }
}
