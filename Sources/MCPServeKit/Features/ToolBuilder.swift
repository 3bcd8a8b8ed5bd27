// SPDX-License-Identifier: Apache-2.0
public import JSONKit
public import MCPCore

/// Builds a tool step by step; `required`, `default`, `description`, `oneOf`, `minimum` and its like speak of the input added last.
///
///     try ToolBuilder("weather", "Weather of a place.")
///       .string("location", "Where.").required()
///       .string("units").oneOf("celsius", "fahrenheit").default("celsius")
///       .handler { context, arguments in … }
public struct ToolBuilder: Sendable {
  private let name: String
  private let text: String
  private var inputs: [ToolInput] = []

  /// Starts a tool.
  public init(_ name: String, _ description: String) {
    self.name = name
    text = description
  }

  /// Adds a string.
  public func string(_ name: String, _ description: String? = nil) -> ToolBuilder { input(name, .string, description) }
  /// Adds a number.
  public func number(_ name: String, _ description: String? = nil) -> ToolBuilder { input(name, .number, description) }
  /// Adds an integer.
  public func integer(_ name: String, _ description: String? = nil) -> ToolBuilder {
    input(name, .integer, description)
  }
  /// Adds a boolean.
  public func boolean(_ name: String, _ description: String? = nil) -> ToolBuilder {
    input(name, .boolean, description)
  }
  /// Adds an object.
  public func object(_ name: String, _ description: String? = nil) -> ToolBuilder { input(name, .object, description) }
  /// Adds an array.
  public func array(_ name: String, _ description: String? = nil) -> ToolBuilder { input(name, .array, description) }
  /// Adds an input of any schema.
  public func input(_ input: ToolInput) -> ToolBuilder {
    var builder = self
    builder.inputs.append(input)
    return builder
  }

  /// Refuses calls without the last input.
  public func required() -> ToolBuilder { changingLast { $0.isRequired = true } }
  /// Gives calls without the last input this value.
  public func `default`(_ value: JSON) -> ToolBuilder { changingLast { $0.defaultValue = value } }
  /// Says what the last input means.
  public func description(_ text: String) -> ToolBuilder { changingLast { $0.description = text } }
  /// Allows only these values for the last input.
  public func oneOf(_ values: JSON...) -> ToolBuilder { changingLast { $0.schema["enum"] = .array(values) } }

  /// The tool as it is listed, without a handler.
  public var tool: Tool { Tool(name, text, inputs: inputs) }

  /// The tool with its handler.
  /// - Throws: `FeatureError` `.malformed` when an input's schema is none.
  public func handler(_ handler: @escaping ServerTool.Handler) throws(FeatureError) -> ServerTool {
    try ServerTool(tool, handler: handler)
  }

  private func input(_ name: String, _ kind: ToolInput.Kind, _ description: String?) -> ToolBuilder {
    input(ToolInput(name, kind, description))
  }

  func changingLast(_ change: (inout ToolInput) -> Void) -> ToolBuilder {
    guard let last = inputs.indices.last else { return self }
    var builder = self
    change(&builder.inputs[last])
    return builder
  }
}
