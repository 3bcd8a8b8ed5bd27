// SPDX-License-Identifier: Apache-2.0
package import JSONKit

/// The JSON Schema of a configuration, for editors. Its key `$schema` may stand in a file that names it.
package enum ConfigSchema {
  package static var schema: JSON {
    var root = object(of: ConfigKey.all, withAliases: true)
    root["$schema"] = "http://json-schema.org/draft-07/schema#"
    root["title"] = "mcpctl configuration"
    root.members.sort { order($0.name) < order($1.name) }
    return .object(root)
  }

  private static func order(_ name: String) -> Int {
    ["$schema", "title", "type"].firstIndex(of: name) ?? 3
  }

  private static func object(of keys: [ConfigKey], withAliases: Bool) -> JSONObject {
    var object: JSONObject = ["type": "object"]
    for key in keys {
      insert(leaf(key, alias: nil), at: key.path, in: &object)
      for alias in withAliases ? key.aliases : [] { insert(leaf(key, alias: alias), at: alias, in: &object) }
    }
    return closed(object)
  }

  /// Puts a leaf into the sections its path names.
  private static func insert(_ leaf: JSON, at path: String, in object: inout JSONObject) {
    let parts = path.split(separator: ".", maxSplits: 1).map(String.init)
    var properties = object["properties"]?.object ?? [:]
    if parts.count == 1 {
      properties[parts[0]] = leaf
    } else {
      var section = properties[parts[0]]?.object ?? ["type": ["object", "null"]]
      insert(leaf, at: parts[1], in: &section)
      properties[parts[0]] = .object(section)
    }
    object["properties"] = .object(properties)
  }

  /// Sections know no other keys than theirs, and those that begin with `x-`.
  private static func closed(_ object: JSONObject) -> JSONObject {
    guard let properties = object["properties"]?.object else { return object }
    var closed = object
    closed["properties"] = .object(
      JSONObject(
        properties.members.map { JSONObject.Member(name: $0.name, value: .object(Self.closed($0.value.object ?? [:]))) }
      ))
    closed["patternProperties"] = ["^[xX]-": true]
    closed["additionalProperties"] = false
    return closed
  }

  private static func leaf(_ key: ConfigKey, alias: String?) -> JSON {
    var leaf = type(key.type)
    leaf["description"] = .string(alias == nil ? key.wholeHelp : "The same as \(key.path). \(key.wholeHelp)")
    if alias != nil { leaf["deprecated"] = true }
    if alias == nil, let standard = key.standardValue { leaf["default"] = standard.json }
    return .object(leaf)
  }

  private static func type(_ type: ConfigType) -> JSONObject {
    // A variable may stand wherever text can.
    let variable: JSON = ["type": "string", "pattern": "\\$\\{"]
    func or(_ plain: JSON) -> JSONObject { ["anyOf": [plain, variable, ["type": "null"]]] }
    switch type {
    case .text, .secret, .file, .output: return ["type": ["string", "number", "boolean", "null"]]
    case .route: return or(["type": "string", "pattern": "^/"])
    case .boolean: return or(["type": "boolean"])
    case .integer(let range):
      return or(["type": "integer", "minimum": number(range.lowerBound), "maximum": number(range.upperBound)])
    case .duration: return or(["type": ["string", "number"], "pattern": "^([0-9.]+(ms|s|m|h|d)?)+$"])
    case .size: return or(["type": ["string", "integer"], "pattern": "^[0-9.]+ ?[A-Za-z]*$"])
    case .choice(let words, let others):
      let letters = (words + others.keys.sorted()).map { word in
        word.map { $0.isLetter ? "[\($0.lowercased())\($0.uppercased())]" : $0 == "." ? "\\." : String($0) }.joined()
      }
      return or([
        "anyOf": [
          ["enum": .array(words.map(JSON.string))],
          ["type": "string", "pattern": .string("^(\(letters.joined(separator: "|")))$")],
        ]
      ])
    case .url(let schemes):
      return or(["type": "string", "pattern": .string("^(\(schemes.joined(separator: "|")))://.")])
    case .rate: return or(["type": "string", "pattern": "^[0-9]+/[smh]$"])
    case .list, .names, .files:
      return or(["type": ["array", "string"], "items": ["type": ["string", "number", "boolean"]]])
    case .choices(let words):
      return or(["type": ["array", "string", "object"], "items": ["enum": .array(words.map(JSON.string))]])
    case .items(let keys): return ["type": ["array", "null"], "items": .object(object(of: keys, withAliases: false))]
    }
  }

  private static func number(_ value: Int) -> JSON { .number(JSONNumber(value)) }
}
