// SPDX-License-Identifier: Apache-2.0

extension SchemaCheck {
  mutating func check(_ logic: SchemaLogic, _ value: JSON, _ evaluated: inout SchemaEvaluated) -> Bool {
    var isValid = true
    if let reference = logic.reference { isValid = apply(reference, value, &evaluated) }
    if let dynamic = logic.dynamicReference {
      isValid = apply(target(of: dynamic), value, &evaluated) && isValid
    }
    for schema in logic.allOf where isValid || collectsFaults {
      isValid = apply(schema, value, &evaluated) && isValid
    }
    if !logic.anyOf.isEmpty { isValid = check(anyOf: logic.anyOf, value, &evaluated) && isValid }
    if !logic.oneOf.isEmpty { isValid = check(oneOf: logic.oneOf, value, &evaluated) && isValid }
    if let not = logic.not {
      var inner = SchemaEvaluated()
      if passes(not, value, &inner) { isValid = fault("not", .about("has a value that is not allowed")) }
    }
    if let (test, then, otherwise) = logic.condition {
      let branch = passes(test, value, &evaluated) ? then : otherwise
      if let branch { isValid = apply(branch, value, &evaluated) && isValid }
    }
    return isValid
  }

  /// Checks the same value; what a valid subschema looked at counts as evaluated.
  private mutating func apply(_ schema: Int, _ value: JSON, _ evaluated: inout SchemaEvaluated) -> Bool {
    guard program.tracksEvaluation else { return check(schema, value, &evaluated) }
    var inner = SchemaEvaluated()
    guard check(schema, value, &inner) else { return false }
    evaluated.formUnion(inner)
    return true
  }

  /// The outermost resource entered that has the anchor says where a dynamic reference leads.
  private func target(of dynamic: (anchor: String?, schema: Int)) -> Int {
    guard let anchor = dynamic.anchor, let schemas = program.dynamicAnchors[anchor] else { return dynamic.schema }
    for scope in scopes {
      if let schema = schemas[scope] { return schema }
    }
    return dynamic.schema
  }

  private mutating func check(anyOf schemas: [Int], _ value: JSON, _ evaluated: inout SchemaEvaluated) -> Bool {
    var isValid = false
    for schema in schemas where !isValid || program.tracksEvaluation {
      if passes(schema, value, &evaluated) { isValid = true }
    }
    return isValid || explain("anyOf", schemas, value)
  }

  private mutating func check(oneOf schemas: [Int], _ value: JSON, _ evaluated: inout SchemaEvaluated) -> Bool {
    var count = 0
    for schema in schemas where count < 2 {
      if passes(schema, value, &evaluated) { count += 1 }
    }
    if count > 1 { return fault("oneOf", .about("matches more than one of the forms allowed")) }
    return count == 1 || explain("oneOf", schemas, value)
  }

  /// Says why `value` passes none of `schemas`: the faults of the only one for its kind, or the kinds that would do.
  private mutating func explain(_ keyword: String, _ schemas: [Int], _ value: JSON) -> Bool {
    guard collectsFaults else { return false }
    let kind = JSONKinds(of: value)
    let kinds = schemas.map { program.kinds(of: $0) }
    let close = zip(schemas, kinds).filter { $1.contains(kind) }
    if close.isEmpty {
      let allowed = kinds.reduce(into: JSONKinds()) { $0.formUnion($1) }
      return fault(keyword, allowed.isEmpty ? .about("is not allowed") : .about("must be \(allowed.phrase)"))
    }
    if close.count == 1 {
      var inner = SchemaEvaluated()
      return check(close[0].0, value, &inner)
    }
    return fault(keyword, .about("matches none of the forms allowed"))
  }
}
