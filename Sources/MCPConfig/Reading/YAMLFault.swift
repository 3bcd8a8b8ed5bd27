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
    if let tab = indentation.firstIndex(of: Self.tab) {
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
    // `a: 1` with something below that is further in.
    if text == "mapping values are not allowed in this context", let last = above.first, width > last {
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

  private static func blanks(_ count: Int) -> String { "\(count) blank\(count == 1 ? "" : "s")" }

  /// How far the lines above a line are indented that it may stand beside: the nearest first, each less than the one before.
  private func indentations(above line: Int) -> [Int] {
    var found: [Int] = []
    for text in lines[..<line].reversed() {
      let width = text.prefix { $0 == Self.blank }.count
      let first = text.dropFirst(width).first
      guard let first, first != UInt8(ascii: "#"), first != UInt8(ascii: "\r") else { continue }
      if width < found.last ?? .max { found.append(width) }
      if width == 0 { break }
    }
    return found
  }
}
