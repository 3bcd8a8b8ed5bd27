// SPDX-License-Identifier: Apache-2.0

/// Reads the keywords of one subschema, refusing values that make no sense.
struct SchemaReader {
  let object: JSONObject
  let place: SchemaPlace
  let draft: SchemaDraft

  func fault(_ message: String) -> SchemaError { SchemaError(pointer: place.pointer.text, message: message) }

  private func read<Value>(
    _ keyword: String, _ expected: String, _ convert: (JSON) -> Value?
  ) throws(SchemaError) -> Value? {
    guard let value = object[keyword] else { return nil }
    guard let converted = convert(value) else { throw fault("'\(keyword)' has to be \(expected)") }
    return converted
  }

  func string(_ keyword: String) throws(SchemaError) -> String? { try read(keyword, "a string", \.string) }
  func bool(_ keyword: String) throws(SchemaError) -> Bool? { try read(keyword, "true or false", \.bool) }
  func array(_ keyword: String) throws(SchemaError) -> [JSON]? { try read(keyword, "an array", \.array) }
  func number(_ keyword: String) throws(SchemaError) -> JSONNumber? { try read(keyword, "a number", \.number) }

  func members(_ keyword: String) throws(SchemaError) -> [JSONObject.Member]? {
    try read(keyword, "an object") { $0.object?.members }
  }

  func strings(_ keyword: String) throws(SchemaError) -> [String]? {
    try read(keyword, "an array of strings", Self.strings)
  }

  private static func strings(_ value: JSON) -> [String]? {
    guard let elements = value.array else { return nil }
    let strings = elements.compactMap(\.string)
    return strings.count == elements.count ? strings : nil
  }

  /// A length or count: an integer from 0 on; one that does not fit is as good as none above it.
  func count(_ keyword: String) throws(SchemaError) -> Int? {
    try read(keyword, "an integer from 0 on") { value in
      guard let number = value.number, number.isInteger, number.double >= 0 else { return nil }
      return number.int ?? Int.max
    }
  }

  func kinds() throws(SchemaError) -> JSONKinds {
    guard let value = object["type"] else { return .all }
    let names = value.string.map { [$0] } ?? Self.strings(value)
    guard let names, !names.isEmpty else { throw fault("'type' has to be a name or an array of names") }
    var kinds: JSONKinds = []
    for name in names {
      guard let kind = JSONKinds(name: name) else {
        throw fault("'type' has no '\(name)'; it knows \(JSONKinds.all.names.joined(separator: ", ")) and integer")
      }
      kinds.formUnion(kind)
    }
    return kinds
  }

  func values() throws(SchemaError) -> SchemaValues? {
    let allowed = try array("enum")
    let constant = object["const"]
    return allowed == nil && constant == nil ? nil : SchemaValues(allowed: allowed, constant: constant)
  }

  func numberRules() throws(SchemaError) -> SchemaNumberRules? {
    var rules: [SchemaNumberRules.Rule] = []
    for comparison in SchemaNumberRules.Comparison.allCases {
      guard let bound = try number(comparison.rawValue) else { continue }
      if comparison == .multipleOf, ExactNumber(bound) <= ExactNumber(JSONNumber(0)) {
        throw fault("'multipleOf' has to be more than 0")
      }
      rules.append(SchemaNumberRules.Rule(comparison: comparison, bound: ExactNumber(bound), text: bound.text))
    }
    return rules.isEmpty ? nil : SchemaNumberRules(rules: rules)
  }

  func stringRules() throws(SchemaError) -> SchemaStringRules? {
    var rules = SchemaStringRules()
    rules.minLength = try count("minLength")
    rules.maxLength = try count("maxLength")
    if let source = try string("pattern") { rules.pattern = try pattern(source, of: "pattern") }
    return rules.minLength == nil && rules.maxLength == nil && rules.pattern == nil ? nil : rules
  }

  func pattern(_ source: String, of keyword: String) throws(SchemaError) -> Pattern {
    do {
      return try Pattern(source)
    } catch {
      throw fault("'\(keyword)' \(source) is no regular expression: \(error.message)")
    }
  }

  /// `dependentRequired`, and `dependencies` as far as they list names.
  func dependentNames() throws(SchemaError) -> [(name: String, needs: [String])] {
    var found: [(name: String, needs: [String])] = []
    for member in try members("dependentRequired") ?? [] {
      guard let names = Self.strings(member.value) else { throw fault("'dependentRequired' has to list names") }
      found.append((member.name, names))
    }
    for member in try members("dependencies") ?? [] where member.value.array != nil {
      guard let names = Self.strings(member.value) else { throw fault("'dependencies' has to list names") }
      found.append((member.name, names))
    }
    return found
  }
}
