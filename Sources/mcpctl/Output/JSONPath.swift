// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit

/// A way into a JSON value: `.content[0].text`, `tools[].name`, `.["a b"]`, `..name`, `.tools[?(@.name=="echo")]`.
///
/// The expression of `--path`, of `-o jsonpath=…` within its braces, and of the columns of `-o custom-columns=…`.
struct JSONPath: ArgumentValue, Sendable, Equatable {
  enum Step: Equatable, Sendable {
    case member(String)
    case element(Int)
    /// Every element or member value.
    case each
    /// Elements from one place to before another; negative ones count from the end.
    case slice(Int?, Int?, Int)
    /// What several steps find, in their order.
    case several([Step])
    /// What a step finds here and anywhere below.
    case anywhere
    /// The elements or member values for which a condition holds.
    case those(PathCondition)
  }

  let steps: [Step]
  /// Whether it begins at the root, not at the current value.
  let isRooted: Bool
  /// As it was typed.
  let shown: String?

  init(steps: [Step], isRooted: Bool = false, shown: String? = nil) {
    (self.steps, self.isRooted, self.shown) = (steps, isRooted, shown)
  }

  init(argument word: String) throws(ValueFault) {
    var parser = PathParser(word)
    let path = try parser.path()
    try parser.end()
    self.init(steps: path.steps, isRooted: path.isRooted, shown: word)
  }

  /// What the expression finds; possibly several values, when it is plural.
  func find(in value: JSON, root: JSON? = nil) -> [JSON] {
    let root = root ?? value
    return steps.reduce([isRooted ? root : value]) { values, step in
      values.flatMap { Self.find(step, in: $0, root) }
    }
  }

  /// Whether it may find more than one value.
  var isPlural: Bool {
    steps.contains { step in
      switch step {
      case .member, .element: false
      case .each, .slice, .several, .anywhere, .those: true
      }
    }
  }

  private static func find(_ step: Step, in value: JSON, _ root: JSON) -> [JSON] {
    switch step {
    case .member(let name): return value[name].map { [$0] } ?? []
    case .element(let index):
      let place = index < 0 ? index + (value.array?.count ?? 0) : index
      return value[place].map { [$0] } ?? []
    case .each: return value.children
    case .slice(let from, let to, let by): return slice(value.array ?? [], from, to, by)
    case .several(let steps): return steps.flatMap { find($0, in: value, root) }
    case .anywhere: return value.withDescendants
    case .those(let condition): return value.children.filter { condition.holds(for: $0, root: root) }
    }
  }

  private static func slice(_ elements: [JSON], _ from: Int?, _ to: Int?, _ by: Int) -> [JSON] {
    func place(_ index: Int) -> Int { min(max(index < 0 ? index + elements.count : index, 0), elements.count) }
    let (start, end) = (place(from ?? 0), place(to ?? elements.count))
    guard start < end else { return [] }
    return stride(from: start, to: end, by: by).map { elements[$0] }
  }
}

extension JSON {
  /// Elements or member values.
  fileprivate var children: [JSON] { array ?? object?.members.map(\.value) ?? [] }

  /// The value and all below it, those above first. The parser of JSON bounds the depth.
  fileprivate var withDescendants: [JSON] { [self] + children.flatMap(\.withDescendants) }
}

/// A condition on a value: comparisons, joined by `&&` and `||`.
struct PathCondition: Equatable, Sendable {
  enum Operand: Equatable, Sendable {
    case path(JSONPath)
    case value(JSON)
  }
  enum Comparison: String, Sendable, CaseIterable {
    case equal = "=="
    case unequal = "!="
    case atMost = "<="
    case atLeast = ">="
    case less = "<"
    case more = ">"
  }
  /// One comparison, or a path that has to find something.
  struct Term: Equatable, Sendable {
    let left: Operand
    var comparison: (Comparison, Operand)?

    static func == (one: Term, other: Term) -> Bool {
      one.left == other.left && one.comparison?.0 == other.comparison?.0 && one.comparison?.1 == other.comparison?.1
    }
  }

  /// One of these has to hold in all its terms.
  let alternatives: [[Term]]

  func holds(for value: JSON, root: JSON) -> Bool {
    alternatives.contains { $0.allSatisfy { Self.holds($0, value, root) } }
  }

  private static func holds(_ term: Term, _ value: JSON, _ root: JSON) -> Bool {
    func values(_ operand: Operand) -> [JSON] {
      switch operand {
      case .path(let path): path.find(in: value, root: root)
      case .value(let value): [value]
      }
    }
    let left = values(term.left)
    guard let (comparison, operand) = term.comparison else { return !left.isEmpty }
    let right = values(operand)
    // What is not there is unequal to everything, and neither more nor less.
    guard let one = left.first, let other = right.first else { return comparison == .unequal && left != right }
    // 3 and 3.0 are one number.
    let isEqual = one == other || one.double.map { $0 == other.double } ?? false
    switch comparison {
    case .equal: return isEqual
    case .unequal: return !isEqual
    default: break
    }
    if let one = one.double, let other = other.double { return order(one, comparison, other) }
    if let one = one.string, let other = other.string { return order(one, comparison, other) }
    return false
  }

  private static func order<Value: Comparable>(_ one: Value, _ comparison: Comparison, _ other: Value) -> Bool {
    switch comparison {
    case .less: one < other
    case .atMost: one <= other
    case .more: one > other
    case .atLeast: one >= other
    case .equal, .unequal: false
    }
  }
}
