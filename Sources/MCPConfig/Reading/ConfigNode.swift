// SPDX-License-Identifier: Apache-2.0

/// A place in a file, both counted from 1; columns count characters.
package struct Mark: Sendable, Hashable, Comparable {
  package let line: Int
  package let column: Int

  package init(line: Int, column: Int) { (self.line, self.column) = (line, column) }

  package static func < (one: Mark, other: Mark) -> Bool { (one.line, one.column) < (other.line, other.column) }
}

/// A value of a YAML or JSON file before anybody knows what it should be, with its place.
package struct ConfigNode: Sendable {
  package enum Value: Sendable {
    case scalar(Scalar)
    case sequence([ConfigNode])
    case mapping([Entry])
  }

  /// Text that has no type yet: the key it stands for decides whether `yes` is a word or an answer.
  package struct Scalar: Sendable {
    package let text: String
    /// Whether it stands without quotes, so that `null` and `~` mean nothing.
    package let isPlain: Bool
    /// Whether it may be the default `null` of its format.
    package var isNull: Bool { isPlain && ["", "~", "null", "Null", "NULL"].contains(text) }
  }

  /// One key with its value.
  package struct Entry: Sendable {
    package let key: String
    package let mark: Mark
    package let value: ConfigNode
  }

  package let value: Value
  package let mark: Mark
  /// How many nodes this is, itself included.
  let count: Int

  package init(_ value: Value, at mark: Mark) {
    (self.value, self.mark) = (value, mark)
    switch value {
    case .scalar: count = 1
    case .sequence(let nodes): count = nodes.reduce(1) { $0 + $1.count }
    case .mapping(let entries): count = entries.reduce(1) { $0 + $1.value.count }
    }
  }

  /// The same value where an alias stands for it.
  func moved(to mark: Mark) -> ConfigNode { ConfigNode(value, at: mark) }

  package var scalar: Scalar? { if case .scalar(let scalar) = value { scalar } else { nil } }
  package var elements: [ConfigNode]? { if case .sequence(let nodes) = value { nodes } else { nil } }
  package var entries: [Entry]? { if case .mapping(let entries) = value { entries } else { nil } }
  package var isNull: Bool { scalar?.isNull == true }

  /// The value called `key`; nil when this is no mapping or has no such key.
  package subscript(key: String) -> ConfigNode? { entries?.last { $0.key == key }?.value }

  /// What it is, for people.
  var kind: String {
    switch value {
    case .scalar(let scalar): scalar.isNull ? "nothing" : "'\(clipped(scalar.text))'"
    case .sequence: "a list"
    case .mapping: "a section"
    }
  }
}

/// `text` as a message can quote it: one line, not endless.
func clipped(_ text: String) -> String {
  let line = String(String.UnicodeScalarView(text.unicodeScalars.prefix(61).map { $0.value < 0x20 ? " " : $0 }))
  return line.unicodeScalars.count > 60
    ? line.unicodeScalars.prefix(59).reduce(into: "") { $0.unicodeScalars.append($1) } + "…" : line
}

/// What one file may cost.
package struct ConfigLimits: Sendable {
  /// The longest file in bytes. Default 1 MiB.
  package var bytes = 1 << 20
  /// The deepest nesting. Default 32.
  package var depth = 32
  /// The most values, those an alias repeats counted each time. Default 50 000.
  package var values = 50_000
  /// The most problems that are told of one file. Default 200.
  package var problems = 200

  package init() {}
}
