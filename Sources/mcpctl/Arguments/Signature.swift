// SPDX-License-Identifier: GPL-3.0-or-later
import JSONKit
import MCPClientKit

extension InputSchema {
  /// What may stand here in a word or two: `NUMBER`, `add|subtract`, `STRING[]`.
  var kind: String {
    if let values { return values.map { $0.string ?? $0.text }.joined(separator: "|") }
    if !alternatives.isEmpty { return alternatives.map(\.kind).joined(separator: "|") }
    let kinds = types.map { type in
      type == "array" ? (element(0)?.kind ?? "ANY") + "[]" : type == "object" ? "JSON" : type.uppercased()
    }
    return kinds.isEmpty ? "TEXT" : kinds.joined(separator: "|")
  }

  /// The arguments as one types them, required ones first: `a=NUMBER b=NUMBER [operation=add|subtract]`.
  var signature: String {
    let words = properties.map { (name: $0.name, word: "\($0.name)=\($0.schema.kind)") }
    let needed = words.filter { required.contains($0.name) }.map(\.word)
    let others = words.filter { !required.contains($0.name) }.map { "[\($0.word)]" }
    return (needed + others).joined(separator: " ")
  }

  /// An example of each required argument, to copy: `a=1 b=2`.
  var example: String {
    var counter = 0
    return properties.filter { required.contains($0.name) }.map { name, schema in
      counter += 1
      return "\(name)=\(shellWord(schema.sample(counter)))"
    }.joined(separator: " ")
  }

  private func sample(_ number: Int) -> String {
    let given = here["default"] ?? here["examples"]?[0] ?? values?.first
    if let given { return given.string ?? given.text }
    switch types.first ?? alternatives.first?.types.first {
    case "integer", "number": return String(here["minimum"]?.int.map { max($0, number) } ?? number)
    case "boolean": return "true"
    case "array": return element(0)?.sample(number) ?? "[]"
    case "object": return "{}"
    default: return Self.samples[here["format"]?.string ?? ""] ?? "text"
    }
  }

  /// Examples of texts that have a form.
  private static let samples = [
    "uri": "https://example.com/", "email": "ada@example.com", "date": "2026-01-31", "time": "12:00:00Z",
    "date-time": "2026-01-31T12:00:00Z", "uuid": "123e4567-e89b-12d3-a456-426614174000", "hostname": "example.com",
    "ipv4": "192.0.2.1", "ipv6": "2001:db8::1", "duration": "PT1H",
  ]
}

/// An argument as it is to be typed, for somebody who wrote it as an option.
func argumentWord(_ name: String, _ value: String?) -> String {
  let value = value.flatMap { Redaction.isSecret(name) ? nil : $0.shortened } ?? "VALUE"
  return shellWord("\(name)=\(value)")
}

/// `text` so that a shell takes it as one word.
func shellWord(_ text: String) -> String {
  let plain = text.utf8.allSatisfy { byte in
    byte >= 0x80 || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
      || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || "_-./:=@,+%".utf8.contains(byte)
  }
  return plain && !text.isEmpty ? text : "'" + text.replacing("'", with: "'\\''") + "'"
}
