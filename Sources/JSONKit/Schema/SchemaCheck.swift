// SPDX-License-Identifier: Apache-2.0

/// One value being checked against a program.
///
/// Places are not tracked on the way down: a fault starts without one, and every level it comes up through adds its
/// step, so that a valid value pays nothing for them.
struct SchemaCheck {
  let program: SchemaProgram
  var findings: [SchemaFinding] = []
  /// Whether all faults are wanted, or only whether there is one.
  var collectsFaults: Bool
  private var steps = 0
  private var depth = 0
  /// The resources entered, outermost first, while there are dynamic references.
  private(set) var scopes: [Int] = []
  private var isExhausted = false

  init(_ program: SchemaProgram, collectsFaults: Bool = true) {
    self.program = program
    self.collectsFaults = collectsFaults
  }

  var faults: [SchemaFault] { findings.prefix(program.limits.faults).map(\.fault) }

  /// Checks the whole value.
  @discardableResult
  mutating func run(_ value: JSON) -> Bool {
    var evaluated = SchemaEvaluated()
    return check(0, value, &evaluated) && !isExhausted
  }

  /// Checks `value` against subschema `number`; what it looked at is added to `evaluated` when anyone asks for that.
  mutating func check(_ number: Int, _ value: JSON, _ evaluated: inout SchemaEvaluated) -> Bool {
    let node = program.nodes[number]
    guard enter(node) else { return false }
    defer { leave() }
    guard acceptsKind(node, value) else { return false }
    var isValid = true
    if let values = node.values { isValid = check(values, value) }
    if let logic = node.logic, isValid || collectsFaults { isValid = check(logic, value, &evaluated) && isValid }
    guard isValid || collectsFaults else { return false }
    switch value {
    case .number(let number): if let rules = node.number { isValid = check(rules, number) && isValid }
    case .string(let text): if let rules = node.string { isValid = check(rules, text) && isValid }
    case .array(let elements):
      if let rules = node.array { isValid = check(rules, elements, &evaluated) && isValid }
      if isValid, let rest = node.unevaluatedItems {
        isValid = check(unevaluatedItems: rest, elements, &evaluated) && isValid
      }
    case .object(let object):
      if let rules = node.object { isValid = check(rules, object, &evaluated) && isValid }
      if isValid, let rest = node.unevaluatedProperties {
        isValid = check(unevaluatedProperties: rest, object, &evaluated) && isValid
      }
    case .null, .bool: break
    }
    return isValid
  }

  private mutating func enter(_ node: SchemaNode) -> Bool {
    steps += 1
    guard steps <= program.limits.steps, depth < program.limits.depth, !isExhausted else {
      if !isExhausted {
        isExhausted = true
        findings.append(SchemaFinding(keyword: "$schema", phrase: .about("takes too many steps to check")))
      }
      return false
    }
    depth += 1
    if !program.dynamicAnchors.isEmpty { scopes.append(node.resource) }
    return true
  }

  private mutating func leave() {
    depth -= 1
    if !program.dynamicAnchors.isEmpty { scopes.removeLast() }
  }

  /// Whether `value` passes subschema `number`, leaving no faults behind.
  mutating func passes(_ number: Int, _ value: JSON, _ evaluated: inout SchemaEvaluated) -> Bool {
    let collected = collectsFaults
    collectsFaults = false
    defer { collectsFaults = collected }
    var inner = SchemaEvaluated()
    guard check(number, value, &inner) else { return false }
    if program.tracksEvaluation { evaluated.formUnion(inner) }
    return true
  }

  /// Checks what stands one step deeper, whose own parts are nobody else's concern.
  mutating func check(_ number: Int, _ value: JSON, at step: @autoclosure () -> SchemaFinding.Step) -> Bool {
    let before = findings.count
    var inner = SchemaEvaluated()
    let isValid = check(number, value, &inner)
    if findings.count > before {
      let step = step()
      for index in before..<findings.count { findings[index].path.append(step) }
    }
    return isValid
  }

  /// Notes a fault, at the value checked or one step deeper; always false.
  mutating func fault(
    _ keyword: String, _ phrase: @autoclosure () -> SchemaFinding.Phrase, at step: SchemaFinding.Step? = nil
  ) -> Bool {
    if collectsFaults, findings.count < program.limits.faults {
      findings.append(SchemaFinding(keyword: keyword, phrase: phrase(), path: step.map { [$0] } ?? []))
    }
    return false
  }
}

/// The parts of one value that some subschema had a say on: `unevaluatedItems` and `unevaluatedProperties` get the rest.
struct SchemaEvaluated {
  /// How many items from the first on.
  var leadingItems = 0
  var otherItems: Set<Int> = []
  var members: Set<Int> = []

  mutating func formUnion(_ other: SchemaEvaluated) {
    leadingItems = max(leadingItems, other.leadingItems)
    otherItems.formUnion(other.otherItems)
    members.formUnion(other.members)
  }
}
