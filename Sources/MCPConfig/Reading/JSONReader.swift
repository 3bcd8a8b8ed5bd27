// SPDX-License-Identifier: Apache-2.0
import JSONKit

/// Reads JSON with the place of every value. Comments and commas before a closing bracket are allowed, because editors
/// keep such files.
struct JSONReader {
  private let bytes: [UInt8]
  private let file: String
  private let limits: ConfigLimits
  private var index = 0
  private var line = 1
  private var lineStart = 0
  private var counted = (line: 1, index: 0, column: 1)
  private var values = 0
  /// The names down to where it reads.
  private var path: [String] = []
  private(set) var problems: [Problem] = []

  private struct Stop: Error {}

  /// Reads `bytes`; nil when it is no JSON.
  static func read(_ bytes: [UInt8], file: String, limits: ConfigLimits) -> (ConfigNode?, [Problem]) {
    var reader = JSONReader(bytes: bytes, file: file, limits: limits)
    return (reader.document(), reader.problems)
  }

  private init(bytes: [UInt8], file: String, limits: ConfigLimits) {
    (self.bytes, self.file, self.limits) = (bytes, file, limits)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { (index, lineStart, counted.index) = (3, 3, 3) }
  }

  private mutating func document() -> ConfigNode? {
    do {
      try skip()
      guard index < bytes.count else { return nil }
      let node = try value(depth: 0)
      try skip()
      if index < bytes.count { try fail("something follows the value", "keep one value a file") }
      return node
    } catch {
      return nil
    }
  }

  private mutating func value(depth: Int) throws(Stop) -> ConfigNode {
    guard depth <= limits.depth else {
      try fail("values are nested more than \(limits.depth) deep", "nest less", rule: .limit)
    }
    values += 1
    guard values <= limits.values else {
      try fail("holds more than \(limits.values) values", "write fewer", rule: .limit)
    }
    let mark = mark
    switch current {
    case UInt8(ascii: "{"): return ConfigNode(.mapping(try members(depth: depth)), at: mark)
    case UInt8(ascii: "["): return ConfigNode(.sequence(try elements(depth: depth)), at: mark)
    case UInt8(ascii: "\""): return ConfigNode(.scalar(.init(text: try string(), isPlain: false)), at: mark)
    default: return ConfigNode(.scalar(.init(text: try literal(), isPlain: true)), at: mark)
    }
  }

  private mutating func members(depth: Int) throws(Stop) -> [ConfigNode.Entry] {
    var entries: [ConfigNode.Entry] = []
    var places: [String: Mark] = [:]
    index += 1
    while true {
      try skip()
      if current == UInt8(ascii: "}") { break }
      guard current == UInt8(ascii: "\"") else { try fail("expected a name in double quotes", "write \"name\": value") }
      let mark = mark
      let name = try string()
      try skip()
      guard current == UInt8(ascii: ":") else { try fail("expected ':' after the name", "write \"name\": value") }
      index += 1
      try skip()
      path.append(name)
      let value = try value(depth: depth + 1)
      path.removeLast()
      if let first = places[name] {
        note(
          .duplicateKey, mark, (path + [name]).joined(separator: "."), "is set a second time",
          "it stands in line \(first.line) already; keep one")
      } else {
        places[name] = mark
        entries.append(ConfigNode.Entry(key: name, mark: mark, value: value))
      }
      if try isLast(before: UInt8(ascii: "}")) { break }
    }
    index += 1
    return entries
  }

  private mutating func elements(depth: Int) throws(Stop) -> [ConfigNode] {
    var elements: [ConfigNode] = []
    index += 1
    while true {
      try skip()
      if current == UInt8(ascii: "]") { break }
      elements.append(try value(depth: depth + 1))
      if try isLast(before: UInt8(ascii: "]")) { break }
    }
    index += 1
    return elements
  }

  /// Steps over a comma; true when the bracket follows instead.
  private mutating func isLast(before end: UInt8) throws(Stop) -> Bool {
    try skip()
    if current == end { return true }
    guard current == UInt8(ascii: ",") else {
      let end = String(UnicodeScalar(end))
      try fail("expected ',' or '\(end)'", "separate values by commas and close with '\(end)'")
    }
    index += 1
    return false
  }

  private mutating func string() throws(Stop) -> String {
    let start = index
    index += 1
    while let byte = current, byte != UInt8(ascii: "\""), byte >= 0x20 { index += byte == UInt8(ascii: "\\") ? 2 : 1 }
    guard current == UInt8(ascii: "\"") else {
      try fail("the text does not end on its line", "close it with a double quote")
    }
    index += 1
    do throws(JSONError) {
      guard let text = try JSON(parsing: Array(bytes[start..<index])).string else {
        throw JSONError(message: "no text")
      }
      return text
    } catch {
      index = start + min(error.offset ?? 0, index - start)
      try fail("is no text: \(error.message)", "write it as JSON text")
    }
  }

  private mutating func literal() throws(Stop) -> String {
    let start = index
    while let byte = current, !" \t\r\n,:]}{[\"/".utf8.contains(byte) { index += 1 }
    let text = String(decoding: bytes[start..<index], as: UTF8.self)
    do throws(JSONError) {
      _ = try JSON(parsing: text)
      return text
    } catch {
      index = start
      try fail(
        text.isEmpty ? "a value is missing" : "'\(clipped(text))' is no JSON value", "put text into double quotes")
    }
  }

  /// Steps over white space and comments.
  private mutating func skip() throws(Stop) {
    while let byte = current {
      switch byte {
      case 0x0A: newLine()
      case 0x20, 0x09, 0x0D: index += 1
      case UInt8(ascii: "/") where index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "/"):
        while let byte = current, byte != 0x0A { index += 1 }
      case UInt8(ascii: "/") where index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "*"):
        try skipBlockComment()
      default: return
      }
    }
  }

  private mutating func skipBlockComment() throws(Stop) {
    let (start, startLine, startOfLine) = (index, line, lineStart)
    index += 2
    while index + 1 < bytes.count {
      if bytes[index] == UInt8(ascii: "*") && bytes[index + 1] == UInt8(ascii: "/") {
        index += 2
        return
      }
      if bytes[index] == 0x0A { newLine() } else { index += 1 }
    }
    (index, line, lineStart) = (start, startLine, startOfLine)
    try fail("the comment does not end", "close it with */")
  }

  private mutating func newLine() {
    index += 1
    line += 1
    lineStart = index
  }

  private var current: UInt8? { index < bytes.count ? bytes[index] : nil }

  /// Columns are counted on from the last mark, so that one long line costs no more than many short ones.
  private var mark: Mark {
    mutating get {
      let end = min(index, bytes.count)
      if counted.line != line || counted.index > end { counted = (line, lineStart, 1) }
      let continues: (UInt8) -> Bool = { $0 & 0xC0 == 0x80 }
      for byte in bytes[min(counted.index, end)..<end] where !continues(byte) { counted.column += 1 }
      counted.index = end
      return Mark(line: line, column: counted.column)
    }
  }

  private mutating func fail(_ message: String, _ remedy: String, rule: Problem.Rule = .syntax) throws(Stop) -> Never {
    let mark = mark
    note(rule, mark, "", message, remedy)
    throw Stop()
  }

  private mutating func note(
    _ rule: Problem.Rule, _ mark: Mark, _ path: String, _ message: String, _ remedy: String
  ) {
    guard problems.count < limits.problems else { return }
    problems.append(Problem(rule, .file(file, mark), path, message, remedy))
  }
}
