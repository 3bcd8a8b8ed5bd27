// SPDX-License-Identifier: Apache-2.0

/// Says of a place that is no YAML what most likely is wrong there: a tab, or an indentation that fits nothing. libyaml says
/// what it expected instead, which names neither.
struct YAMLFault {
  /// What is said, and where.
  struct Finding: Equatable {
    let mark: Mark
    let message: String
    let remedy: String
  }

  private let lines: [[UInt8]]

  init(_ bytes: [UInt8]) {
    lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Array.init)
  }

  /// - Parameters:
  ///   - text: what libyaml says.
  ///   - mark: where it gave up.
  /// - Returns: nil when it is neither a tab nor the indentation.
  func finding(_ text: String, at mark: Mark) -> Finding? {
    guard lines.indices.contains(mark.line - 1) else { return nil }
    let line = lines[mark.line - 1]
    let indentation = line.prefix { $0 == Self.blank || $0 == Self.tab }
    // A tab further to the left than the fault may be where one is allowed.
    if let tab = indentation.firstIndex(of: Self.tab), mark.column <= indentation.count + 1 {
      return Finding(
        mark: Mark(line: mark.line, column: tab + 1), message: "a tab is used for indentation",
        remedy: "put blanks in its place, as many as the lines beside it begin with")
    }
    let width = indentation.count
    let isAtStart = mark.column == width + 1
    let above = indentations(above: mark.line - 1)
    if isAtStart, Self.atStart.contains(text) {
      let others = Set(above).sorted().map(String.init).joined(separator: " or ")
      let isNew = !above.contains(width) && !above.isEmpty
      guard isNew else { return nil }
      return Finding(
        mark: mark, message: "wrong indentation: \(Self.blanks(width)), where the lines above have \(others)",
        remedy: "begin it with as many as the line it belongs beside")
    }
    guard text == "mapping values are not allowed in this context" else { return nil }
    // `a: b: c`
    if let first = Self.colon(in: line), first + 1 < mark.column {
      return Finding(
        mark: mark, message: "a value holds a colon with a blank behind it", remedy: "put quotes around the value")
    }
    // `a: 1` with something below that is further in.
    if let last = above.first, width > last, hasValue(above: mark.line - 1, at: last) {
      return Finding(
        mark: Mark(line: mark.line, column: width + 1),
        message: "wrong indentation: \(Self.blanks(width)), below a line with \(last) that has a value already",
        remedy: "begin both with as many, or take the value of the line above away")
    }
    return nil
  }

  /// What libyaml says where a line begins at a column nothing above begins at.
  private static let atStart = [
    "did not find expected key", "did not find expected '-' indicator",
    "block sequence entries are not allowed in this context",
  ]
  private static let blank = UInt8(ascii: " ")
  private static let tab = UInt8(ascii: "\t")

  /// Where the colon behind a key is.
  private static func colon(in line: [UInt8]) -> Int? {
    line.indices.first { index in
      line[index] == UInt8(ascii: ":")
        && (index + 1 == line.count || [blank, tab, UInt8(ascii: "\r")].contains(line[index + 1]))
    }
  }

  /// Whether the nearest line above that is indented so far has a value behind its colon.
  private func hasValue(above line: Int, at width: Int) -> Bool {
    for (begin, text) in said(above: line) where begin == width {
      guard let colon = Self.colon(in: text) else { return true }
      let rest = text[(colon + 1)...].first { ![Self.blank, Self.tab, UInt8(ascii: "\r")].contains($0) }
      return rest != nil && rest != UInt8(ascii: "#")
    }
    return false
  }

  private static func blanks(_ count: Int) -> String { "\(count) blank\(count == 1 ? "" : "s")" }

  /// How far the lines above a line are indented that it may stand beside: the nearest first, each less than the one before.
  private func indentations(above line: Int) -> [Int] {
    var found: [Int] = []
    for (width, _) in said(above: line) {
      if width < found.last ?? .max { found.append(width) }
      if width == 0 { break }
    }
    return found
  }

  /// The lines above a line that say something, the nearest first, and how far each is indented.
  private func said(above line: Int) -> some Sequence<(width: Int, text: [UInt8])> {
    lines[..<line].reversed().lazy.compactMap { text in
      let width = text.prefix { $0 == Self.blank }.count
      guard let first = text.dropFirst(width).first, first != UInt8(ascii: "#"), first != UInt8(ascii: "\r") else {
        return nil
      }
      return (width, text)
    }
  }
}
