// SPDX-License-Identifier: Apache-2.0

extension URITemplate {
  /// The URI with the values of `variables` put in; those that are missing, null or empty lists leave nothing behind.
  ///
  /// - Throws: `JSONError` when only the beginning of a list or an object is asked for, which has none.
  package func expanded(_ variables: JSONObject) throws(JSONError) -> String {
    var text = ""
    for part in parts {
      switch part {
      case .literal(let literal): text += literal
      case .expression(let kind, let names):
        var values: [String] = []
        for variable in names { values += try Self.expanded(variable, variables[variable.name] ?? .null, kind) }
        if !values.isEmpty { text += kind.first + values.joined(separator: kind.separator) }
      }
    }
    return text
  }

  /// What stands for one variable, in as many pieces as are separated from each other.
  private static func expanded(_ variable: Variable, _ value: JSON, _ kind: Operator) throws(JSONError) -> [String] {
    switch value {
    case .null: return []
    case .string, .number, .bool:
      let whole = spelled(value)
      let text = variable.prefix.map { String(String.UnicodeScalarView(whole.unicodeScalars.prefix($0))) } ?? whole
      return [named(variable.name, encoded(text, kind), kind)]
    case .array, .object:
      guard variable.prefix == nil else {
        throw JSONError(message: "'\(variable.name)' is no text to take the beginning of")
      }
      return expanded(variable, pairs: pairs(of: value), kind)
    }
  }

  private static func expanded(
    _ variable: Variable, pairs: [(name: String?, value: String)], _ kind: Operator
  ) -> [String] {
    guard !pairs.isEmpty else { return [] }
    guard variable.isExploded else {
      let values = pairs.flatMap { [$0.name, $0.value].compactMap { $0 } }
      return [named(variable.name, values.map { encoded($0, kind) }.joined(separator: ","), kind)]
    }
    return pairs.map { pair in
      let value = encoded(pair.value, kind)
      if let name = pair.name {
        return kind.isNamed ? named(encoded(name, kind), value, kind) : "\(encoded(name, kind))=\(value)"
      }
      return named(variable.name, value, kind)
    }
  }

  private static func named(_ name: String, _ value: String, _ kind: Operator) -> String {
    guard kind.isNamed else { return value }
    return value.isEmpty ? name + kind.afterEmptyName : "\(name)=\(value)"
  }

  private static func pairs(of value: JSON) -> [(name: String?, value: String)] {
    switch value {
    case .array(let elements): elements.filter { !$0.isNull }.map { (nil, spelled($0)) }
    case .object(let object): object.members.filter { !$0.value.isNull }.map { ($0.name, spelled($0.value)) }
    case .null, .bool, .number, .string: []
    }
  }

  private static func spelled(_ value: JSON) -> String { value.string ?? value.text }

  private static func encoded(_ text: String, _ kind: Operator) -> String {
    PercentEncoding.encoded(Array(text.utf8)[...], keepingReserved: kind.allowsReserved)
  }
}
