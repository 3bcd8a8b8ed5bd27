// SPDX-License-Identifier: Apache-2.0

extension SchemaCheck {
  mutating func check(_ rules: SchemaArrayRules, _ elements: [JSON], _ evaluated: inout SchemaEvaluated) -> Bool {
    var isValid = checkSize(rules, elements)
    for (index, schema) in rules.prefix.enumerated() where index < elements.count && (isValid || collectsFaults) {
      isValid = check(schema, elements[index], at: .index(index)) && isValid
    }
    evaluated.leadingItems = max(evaluated.leadingItems, min(rules.prefix.count, elements.count))
    if let schema = rules.items {
      for index in elements.indices.dropFirst(rules.prefix.count) where isValid || collectsFaults {
        isValid = check(schema, elements[index], at: .index(index)) && isValid
      }
      evaluated.leadingItems = elements.count
    }
    if let schema = rules.contains { isValid = check(contains: schema, rules, elements, &evaluated) && isValid }
    return isValid
  }

  private mutating func checkSize(_ rules: SchemaArrayRules, _ elements: [JSON]) -> Bool {
    var isValid = true
    if let least = rules.minItems, elements.count < least {
      isValid = fault("minItems", .about("must have at least \(Self.counted(least, "item"))"))
    }
    if let most = rules.maxItems, elements.count > most {
      isValid = fault("maxItems", .about("must have at most \(Self.counted(most, "item"))"))
    }
    if rules.uniqueItems, Set(elements.lazy.map(SameValue.init)).count < elements.count {
      isValid = fault("uniqueItems", .about("must not hold an item twice"))
    }
    return isValid
  }

  private mutating func check(
    contains schema: Int, _ rules: SchemaArrayRules, _ elements: [JSON], _ evaluated: inout SchemaEvaluated
  ) -> Bool {
    var count = 0
    for (index, element) in elements.enumerated() {
      var inner = SchemaEvaluated()
      guard passes(schema, element, &inner) else { continue }
      count += 1
      if program.tracksEvaluation, rules.containsEvaluates { evaluated.otherItems.insert(index) }
    }
    if count < rules.minContains {
      return fault("contains", .about("must hold at least \(Self.counted(rules.minContains, "matching item"))"))
    }
    if let most = rules.maxContains, count > most {
      return fault("maxContains", .about("must hold at most \(Self.counted(most, "matching item"))"))
    }
    return true
  }

  mutating func check(
    unevaluatedItems schema: Int, _ elements: [JSON], _ evaluated: inout SchemaEvaluated
  ) -> Bool {
    var isValid = true
    for index in elements.indices.dropFirst(evaluated.leadingItems) where !evaluated.otherItems.contains(index) {
      isValid = check(schema, elements[index], at: .index(index)) && isValid
    }
    evaluated.leadingItems = elements.count
    return isValid
  }
}
