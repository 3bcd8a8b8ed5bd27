// SPDX-License-Identifier: Apache-2.0

extension Schema {
  /// The kinds of value the schema accepts at `path`, a member name or item index each; all kinds where it says nothing.
  ///
  /// References, `allOf`, `enum` and `const` are followed, and alternatives where only one of them has parts.
  package func kinds(at path: [String] = []) -> JSONKinds {
    path.reduce([0]) { program.children(of: $0, named: $1) }
      .map { program.kinds(of: $0) }
      .reduce(nil as JSONKinds?) { ($0 ?? .all).intersection($1) } ?? .all
  }
}

extension SchemaProgram {
  private static var deepest: Int { 16 }

  /// The kinds of value subschema `number` accepts, as far as can be told without a value.
  func kinds(of number: Int, depth: Int = 0) -> JSONKinds {
    let node = nodes[number]
    if node.isNever { return [] }
    var kinds = node.kinds
    if let constant = node.values?.constant { kinds.formIntersection(JSONKinds(of: constant)) }
    if let allowed = node.values?.allowed {
      kinds.formIntersection(allowed.reduce(into: []) { $0.formUnion(JSONKinds(of: $1)) })
    }
    guard let logic = node.logic, depth < Self.deepest else { return kinds }
    for same in node.same {
      kinds.formIntersection(self.kinds(of: same, depth: depth + 1))
    }
    for choice in [logic.anyOf, logic.oneOf] where !choice.isEmpty {
      kinds.formIntersection(choice.reduce(into: []) { $0.formUnion(self.kinds(of: $1, depth: depth + 1)) })
    }
    return kinds
  }

  /// The subschemas for what `name` names in the values of `numbers`; a value has to pass one for each alternative.
  func children(of numbers: [Int], named name: String) -> [Int] {
    numbers.flatMap { child(of: $0, named: name, depth: 0) }
  }

  private func child(of number: Int, named name: String, depth: Int) -> [Int] {
    let node = nodes[number]
    var found: [Int] = []
    if let rules = node.object {
      if let property = rules.number(of: name) {
        found.append(rules.properties[property].schema)
      } else if let additional = rules.additional, !rules.patterns.contains(where: { $0.pattern.match(name) == .found })
      {
        found.append(additional)
      }
    }
    if let rules = node.array, let index = Int(name), index >= 0 {
      found += [index < rules.prefix.count ? rules.prefix[index] : rules.items].compactMap { $0 }
    }
    guard let logic = node.logic, depth < Self.deepest else { return found }
    for same in node.same {
      found += child(of: same, named: name, depth: depth + 1)
    }
    for choice in [logic.anyOf, logic.oneOf] {
      let containers = choice.filter { !kinds(of: $0).isDisjoint(with: [.object, .array]) }
      if containers.count == 1 { found += child(of: containers[0], named: name, depth: depth + 1) }
    }
    return found
  }
}
