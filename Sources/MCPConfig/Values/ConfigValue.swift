// SPDX-License-Identifier: Apache-2.0
package import JSONKit

/// A checked value of one key.
package enum ConfigValue: Sendable, Hashable {
  case text(String)
  case secret(Secret)
  case boolean(Bool)
  case integer(Int)
  case duration(Duration)
  /// A number of bytes.
  case size(Int)
  case list([String])
  /// Sections that stand in a list, such as the servers to use.
  case items([ConfigItem])
}

/// One section of a list of sections.
package struct ConfigItem: Sendable, Hashable {
  package let values: [String: ConfigValue]
  package init(_ values: [String: ConfigValue]) { self.values = values }

  package func text(_ name: String) -> String? { if case .text(let value) = values[name] { value } else { nil } }
  package func integer(_ name: String) -> Int? { if case .integer(let value) = values[name] { value } else { nil } }
  /// Nil when nothing is said, which is not the same as an empty list.
  package func list(_ name: String) -> [String]? { if case .list(let value) = values[name] { value } else { nil } }
}

extension ConfigValue {
  /// The value as people write it; a secret is masked.
  package var shown: String {
    switch self {
    case .text(let text): maskingPassword(in: text)
    case .secret(let secret): secret.description
    case .boolean(let value): value ? "true" : "false"
    case .integer(let value): String(value)
    case .duration(let value): Units.text(value)
    case .size(let bytes): Units.text(bytes: bytes)
    case .list(let values): values.map(maskingPassword).joined(separator: ", ")
    case .items(let items): items.map { $0.shown }.joined(separator: "; ")
    }
  }

  /// The same for programs: numbers and Booleans as such, everything with a unit as text.
  package var json: JSON {
    switch self {
    case .boolean(let value): .bool(value)
    case .integer(let value): .number(JSONNumber(value))
    case .list(let values): .array(values.map { .string(maskingPassword(in: $0)) })
    case .items(let items): .array(items.map { .object($0.json) })
    case .text, .secret, .duration, .size: .string(shown)
    }
  }
}

extension ConfigItem {
  /// What may hold a secret is masked as a whole: variables and arguments of programs, headers.
  private var masked: [(key: String, value: ConfigValue)] {
    values.sorted { $0.key < $1.key }.map { name, value in
      guard case .list(let texts) = value, ["env", "args", "headers"].contains(name) else { return (name, value) }
      return (
        name,
        .list(
          texts.map { text in
            let end = text.firstIndex { $0 == "=" || $0 == ":" }
            return end.map { text[...$0] + Secret.mask } ?? Secret.mask
          })
      )
    }
  }

  fileprivate var shown: String { masked.map { "\($0.key)=\($0.value.shown)" }.joined(separator: " ") }
  fileprivate var json: JSONObject {
    JSONObject(masked.map { JSONObject.Member(name: $0.key, value: $0.value.json) })
  }
}
