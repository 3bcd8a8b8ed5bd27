// SPDX-License-Identifier: Apache-2.0

/// A URI template (RFC 6570, all four levels), such as `test://template/{id}/data`.
package struct URITemplate: Sendable, Hashable, CustomStringConvertible {
  /// The template as it was written.
  package let description: String
  let parts: [Part]
  let steps: [Step]

  enum Part: Sendable, Hashable {
    case literal(String)
    case expression(Operator, [Variable])
  }

  struct Variable: Sendable, Hashable {
    let name: String
    /// The `*` that gives each element its own place.
    var isExploded = false
    /// How many characters are used, from `:3`.
    var prefix: Int?
  }

  /// Reads a template.
  ///
  /// - Throws: `JSONError` with the byte of the template that is wrong.
  package init(_ text: String) throws(JSONError) {
    var parser = URITemplateParser(text)
    description = text
    parts = try parser.parts()
    steps = Self.steps(of: parts)
  }

  /// The names of the variables in the order they are first used.
  package var variables: [String] {
    var names: [String] = []
    for case .expression(_, let variables) in parts {
      for variable in variables where !names.contains(variable.name) { names.append(variable.name) }
    }
    return names
  }

  /// The character after `{`, which says how values are joined and encoded.
  enum Operator: String, Sendable {
    case simple = ""
    case reserved = "+"
    case fragment = "#"
    case label = "."
    case path = "/"
    case parameter = ";"
    case query = "?"
    case continuation = "&"

    /// What stands before the first value.
    var first: String { self == .reserved ? "" : rawValue }

    /// What stands between values.
    var separator: String {
      switch self {
      case .simple, .reserved, .fragment: ","
      case .label, .path, .parameter: rawValue
      case .query, .continuation: "&"
      }
    }

    /// Whether values are given with their names.
    var isNamed: Bool { self == .parameter || self == .query || self == .continuation }

    /// What follows the name of an empty value.
    var afterEmptyName: String { self == .query || self == .continuation ? "=" : "" }

    /// Whether reserved characters stay as they are.
    var allowsReserved: Bool { self == .reserved || self == .fragment }
  }
}

/// Reads the text of a template.
private struct URITemplateParser {
  private let bytes: [UInt8]
  private var position = 0

  init(_ text: String) { bytes = Array(text.utf8) }

  mutating func parts() throws(JSONError) -> [URITemplate.Part] {
    var parts: [URITemplate.Part] = []
    while position < bytes.count {
      if bytes[position] == UInt8(ascii: "{") {
        parts.append(try expression())
      } else {
        parts.append(.literal(try literal()))
      }
    }
    return parts
  }

  private func fault(_ message: String) -> JSONError { JSONError(offset: position, message: message) }

  private mutating func literal() throws(JSONError) -> String {
    let start = position
    while position < bytes.count, bytes[position] != UInt8(ascii: "{") {
      if bytes[position] == UInt8(ascii: "}") { throw fault("'}' without '{' in a URI template") }
      position += 1
    }
    return PercentEncoding.encoded(bytes[start..<position], keepingReserved: true)
  }

  private mutating func expression() throws(JSONError) -> URITemplate.Part {
    guard let end = bytes[position...].firstIndex(of: UInt8(ascii: "}")) else {
      throw fault("'{' without '}' in a URI template")
    }
    position += 1
    var kind = URITemplate.Operator.simple
    if position < end, let named = URITemplate.Operator(rawValue: String(Unicode.Scalar(bytes[position]))) {
      kind = named
      position += 1
    }
    var variables: [URITemplate.Variable] = []
    while true {
      let variableEnd = bytes[position..<end].firstIndex(of: UInt8(ascii: ",")) ?? end
      variables.append(try variable(to: variableEnd))
      position = variableEnd + 1
      if variableEnd == end { return .expression(kind, variables) }
    }
  }

  private mutating func variable(to end: Int) throws(JSONError) -> URITemplate.Variable {
    let start = position
    while position < end, isNameByte(in: start..<end) { position += 1 }
    let name = String(decoding: bytes[start..<position], as: UTF8.self)
    guard !name.isEmpty, !name.hasPrefix("."), !name.hasSuffix("."), !name.contains("..") else {
      throw fault("expected the name of a variable in a URI template")
    }
    var variable = URITemplate.Variable(name: name)
    guard position < end else { return variable }
    if bytes[position] == UInt8(ascii: "*") {
      variable.isExploded = true
      position += 1
    } else if bytes[position] == UInt8(ascii: ":") {
      position += 1
      variable.prefix = try prefix(to: end)
    }
    guard position == end else { throw fault("unexpected character after the name of a variable in a URI template") }
    return variable
  }

  /// Whether the byte at `position` belongs to a name: a letter, digit, `_`, `.` or part of `%XX`.
  private mutating func isNameByte(in range: Range<Int>) -> Bool {
    let byte = bytes[position]
    if byte == UInt8(ascii: "%") {
      guard position + 2 < range.upperBound, PercentEncoding.digit(bytes[position + 1]) != nil,
        PercentEncoding.digit(bytes[position + 2]) != nil
      else { return false }
      position += 2
      return true
    }
    return PercentEncoding.isUnreserved(byte) && byte != UInt8(ascii: "-") && byte != UInt8(ascii: "~")
  }

  private mutating func prefix(to end: Int) throws(JSONError) -> Int {
    let digits = bytes[position..<end]
    guard digits.count <= 4, digits.first != UInt8(ascii: "0"), digits.allSatisfy({ $0 &- 0x30 < 10 }),
      let length = Int(String(decoding: digits, as: UTF8.self))
    else { throw fault("a prefix in a URI template has to be a number from 1 to 9999") }
    position = end
    return length
  }
}
