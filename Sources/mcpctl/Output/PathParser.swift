// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit

/// Reads paths, character by character, so that a fault has a place.
struct PathParser {
  /// How deep conditions may be nested, and how long a path may be.
  private static let limit = 64

  private let text: [Character]
  private(set) var place = 0
  /// What ends a name besides `.` and `[`.
  var stops: Set<Character> = []
  private var depth = 0

  init(_ text: String) { self.text = Array(text) }

  /// The character to be read next; nil at the end.
  var next: Character? { place < text.count ? text[place] : nil }

  mutating func take() -> Character? {
    defer { place += 1 }
    return next
  }

  /// Reads `word` if it comes next.
  mutating func skip(_ word: String) -> Bool {
    guard text[min(place, text.count)...].starts(with: word) else { return false }
    place += word.count
    return true
  }

  mutating func skipBlanks() { while next == " " { place += 1 } }

  /// A fault at the next character, or at `place`.
  func fault(_ what: String, at place: Int? = nil) -> ValueFault {
    let place = place ?? self.place
    let where_ = place < text.count ? "at character \(place + 1)" : "at its end"
    return ValueFault("'\(String(text).shortened)' \(where_): \(what)")
  }

  /// Demands that everything was read.
  func end() throws(ValueFault) {
    if let next { throw fault("'\(next)' is not expected here") }
  }

  // MARK: Paths

  mutating func path() throws(ValueFault) -> JSONPath {
    depth += 1
    defer { depth -= 1 }
    guard depth <= 8 else { throw fault("conditions are nested too deeply") }
    var steps: [JSONPath.Step] = []
    let isRooted = skip("$")
    let hasStart = isRooted || skip("@")
    while let next, !stops.contains(next) {
      guard steps.count < Self.limit else { throw fault("a path has at most \(Self.limit) steps") }
      if skip("[") {
        steps.append(try bracket())
      } else if skip("..") {
        steps.append(.anywhere)
        if self.next == "[" { continue }
        steps.append(try name(after: "'..'"))
      } else if skip(".") {
        // `.` alone is everything, and `.[0]` the same as `[0]`.
        if self.next == "[" { continue }
        if steps.isEmpty, !hasStart, self.next.map(stops.contains) ?? true { break }
        steps.append(try name(after: "the dot"))
      } else {
        guard steps.isEmpty, !hasStart else { throw fault("'\(next)' is not expected here; a step begins with . or [") }
        steps.append(try name(after: "the start"))
      }
    }
    return JSONPath(steps: steps, isRooted: isRooted)
  }

  private mutating func name(after what: String) throws(ValueFault) -> JSONPath.Step {
    let start = place
    var name = ""
    while let next, next != ".", next != "[", !stops.contains(next) {
      place += 1
      if next == "\\", let escaped = take() { name.append(escaped) } else { name.append(next) }
    }
    guard !name.isEmpty else { throw fault("there is no name after \(what)", at: start) }
    return name == "*" && place - start == 1 ? .each : .member(name)
  }

  /// What stands between `[` and `]`.
  private mutating func bracket() throws(ValueFault) -> JSONPath.Step {
    let start = place - 1
    skipBlanks()
    if skip("]") { return .each }
    if skip("?") {
      skipBlanks()
      guard skip("(") else { throw fault("a condition stands in brackets: [?(@.name==\"x\")]") }
      let condition = try condition()
      try close(start)
      return .those(condition)
    }
    if skip("*") {
      try close(start)
      return .each
    }
    var steps: [JSONPath.Step] = []
    repeat {
      skipBlanks()
      steps.append(try selector(start))
      skipBlanks()
    } while skip(",")
    try close(start)
    return steps.count == 1 ? steps[0] : .several(steps)
  }

  private mutating func close(_ start: Int) throws(ValueFault) {
    skipBlanks()
    if skip("]") { return }
    throw next == nil ? fault("this '[' is not closed", at: start) : fault("']' is expected here")
  }

  /// One name, index or slice.
  private mutating func selector(_ start: Int) throws(ValueFault) -> JSONPath.Step {
    if next == "\"" || next == "'" { return .member(try quoted()) }
    let place = place
    let first = try number()
    guard skip(":") else {
      if let first { return .element(first) }
      if next == nil { throw fault("this '[' is not closed", at: start) }
      throw fault("no index here: write [0], [-1], [1:3], [*], [\"name\"] or [?(@.a==1)]", at: place)
    }
    let second = try number()
    let step = skip(":") ? try number() ?? 1 : 1
    guard step > 0 else { throw fault("the step of a slice is at least 1", at: place) }
    return .slice(first, second, step)
  }

  private mutating func number() throws(ValueFault) -> Int? {
    let start = place
    var digits = ""
    while let next, next.isASCII, next.isNumber || (next == "-" && digits.isEmpty) {
      digits.append(next)
      place += 1
    }
    if digits.isEmpty { return nil }
    guard let number = Int(digits) else { throw fault("'\(digits)' is no index", at: start) }
    return number
  }

  /// Text in quotes, with `\n`, `\t` and backslashes before anything else.
  mutating func quoted() throws(ValueFault) -> String {
    let start = place
    let quote = take()
    var value = ""
    while let next = take() {
      if next == quote { return value }
      guard next == "\\" else {
        value.append(next)
        continue
      }
      switch take() {
      case "n"?: value.append("\n")
      case "t"?: value.append("\t")
      case "r"?: value.append("\r")
      case let other?: value.append(other)
      case nil: break
      }
    }
    throw fault("this quote is not closed", at: start)
  }
}
