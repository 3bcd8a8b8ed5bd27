// SPDX-License-Identifier: Apache-2.0

extension JSON {
  /// Appends the compact spelling: one line, UTF-8, escapes only where RFC 8259 demands them.
  public func write(to bytes: inout [UInt8]) {
    switch self {
    case .null: bytes.append(contentsOf: StaticString("null"))
    case .bool(let value): bytes.append(contentsOf: value ? StaticString("true") : StaticString("false"))
    case .number(let value): bytes.append(contentsOf: value.text.utf8)
    case .string(let value): bytes.append(quoting: value)
    case .array(let elements):
      bytes.append(UInt8(ascii: "["))
      var isFirst = true
      for element in elements {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
        element.write(to: &bytes)
      }
      bytes.append(UInt8(ascii: "]"))
    case .object(let object): object.write(to: &bytes)
    }
  }

  /// The compact spelling as a string.
  public var text: String {
    var bytes: [UInt8] = []
    write(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension JSONObject {
  /// Appends the compact spelling: one line, UTF-8, escapes only where RFC 8259 demands them.
  public func write(to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "{"))
    var isFirst = true
    for member in members {
      if !isFirst { bytes.append(UInt8(ascii: ",")) }
      isFirst = false
      bytes.append(quoting: member.name)
      bytes.append(UInt8(ascii: ":"))
      member.value.write(to: &bytes)
    }
    bytes.append(UInt8(ascii: "}"))
  }

  /// The compact spelling as a string.
  public var text: String {
    var bytes: [UInt8] = []
    write(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension [UInt8] {
  /// Appends an ASCII constant.
  @inline(__always)
  fileprivate mutating func append(contentsOf word: StaticString) {
    word.withUTF8Buffer { append(contentsOf: $0) }
  }

  /// Appends `text` as a JSON string, quotes included.
  package mutating func append(quoting text: String) {
    append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { units in
      var runStart = 0
      for index in units.indices where units[index] < 0x20 || units[index] == 0x22 || units[index] == 0x5C {
        append(contentsOf: units[runStart..<index])
        appendEscape(of: units[index])
        runStart = index + 1
      }
      append(contentsOf: units[runStart...])
    }
    append(UInt8(ascii: "\""))
  }

  private mutating func appendEscape(of unit: UInt8) {
    append(UInt8(ascii: "\\"))
    switch unit {
    case 0x08: append(UInt8(ascii: "b"))
    case 0x09: append(UInt8(ascii: "t"))
    case 0x0A: append(UInt8(ascii: "n"))
    case 0x0C: append(UInt8(ascii: "f"))
    case 0x0D: append(UInt8(ascii: "r"))
    case 0x22, 0x5C: append(unit)
    default:
      let digits = StaticString("0123456789abcdef").utf8Start
      append(contentsOf: StaticString("u00"))
      append(digits[Int(unit >> 4)])
      append(digits[Int(unit & 15)])
    }
  }
}
