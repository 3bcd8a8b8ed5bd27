// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore

/// A tool's input schema, compiled to check arguments.
struct ArgumentSchema: Sendable {
  private let schema: Schema

  /// - Throws: `FeatureError` `.malformed` naming the place in the schema that makes no sense.
  init(of tool: Tool) throws(FeatureError) {
    guard tool.inputSchema["type"]?.string == "object" else {
      throw FeatureError(.malformed, "the input schema of tool \(tool.name) must have the type object")
    }
    schema = try Schema(.object(tool.inputSchema), of: "input of tool \(tool.name)")
  }

  /// Fills in defaults and names every argument that does not fit.
  func check(_ arguments: inout JSONObject) -> [String] {
    if case .object(let filled) = schema.applyingDefaults(to: .object(arguments)) { arguments = filled }
    return schema.validate(.object(arguments)).map(\.message)
  }
}

extension Schema {
  /// - Throws: `FeatureError` `.malformed` naming the place in the schema that makes no sense.
  init(_ schema: JSON, of subject: String) throws(FeatureError) {
    do throws(SchemaError) {
      try self.init(compiling: schema)
    } catch {
      throw FeatureError(.malformed, "\(subject): \(error)")
    }
  }
}
