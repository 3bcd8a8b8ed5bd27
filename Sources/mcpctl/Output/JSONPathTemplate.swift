// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit

/// The expression of `-o jsonpath=…`, as kubectl has it: text with paths in braces, `{range PATH}…{end}` and quoted text.
///
/// Without braces the whole is one path. What a path does not find is left out; several values stand with a blank between.
struct JSONPathTemplate: Sendable, Equatable {
  private indirect enum Piece: Sendable, Equatable {
    case text(String)
    case path(JSONPath)
    case range(JSONPath, [Piece])
  }

  /// As it was typed.
  let source: String
  private let pieces: [Piece]

  init(_ source: String) throws(ValueFault) {
    self.source = source
    guard source.contains("{") else {
      pieces = [.path(try JSONPath(argument: source))]
      return
    }
    var parser = PathParser(source)
    parser.stops = ["}", " "]
    pieces = try Self.pieces(&parser, of: nil, depth: 0)
  }

  /// The text the expression makes of `value`.
  func text(of value: JSON) -> String { Self.text(pieces, value, root: value) }

  private static func text(_ pieces: [Piece], _ value: JSON, root: JSON) -> String {
    pieces.map { piece in
      switch piece {
      case .text(let text): text
      case .path(let path):
        path.find(in: value, root: root).map { $0.string ?? $0.text }.joined(separator: " ")
      case .range(let path, let body):
        path.find(in: value, root: root).map { text(body, $0, root: root) }.joined()
      }
    }.joined()
  }

  /// - Parameter start: where the range begins whose body this is; nil outside of one.
  private static func pieces(_ parser: inout PathParser, of start: Int?, depth: Int) throws(ValueFault) -> [Piece] {
    guard depth <= 8 else { throw parser.fault("ranges are nested too deeply") }
    var pieces: [Piece] = []
    var literal = ""
    func flushed() -> [Piece] { literal.isEmpty ? pieces : pieces + [.text(literal)] }
    while let next = parser.take() {
      guard next == "{" else {
        literal.append(next)
        continue
      }
      let place = parser.place - 1
      pieces = flushed()
      literal = ""
      parser.skipBlanks()
      if parser.skip("end}") {
        guard start != nil else { throw parser.fault("there is no {range} before this {end}", at: place) }
        return pieces
      }
      if parser.next == "\"" || parser.next == "'" {
        pieces.append(.text(try parser.quoted()))
      } else if parser.skip("range ") {
        parser.skipBlanks()
        let path = try parser.path()
        try close(&parser, place)
        pieces.append(.range(path, try Self.pieces(&parser, of: place, depth: depth + 1)))
        continue
      } else {
        let path = try parser.path()
        pieces.append(.path(path))
      }
      try close(&parser, place)
    }
    if let start { throw parser.fault("this {range} has no {end}", at: start) }
    return flushed()
  }

  private static func close(_ parser: inout PathParser, _ place: Int) throws(ValueFault) {
    parser.skipBlanks()
    guard parser.skip("}") else {
      throw parser.next == nil
        ? parser.fault("this '{' is not closed", at: place) : parser.fault("'}' is expected here")
    }
  }
}
