// SPDX-License-Identifier: Apache-2.0

/// A value as JSON Schema compares it: numbers by value, objects whatever the order of their members.
struct SameValue: Hashable {
  let value: JSON

  static func == (left: SameValue, right: SameValue) -> Bool { left.value.isSameValue(as: right.value) }

  func hash(into hasher: inout Hasher) {
    switch value {
    case .null: hasher.combine(0)
    case .bool(let value): hasher.combine(value)
    case .number(let number): hasher.combine(ExactNumber(number))
    case .string(let text): hasher.combine(text)
    case .array(let elements): for element in elements { hasher.combine(SameValue(value: element)) }
    case .object(let object):
      hasher.combine(
        object.members.reduce(0) { sum, member in
          var inner = hasher
          inner.combine(member.name)
          inner.combine(SameValue(value: member.value))
          return sum ^ inner.finalize()
        })
    }
  }
}

extension JSON {
  /// Whether both are equal as JSON Schema compares: `1` and `1.0` are, and so are objects ordered differently.
  package func isSameValue(as other: JSON) -> Bool {
    switch (self, other) {
    case (.string(let left), .string(let right)): left.hasBytes(of: right)
    case (.number(let left), .number(let right)): left == right || ExactNumber(left) == ExactNumber(right)
    case (.array(let left), .array(let right)):
      left.count == right.count && zip(left, right).allSatisfy { $0.isSameValue(as: $1) }
    case (.object(let left), .object(let right)): left.isSameValue(as: right)
    default: self == other
    }
  }
}

extension JSONObject {
  fileprivate func isSameValue(as other: JSONObject) -> Bool {
    guard count == other.count else { return false }
    if zip(members, other.members).allSatisfy({ $0.name.hasBytes(of: $1.name) }) {
      return zip(members, other.members).allSatisfy { $0.value.isSameValue(as: $1.value) }
    }
    let others = Dictionary(other.members.map { ($0.name, $0.value) }, uniquingKeysWith: { _, later in later })
    return members.allSatisfy { member in others[member.name].map { member.value.isSameValue(as: $0) } ?? false }
  }
}
