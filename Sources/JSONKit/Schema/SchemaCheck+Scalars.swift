// SPDX-License-Identifier: Apache-2.0

extension SchemaCheck {
  /// Whether `type` allows the value.
  @inline(__always)
  mutating func acceptsKind(_ node: SchemaNode, _ value: JSON) -> Bool {
    if node.isNever { return fault("false", .about("is not allowed")) }
    let kinds = node.kinds
    if kinds == .all { return true }
    let isAccepted =
      switch value {
      case .null: kinds.contains(.null)
      case .bool: kinds.contains(.boolean)
      case .number(let number): kinds.contains(.number) || kinds.contains(.integer) && number.isInteger
      case .string: kinds.contains(.string)
      case .array: kinds.contains(.array)
      case .object: kinds.contains(.object)
      }
    return isAccepted || fault("type", .about("must be \(kinds.phrase)"))
  }

  mutating func check(_ values: SchemaValues, _ value: JSON) -> Bool {
    if let constant = values.constant, !constant.isSameValue(as: value) {
      return fault("const", .about("must be \(Self.spelled(constant))"))
    }
    guard let allowed = values.allowed, !allowed.contains(where: { $0.isSameValue(as: value) }) else { return true }
    let shown = allowed.prefix(12).map(Self.spelled).joined(separator: ", ")
    return fault("enum", .about("must be one of \(shown)\(allowed.count > 12 ? ", …" : "")"))
  }

  private static func spelled(_ value: JSON) -> String {
    let text = value.string ?? value.text
    return text.utf8.count <= 64 ? text : "\(text.prefix(48))…"
  }

  mutating func check(_ rules: SchemaNumberRules, _ number: JSONNumber) -> Bool {
    let exact = ExactNumber(number)
    var isValid = true
    for rule in rules.rules where !Self.obeys(rule, exact) {
      let phrase =
        switch rule.comparison {
        case .minimum: "must be at least"
        case .maximum: "must be at most"
        case .exclusiveMinimum: "must be more than"
        case .exclusiveMaximum: "must be less than"
        case .multipleOf: "must be a multiple of"
        }
      isValid = fault(rule.comparison.rawValue, .about("\(phrase) \(rule.text)"))
    }
    return isValid
  }

  private static func obeys(_ rule: SchemaNumberRules.Rule, _ number: ExactNumber) -> Bool {
    switch rule.comparison {
    case .minimum: number >= rule.bound
    case .maximum: number <= rule.bound
    case .exclusiveMinimum: number > rule.bound
    case .exclusiveMaximum: number < rule.bound
    case .multipleOf: number.isMultiple(of: rule.bound) ?? false
    }
  }

  mutating func check(_ rules: SchemaStringRules, _ text: String) -> Bool {
    var isValid = true
    if rules.minLength != nil || rules.maxLength != nil {
      let length = text.utf8.reduce(0) { $1 & 0xC0 == 0x80 ? $0 : $0 + 1 }
      if let least = rules.minLength, length < least {
        isValid = fault("minLength", .about("must have at least \(Self.counted(least, "character"))"))
      }
      if let most = rules.maxLength, length > most {
        isValid = fault("maxLength", .about("must have at most \(Self.counted(most, "character"))"))
      }
    }
    guard let pattern = rules.pattern else { return isValid }
    switch pattern.match(text) {
    case .found: return isValid
    case .notFound: return fault("pattern", .about("must match the pattern \(pattern.source)"))
    case .tooMuchWork: return fault("pattern", .about("takes too many steps to match with \(pattern.source)"))
    }
  }

  static func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}
