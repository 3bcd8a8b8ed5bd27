// SPDX-License-Identifier: Apache-2.0

extension Schema {
  /// `value` with the `default` of each property that is missing, in nested objects too.
  ///
  /// References and `allOf` are followed, alternatives are not: which applies may depend on what is filled in.
  package func applyingDefaults(to value: JSON) -> JSON {
    guard program.defaults.leadsToSome[0] else { return value }
    return program.filled(0, value, depth: 0) ?? value
  }
}

/// Which subschemas say what is filled in.
struct SchemaDefaults: Sendable {
  /// The `default` of each subschema or of what it refers to.
  let initial: [JSON?]
  /// Whether there is a default somewhere below each subschema.
  let leadsToSome: [Bool]

  init(_ nodes: [SchemaNode]) {
    let initial = nodes.indices.map { Self.initial(of: $0, in: nodes) }
    var leadsToSome = nodes.map { _ in false }
    for _ in 0..<SchemaProgram.deepestDefault where initial.contains(where: { $0 != nil }) {
      var isSettled = true
      for (number, node) in nodes.enumerated().reversed() where !leadsToSome[number] {
        let below = node.object?.properties.map(\.schema) ?? []
        leadsToSome[number] =
          below.contains { initial[$0] != nil || leadsToSome[$0] } || node.same.contains { leadsToSome[$0] }
          || node.array?.items.map { leadsToSome[$0] } ?? false
        if leadsToSome[number] { isSettled = false }
      }
      if isSettled { break }
    }
    (self.initial, self.leadsToSome) = (initial, leadsToSome)
  }

  private static func initial(of number: Int, in nodes: [SchemaNode]) -> JSON? {
    var number = number
    for _ in 0..<16 {
      if let initial = nodes[number].initial { return initial }
      guard let reference = nodes[number].logic?.reference else { return nil }
      number = reference
    }
    return nil
  }
}

extension SchemaNode {
  /// The subschemas that always apply to the same value.
  var same: [Int] {
    guard let logic else { return [] }
    return [logic.reference, logic.dynamicReference?.schema].compactMap { $0 } + logic.allOf
  }
}

extension SchemaProgram {
  /// Defaults nested deeper are not filled in.
  fileprivate static var deepestDefault: Int { 64 }

  /// `value` with what is missing, or nil when nothing is.
  fileprivate func filled(_ number: Int, _ value: JSON, depth: Int) -> JSON? {
    guard defaults.leadsToSome[number], depth < Self.deepestDefault else { return nil }
    let node = nodes[number]
    var result: JSON?
    if node.logic != nil {
      for same in node.same { result = filled(same, result ?? value, depth: depth + 1) ?? result }
    }
    switch result ?? value {
    case .object(let object):
      guard let rules = node.object, let filled = filled(rules, object, depth: depth) else { return result }
      return .object(filled)
    case .array(let elements):
      guard let items = node.array?.items else { return result }
      let filled = elements.map { self.filled(items, $0, depth: depth + 1) }
      guard filled.contains(where: { $0 != nil }) else { return result }
      return .array(zip(filled, elements).map { $0 ?? $1 })
    case .null, .bool, .number, .string: return result
    }
  }

  private func filled(_ rules: SchemaObjectRules, _ object: JSONObject, depth: Int) -> JSONObject? {
    var result: JSONObject?
    for property in rules.properties {
      let initial = defaults.initial[property.schema]
      guard initial != nil || defaults.leadsToSome[property.schema] else { continue }
      let present = object[property.name]
      guard let value = present ?? initial else { continue }
      let filled = filled(property.schema, value, depth: depth + 1)
      if present == nil || filled != nil {
        var changed = result ?? object
        changed[property.name] = filled ?? value
        result = changed
      }
    }
    return result
  }
}
