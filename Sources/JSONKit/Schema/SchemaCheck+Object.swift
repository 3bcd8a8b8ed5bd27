// SPDX-License-Identifier: Apache-2.0

extension SchemaCheck {
  mutating func check(_ rules: SchemaObjectRules, _ object: JSONObject, _ evaluated: inout SchemaEvaluated) -> Bool {
    var isValid = checkSize(rules, object)
    var seen: UInt64 = 0
    for (index, member) in object.members.enumerated() where isValid || collectsFaults {
      var isKnown = false
      if let number = rules.number(of: member.name) {
        isKnown = true
        if number < 64 { seen |= 1 << UInt64(number) }
        isValid = check(rules.properties[number].schema, member.value, at: .name(member.name)) && isValid
      }
      isValid = checkName(member.name, rules, member.value, isKnown: &isKnown) && isValid
      if !isKnown, let additional = rules.additional {
        isKnown = true
        isValid = check(additional: additional, member, rules) && isValid
      }
      if isKnown, program.tracksEvaluation { evaluated.members.insert(index) }
    }
    if !rules.required.isEmpty, rules.requiredBits.map({ $0 & ~seen != 0 }) ?? true {
      isValid = checkRequired(rules.required, object) && isValid
    }
    return checkDependents(rules, object, &evaluated) && isValid
  }

  private mutating func checkName(
    _ name: String, _ rules: SchemaObjectRules, _ value: JSON, isKnown: inout Bool
  ) -> Bool {
    var isValid = true
    if let names = rules.names {
      var inner = SchemaEvaluated()
      if !passes(names, .string(name), &inner) {
        isValid = fault("propertyNames", .about("is not an allowed name"), at: .name(name))
      }
    }
    for (pattern, schema) in rules.patterns {
      switch pattern.match(name) {
      case .notFound: continue
      case .found: isKnown = true
      case .tooMuchWork:
        return fault(
          "patternProperties", .about("takes too many steps to match with \(pattern.source)"), at: .name(name))
      }
      isValid = check(schema, value, at: .name(name)) && isValid
    }
    return isValid
  }

  private mutating func check(additional: Int, _ member: JSONObject.Member, _ rules: SchemaObjectRules) -> Bool {
    guard program.nodes[additional].isNever else { return check(additional, member.value, at: .name(member.name)) }
    return fault(
      "additionalProperties", .unknown(nearest: member.name.nearest(in: rules.properties.map(\.name))),
      at: .name(member.name))
  }

  private mutating func checkSize(_ rules: SchemaObjectRules, _ object: JSONObject) -> Bool {
    var isValid = true
    if let least = rules.minProperties, object.count < least {
      isValid = fault("minProperties", .about("must have at least \(Self.counted(least, "member"))"))
    }
    if let most = rules.maxProperties, object.count > most {
      isValid = fault("maxProperties", .about("must have at most \(Self.counted(most, "member"))"))
    }
    return isValid
  }

  private mutating func checkRequired(_ names: [String], _ object: JSONObject) -> Bool {
    var isValid = true
    for name in names where !object.contains(name) {
      isValid = fault("required", .about("is required"), at: .name(name))
    }
    return isValid
  }

  private mutating func checkDependents(
    _ rules: SchemaObjectRules, _ object: JSONObject, _ evaluated: inout SchemaEvaluated
  ) -> Bool {
    var isValid = true
    for (name, needs) in rules.dependentRequired where object.contains(name) {
      for need in needs where !object.contains(need) {
        isValid = fault("dependentRequired", .about("is required when \(name) is given"), at: .name(need))
      }
    }
    for dependent in rules.dependentSchemas where object.contains(dependent.name) {
      var inner = SchemaEvaluated()
      isValid = check(dependent.schema, .object(object), &inner) && isValid
      if program.tracksEvaluation { evaluated.formUnion(inner) }
    }
    return isValid
  }

  mutating func check(
    unevaluatedProperties schema: Int, _ object: JSONObject, _ evaluated: inout SchemaEvaluated
  ) -> Bool {
    var isValid = true
    for (index, member) in object.members.enumerated() where !evaluated.members.contains(index) {
      if program.nodes[schema].isNever {
        isValid = fault("unevaluatedProperties", .unknown(nearest: nil), at: .name(member.name))
      } else {
        isValid = check(schema, member.value, at: .name(member.name)) && isValid
      }
      evaluated.members.insert(index)
    }
    return isValid
  }
}
