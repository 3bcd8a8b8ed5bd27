// SPDX-License-Identifier: GPL-3.0-or-later
import JSONKit

/// What a schema says about one place in the arguments, as far as reading words needs it.
///
/// This reads hints only; whether a finished value is valid is the schema checker's word.
struct InputSchema {
  /// The schema at this place.
  let here: JSON
  /// The document references point into.
  private let root: JSON

  init(_ schema: JSONObject) { self.init(.object(schema), root: .object(schema)) }

  private init(_ here: JSON, root: JSON) {
    var target = here
    var hops = 0
    while let reference = target["$ref"]?.string, hops < 16, let next = Self.resolve(reference, in: root) {
      target = next
      hops += 1
    }
    (self.here, self.root) = (target, root)
  }

  /// Types named by `type`; empty when it does not say.
  var types: [String] {
    switch here["type"] {
    case .string(let type)?: [type]
    case .array(let types)?: types.compactMap(\.string)
    default: parts.lazy.map(\.types).first { !$0.isEmpty } ?? []
    }
  }

  /// The values listed by `enum` or `const`; nil when it does not say.
  var values: [JSON]? {
    here["const"].map { [$0] } ?? here["enum"]?.array ?? parts.lazy.compactMap(\.values).first
  }

  /// The members of `anyOf` or `oneOf`.
  var alternatives: [InputSchema] {
    guard let listed = here["anyOf"]?.array ?? here["oneOf"]?.array else {
      return parts.lazy.map(\.alternatives).first { !$0.isEmpty } ?? []
    }
    return listed.map { InputSchema($0, root: root) }
  }

  /// The members of `allOf`, of which generators make a reference with a description.
  private var parts: [InputSchema] { (here["allOf"]?.array ?? []).map { InputSchema($0, root: root) } }

  /// Whether an array may stand here.
  var allowsArray: Bool { types.contains("array") || alternatives.contains { $0.allowsArray } }
  /// Whether binary data must be written in Base64: by `contentEncoding`, or by the formats generators have for it.
  var wantsBase64: Bool {
    let formats = ["byte", "base64"]
    return here["contentEncoding"]?.string?.lowercased() == "base64"
      || here["format"]?.string.map(formats.contains) == true
      || (alternatives + parts).contains { $0.wantsBase64 }
  }

  /// Whether a value is valid here, as far as that can be told from this place alone.
  func admits(_ value: JSON) -> Bool {
    var alone = here.object ?? [:]
    for name in ["$defs", "definitions"] where alone[name] == nil { alone[name] = root[name] }
    guard let schema = try? Schema(compiling: .object(alone)) else { return true }
    return schema.validate(value).isEmpty
  }
  var description: String? { here["description"]?.string ?? here["title"]?.string }

  /// The named members of an object with their schemas, in the order declared.
  var properties: [(name: String, schema: InputSchema)] {
    (here["properties"]?.object?.members ?? []).map { ($0.name, InputSchema($0.value, root: root)) }
      + parts.flatMap(\.properties)
  }
  /// The members that must be there.
  var required: [String] {
    (here["required"]?.array ?? []).compactMap(\.string) + parts.flatMap(\.required)
  }
  /// Whether members that are not declared are certainly unwanted: there is a list, and nothing opens it.
  var isClosed: Bool {
    let openers = [
      "additionalProperties", "patternProperties", "unevaluatedProperties", "anyOf", "oneOf", "if", "$ref",
    ]
    if here["additionalProperties"] == .bool(false) { return true }
    return here["properties"] != nil && !openers.contains { here[$0] != nil }
  }

  /// The schema of the member `name`; nil when nothing is said about it.
  func member(_ name: String) -> InputSchema? {
    if let found = properties.first(where: { $0.name == name }) { return found.schema }
    if let other = here["additionalProperties"], other.object != nil { return InputSchema(other, root: root) }
    return (parts + alternatives).lazy.compactMap { $0.member(name) }.first
  }

  /// The schema of the element at `index`; nil when nothing is said about it.
  func element(_ index: Int) -> InputSchema? {
    if let schema = here["prefixItems"]?[index] { return InputSchema(schema, root: root) }
    if let schema = here["items"], schema.object != nil { return InputSchema(schema, root: root) }
    return (parts + alternatives).lazy.compactMap { $0.element(index) }.first
  }

  /// Follows `#/$defs/Name`; nil for anything outside this document.
  private static func resolve(_ reference: String, in root: JSON) -> JSON? {
    guard reference.hasPrefix("#") else { return nil }
    var place = root
    for part in reference.dropFirst().split(separator: "/") {
      let name = String(part.replacing("~1", with: "/").replacing("~0", with: "~"))
      guard let next = place[name] ?? Int(name).flatMap({ place[$0] }) else { return nil }
      place = next
    }
    return place
  }
}
