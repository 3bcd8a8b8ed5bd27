// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore

/// Arguments that tools want repeated in HTTP headers, as `x-mcp-header` in their input schemas says.
///
/// Spec: 2026-07-28, basic/transports/streamable-http, "Custom Headers from Tool Parameters".
struct HeaderMirror {
  /// An argument to repeat: the names that lead to it, and the rest of its header's name.
  private struct Parameter {
    let path: [String]
    let header: String
  }

  private var parameters: [String: [Parameter]] = [:]

  /// Learns what the tools of one page want.
  /// - Returns: the page without the tools whose annotations are invalid, and why each was dropped.
  mutating func learn(from page: JSONObject) -> (page: JSONObject, dropped: [String]) {
    guard let tools = page["tools"]?.array else { return (page, []) }
    var kept: [JSON] = []
    var dropped: [String] = []
    for tool in tools {
      do throws(InvalidShape) {
        let found = try Self.parameters(of: tool["inputSchema"] ?? .null)
        if let name = tool["name"]?.string { parameters[name] = found.isEmpty ? nil : found }
        kept.append(tool)
      } catch {
        dropped.append("\(tool["name"]?.string ?? "a tool"): \(error.message)")
      }
    }
    guard !dropped.isEmpty else { return (page, []) }
    var page = page
    page["tools"] = .array(kept)
    return (page, dropped)
  }

  /// The headers a call needs beyond the standard ones.
  func headers(for request: Request) -> [(name: String, value: String)] {
    guard request.method == .toolsCall, let tool = request.params["name"]?.string,
      let parameters = parameters[tool], let arguments = request.params["arguments"]
    else { return [] }
    return parameters.compactMap { parameter in
      let value = parameter.path.reduce(Optional(arguments)) { $0?[$1] }
      return value.flatMap(Self.text).map { ("Mcp-Param-\(parameter.header)", HeaderText.encode($0)) }
    }
  }

  private static func text(_ value: JSON) -> String? {
    switch value {
    case .string(let text): text
    case .bool(let isTrue): isTrue ? "true" : "false"
    case .number(let number): number.int.map(String.init) ?? number.text
    case .null, .array, .object: nil
    }
  }

  // Reading schemas

  private static func parameters(of schema: JSON) throws(InvalidShape) -> [Parameter] {
    var found: [Parameter] = []
    try walk(schema, [], isReachable: true, &found)
    var names: Set<String> = []
    for parameter in found where !names.insert(parameter.header.lowercased()).inserted {
      throw InvalidShape("x-mcp-header '\(parameter.header)' is there twice")
    }
    return found
  }

  /// Walks a schema; only what `properties` alone lead to can be repeated.
  private static func walk(
    _ schema: JSON, _ path: [String], isReachable: Bool, _ found: inout [Parameter]
  ) throws(InvalidShape) {
    guard case .object(let object) = schema else {
      for element in schema.array ?? [] { try walk(element, path, isReachable: false, &found) }
      return
    }
    if let annotation = object["x-mcp-header"] {
      let isArgument = isReachable && !path.isEmpty
      found.append(Parameter(path: path, header: try header(annotation, type: object["type"], isArgument)))
    }
    for member in object.members {
      switch member.name {
      case "properties":
        for property in member.value.object?.members ?? [] {
          try walk(property.value, path + [property.name], isReachable: isReachable, &found)
        }
      case "$defs", "definitions", "patternProperties", "dependentSchemas":
        for sub in member.value.object?.members ?? [] { try walk(sub.value, path, isReachable: false, &found) }
      case "x-mcp-header", "enum", "const", "default", "examples": break
      default: try walk(member.value, path, isReachable: false, &found)
      }
    }
  }

  private static func header(
    _ annotation: JSON, type: JSON?, _ isArgument: Bool
  ) throws(InvalidShape) -> String {
    guard let name = annotation.string, !name.isEmpty, name.utf8.allSatisfy(isTokenCharacter) else {
      throw InvalidShape("x-mcp-header \(annotation.text) is no header name")
    }
    guard isArgument else { throw InvalidShape("x-mcp-header '\(name)' is not on a plain property") }
    guard let type = type?.string, ["string", "integer", "boolean"].contains(type) else {
      throw InvalidShape("x-mcp-header '\(name)' is on something other than a string, integer or boolean")
    }
    return name
  }

  /// RFC 9110 section 5.6.2.
  private static func isTokenCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }
}
