// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore

/// A tool's input schema, ready to check arguments.
struct ArgumentSchema: Sendable {
  private let properties: JSONObject
  private let required: [String]

  init(of tool: Tool) throws(FeatureError) {
    properties = tool.inputSchema["properties"]?.object ?? [:]
    required = tool.inputSchema["required"]?.array?.compactMap(\.string) ?? []
  }

  /// Fills in defaults and names every argument that does not fit.
  func check(_ arguments: inout JSONObject) -> [String] {
    for property in properties.members where arguments[property.name] == nil {
      if let value = property.value["default"] { arguments[property.name] = value }
    }
    var faults = required.filter { arguments[$0] == nil }.map { "\($0) is required" }
    for property in properties.members {
      guard let value = arguments[property.name], let fault = mismatch(value, property.value) else { continue }
      faults.append("\(property.name) must be \(fault)")
    }
    return faults
  }

  private func mismatch(_ value: JSON, _ schema: JSON) -> String? {
    switch schema["type"]?.string {
    case "string": value.string == nil ? "a string" : nil
    case "number": value.number == nil ? "a number" : nil
    case "integer": value.int == nil ? "an integer" : nil
    case "boolean": value.bool == nil ? "true or false" : nil
    case "object": value.object == nil ? "an object" : nil
    case "array": value.array == nil ? "an array" : nil
    default: nil
    }
  }
}
