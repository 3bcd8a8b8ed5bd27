// SPDX-License-Identifier: Apache-2.0

/// A compiled schema: subschemas refer to each other by their number, so that references may go in circles.
final class SchemaProgram: Sendable {
  let nodes: [SchemaNode]
  /// For each `$dynamicAnchor` the subschema it names in each resource.
  let dynamicAnchors: [String: [Int: Int]]
  /// Whether a subschema asks what the others have evaluated.
  let tracksEvaluation: Bool
  let defaults: SchemaDefaults
  let limits: SchemaLimits

  init(nodes: [SchemaNode], dynamicAnchors: [String: [Int: Int]], limits: SchemaLimits) {
    self.nodes = nodes
    self.dynamicAnchors = dynamicAnchors
    self.limits = limits
    tracksEvaluation = nodes.contains { $0.unevaluatedItems != nil || $0.unevaluatedProperties != nil }
    defaults = SchemaDefaults(nodes)
  }
}

/// One subschema. Parts that are nil ask nothing.
final class SchemaNode: Sendable {
  let kinds: JSONKinds
  let values: SchemaValues?
  let number: SchemaNumberRules?
  let string: SchemaStringRules?
  let array: SchemaArrayRules?
  let object: SchemaObjectRules?
  let logic: SchemaLogic?
  let unevaluatedItems: Int?
  let unevaluatedProperties: Int?
  /// The value of `default`.
  let initial: JSON?
  /// The number of the schema resource this is in, for `$dynamicRef`.
  let resource: Int
  /// Whether this is the schema `false`, which accepts nothing.
  let isNever: Bool

  /// The schemas `true` and `false`.
  init(accepts: Bool, resource: Int) {
    kinds = .all
    (values, number, string, array, object, logic) = (nil, nil, nil, nil, nil, nil)
    (unevaluatedItems, unevaluatedProperties, initial) = (nil, nil, nil)
    self.resource = resource
    isNever = !accepts
  }

  init(_ parts: SchemaNodeParts, resource: Int) {
    kinds = parts.kinds
    values = parts.values
    number = parts.number
    string = parts.string
    array = parts.array
    object = parts.object
    logic = parts.logic
    unevaluatedItems = parts.unevaluatedItems
    unevaluatedProperties = parts.unevaluatedProperties
    initial = parts.initial
    self.resource = resource
    isNever = false
  }
}

/// What a subschema is made of while it is read.
struct SchemaNodeParts {
  var kinds = JSONKinds.all
  var values: SchemaValues?
  var number: SchemaNumberRules?
  var string: SchemaStringRules?
  var array: SchemaArrayRules?
  var object: SchemaObjectRules?
  var logic: SchemaLogic?
  var unevaluatedItems: Int?
  var unevaluatedProperties: Int?
  var initial: JSON?
}

/// `enum` and `const`.
struct SchemaValues: Sendable {
  var allowed: [JSON]?
  var constant: JSON?
}

struct SchemaNumberRules: Sendable {
  enum Comparison: String, CaseIterable {
    case minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf
  }

  struct Rule: Sendable {
    let comparison: Comparison
    let bound: ExactNumber
    /// The bound as it was spelled.
    let text: String
  }

  let rules: [Rule]
}

struct SchemaStringRules: Sendable {
  var minLength: Int?
  var maxLength: Int?
  var pattern: Pattern?
}

struct SchemaArrayRules: Sendable {
  var minItems: Int?
  var maxItems: Int?
  var uniqueItems = false
  var prefix: [Int] = []
  var items: Int?
  var contains: Int?
  var minContains = 1
  var maxContains: Int?
  /// Whether items matching `contains` count as evaluated; not in draft 7.
  var containsEvaluates = true
}

final class SchemaObjectRules: Sendable {
  struct Property: Sendable {
    let name: String
    let schema: Int
  }

  let properties: [Property]
  let patterns: [(pattern: Pattern, schema: Int)]
  let additional: Int?
  let required: [String]
  let names: Int?
  let minProperties: Int?
  let maxProperties: Int?
  let dependentRequired: [(name: String, needs: [String])]
  let dependentSchemas: [Property]
  /// Property numbers by name, made only when there are many.
  private let byName: [String: Int]
  /// The required names among the first 64 properties, a bit each, when all required names are.
  let requiredBits: UInt64?

  init(_ parts: SchemaObjectParts) {
    properties = parts.properties
    patterns = parts.patterns
    additional = parts.additional
    required = parts.required
    names = parts.names
    minProperties = parts.minProperties
    maxProperties = parts.maxProperties
    dependentRequired = parts.dependentRequired
    dependentSchemas = parts.dependentSchemas
    let numbers = Dictionary(
      parts.properties.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { _, later in later })
    byName = parts.properties.count > 12 ? numbers : [:]
    let requiredNumbers = parts.required.map { numbers[$0] ?? 64 }
    requiredBits =
      requiredNumbers.allSatisfy { $0 < 64 } ? requiredNumbers.reduce(0) { $0 | 1 << UInt64($1) } : nil
  }

  /// The number of the property called `name`.
  func number(of name: String) -> Int? {
    if properties.count > 12 { return byName[name].flatMap { properties[$0].name.hasBytes(of: name) ? $0 : nil } }
    return properties.lastIndex { $0.name.hasBytes(of: name) }
  }
}

/// What an object's rules are made of while they are read.
struct SchemaObjectParts {
  var properties: [SchemaObjectRules.Property] = []
  var patterns: [(pattern: Pattern, schema: Int)] = []
  var additional: Int?
  var required: [String] = []
  var names: Int?
  var minProperties: Int?
  var maxProperties: Int?
  var dependentRequired: [(name: String, needs: [String])] = []
  var dependentSchemas: [SchemaObjectRules.Property] = []

  /// Whether nothing is asked.
  var isEmpty: Bool {
    properties.isEmpty && patterns.isEmpty && additional == nil && required.isEmpty && names == nil
      && minProperties == nil && maxProperties == nil && dependentRequired.isEmpty && dependentSchemas.isEmpty
  }
}

/// Subschemas applied to the same value.
struct SchemaLogic: Sendable {
  var reference: Int?
  /// Where `$dynamicRef` leads when no outer resource says otherwise, and the anchor to look for, if it is dynamic.
  var dynamicReference: (anchor: String?, schema: Int)?
  var allOf: [Int] = []
  var anyOf: [Int] = []
  var oneOf: [Int] = []
  var not: Int?
  var condition: (test: Int, then: Int?, otherwise: Int?)?

  init(reference: Int?) { self.reference = reference }

  /// Whether nothing is asked.
  var isEmpty: Bool {
    reference == nil && dynamicReference == nil && allOf.isEmpty && anyOf.isEmpty && oneOf.isEmpty && not == nil
      && condition == nil
  }
}
