// SPDX-License-Identifier: Apache-2.0

extension JSON {
  /// Appends the compact spelling: one line, UTF-8, escapes only where RFC 8259 demands them.
  public func write(to bytes: inout [UInt8]) {
    JSONOutput.appending(to: &bytes) { $0.append(self) }
  }

  /// The compact spelling as a string.
  public var text: String {
    var bytes: [UInt8] = []
    write(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The spelling for people: two spaces per level, one member or element a line, no newline at the end.
  public var pretty: String {
    var bytes: [UInt8] = []
    JSONOutput.appending(to: &bytes) { $0.append(pretty: self, indent: 0) }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension JSONObject {
  /// Appends the compact spelling: one line, UTF-8, escapes only where RFC 8259 demands them.
  public func write(to bytes: inout [UInt8]) {
    JSONOutput.appending(to: &bytes) { $0.append(self) }
  }

  /// The compact spelling as a string.
  public var text: String { JSON.object(self).text }

  /// The spelling for people: two spaces per level, one member a line, no newline at the end.
  public var pretty: String { JSON.object(self).pretty }
}

extension [UInt8] {
  /// Appends `text` as a JSON string, quotes included.
  package mutating func append(quoting text: String) {
    JSONOutput.appending(to: &self) { $0.append(quoting: text) }
  }
}

extension JSONOutput {
  /// Appends the compact spelling of a value.
  package mutating func append(_ value: borrowing JSON) {
    switch value {
    case .null: append(plain: "null")
    case .bool(let value): append(plain: value ? "true" : "false")
    case .number(let value): append(plain: value.text)
    case .string(let value): append(quoting: value)
    case .array(let value): append(value)
    case .object(let value): append(value)
    }
  }

  private mutating func append(_ elements: borrowing [JSON]) {
    append(UInt8(ascii: "["))
    for index in elements.indices {
      if index > 0 { append(UInt8(ascii: ",")) }
      append(elements[index])
    }
    append(UInt8(ascii: "]"))
  }

  /// Appends the compact spelling of an object.
  package mutating func append(_ object: borrowing JSONObject) {
    append(UInt8(ascii: "{"))
    let members = object.members.span
    for index in members.indices {
      if index > 0 { append(UInt8(ascii: ",")) }
      append(quoting: members[index].name)
      append(UInt8(ascii: ":"))
      append(members[index].value)
    }
    append(UInt8(ascii: "}"))
  }
}

extension JSONOutput {
  fileprivate mutating func append(pretty value: JSON, indent: Int) {
    switch value {
    case .array(let elements) where !elements.isEmpty:
      append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        append(newlineAfterComma: index > 0, indent: indent + 1)
        append(pretty: element, indent: indent + 1)
      }
      append(newlineAfterComma: false, indent: indent)
      append(UInt8(ascii: "]"))
    case .object(let object) where !object.isEmpty:
      append(UInt8(ascii: "{"))
      for (index, member) in object.members.enumerated() {
        append(newlineAfterComma: index > 0, indent: indent + 1)
        append(quoting: member.name)
        append(plain: ": ")
        append(pretty: member.value, indent: indent + 1)
      }
      append(newlineAfterComma: false, indent: indent)
      append(UInt8(ascii: "}"))
    case .null, .bool, .number, .string, .array, .object: append(value)
    }
  }

  private mutating func append(newlineAfterComma hasComma: Bool, indent: Int) {
    if hasComma { append(UInt8(ascii: ",")) }
    append(UInt8(ascii: "\n"))
    for _ in 0..<indent { append(plain: "  ") }
  }
}
