// SPDX-License-Identifier: Apache-2.0
package import JSONKit

/// An argument of a tool that is repeated in an HTTP header, as `x-mcp-header` in the tool's input schema says.
///
/// Spec: 2026-07-28, basic/transports/streamable-http, "Custom Headers from Tool Parameters".
package struct HeaderParameter: Sendable, Hashable {
  /// The names that lead to the argument.
  package let path: [String]
  /// The header: `Mcp-Param-` and the annotation.
  package let header: String

  /// All annotations of a schema.
  /// - Throws: `InvalidShape` naming the annotation that makes the tool unusable over HTTP.
  package static func all(in schema: JSON) throws(InvalidShape) -> [HeaderParameter] {
    var found: [HeaderParameter] = []
    try walk(schema, [], isReachable: true, &found)
    var names: Set<String> = []
    for parameter in found where !names.insert(parameter.header.lowercased()).inserted {
      throw InvalidShape("x-mcp-header '\(parameter.header.dropFirst(prefix.count))' is there twice")
    }
    return found
  }

  /// The argument in `arguments`; nil when it is absent or null.
  package func value(in arguments: JSON) -> JSON? {
    let value = path.reduce(Optional(arguments)) { $0?[$1] }
    return value?.isNull == true ? nil : value
  }

  /// The text a header has for `value`; nil for what no header can repeat.
  package static func text(_ value: JSON) -> String? {
    switch value {
    case .string(let text): text
    case .bool(let isTrue): isTrue ? "true" : "false"
    case .number(let number): number.int.map(String.init) ?? number.text
    case .null, .array, .object: nil
    }
  }

  private static let prefix = "Mcp-Param-"

  /// Walks a schema; only what `properties` alone lead to can be repeated.
  private static func walk(
    _ schema: JSON, _ path: [String], isReachable: Bool, _ found: inout [HeaderParameter]
  ) throws(InvalidShape) {
    guard case .object(let object) = schema else {
      for element in schema.array ?? [] { try walk(element, path, isReachable: false, &found) }
      return
    }
    if let annotation = object["x-mcp-header"] {
      let isArgument = isReachable && !path.isEmpty
      let name = try header(annotation, type: object["type"], isArgument)
      found.append(HeaderParameter(path: path, header: prefix + name))
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
