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
    default: []
    }
  }

  /// The values listed by `enum` or `const`; nil when it does not say.
  var values: [JSON]? { here["const"].map { [$0] } ?? here["enum"]?.array }

  /// The members of `anyOf` or `oneOf`.
  var alternatives: [InputSchema] {
    (here["anyOf"]?.array ?? here["oneOf"]?.array ?? []).map { InputSchema($0, root: root) }
  }

  /// Whether an array may stand here.
  var allowsArray: Bool { types.contains("array") || alternatives.contains { $0.allowsArray } }
  /// Whether binary data must be written in Base64.
  var wantsBase64: Bool { here["contentEncoding"]?.string?.lowercased() == "base64" }
  var description: String? { here["description"]?.string ?? here["title"]?.string }

  /// The named members of an object with their schemas, in the order declared.
  var properties: [(name: String, schema: InputSchema)] {
    var found = (here["properties"]?.object?.members ?? []).map { ($0.name, InputSchema($0.value, root: root)) }
    for part in here["allOf"]?.array ?? [] { found += InputSchema(part, root: root).properties }
    return found
  }
  /// The members that must be there.
  var required: [String] {
    (here["required"]?.array ?? []).compactMap(\.string)
      + (here["allOf"]?.array ?? []).flatMap { InputSchema($0, root: root).required }
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
    return alternatives.lazy.compactMap { $0.member(name) }.first
  }

  /// The schema of the element at `index`; nil when nothing is said about it.
  func element(_ index: Int) -> InputSchema? {
    if let schema = here["prefixItems"]?[index] { return InputSchema(schema, root: root) }
    if let schema = here["items"], schema.object != nil { return InputSchema(schema, root: root) }
    return alternatives.lazy.compactMap { $0.element(index) }.first
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
