// SPDX-License-Identifier: Apache-2.0

/// Which keywords hold subschemas, and how.
enum SchemaKeywords {
  private static let single = [
    "additionalItems", "additionalProperties", "contains", "contentSchema", "else", "if", "items", "not",
    "propertyNames", "then", "unevaluatedItems", "unevaluatedProperties",
  ]
  private static let list = ["allOf", "anyOf", "oneOf", "prefixItems", "items"]
  private static let map = [
    "$defs", "definitions", "dependencies", "dependentSchemas", "patternProperties", "properties",
  ]

  /// The subschemas `value` holds directly, each with the path to it.
  static func subschemas(of value: JSON) -> [(path: [String], value: JSON)] {
    guard case .object(let object) = value else { return [] }
    var found: [(path: [String], value: JSON)] = []
    for member in object.members {
      switch member.value {
      case .object(let members) where map.contains(member.name):
        found += members.members.map { ([member.name, $0.name], $0.value) }
      case .array(let elements) where list.contains(member.name):
        found += elements.enumerated().map { ([member.name, String($0)], $1) }
      case .object where single.contains(member.name): found.append(([member.name], member.value))
      case .null, .bool, .number, .string, .array, .object: break
      }
    }
    return found
  }
}
