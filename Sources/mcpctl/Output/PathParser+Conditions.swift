// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit

extension PathParser {
  private static let stopsInConditions: Set<Character> = [" ", ")", "=", "!", "<", ">", "&", "|", ","]

  /// A condition up to and with its `)`.
  mutating func condition() throws(ValueFault) -> PathCondition {
    let outer = stops
    stops = Self.stopsInConditions
    defer { stops = outer }
    var alternatives: [[PathCondition.Term]] = [[]]
    while true {
      alternatives[alternatives.count - 1].append(try term())
      skipBlanks()
      if skip("&&") { continue }
      if skip("||") {
        alternatives.append([])
        continue
      }
      guard skip(")") else { throw fault("')' is expected here, or a comparison such as ==") }
      return PathCondition(alternatives: alternatives)
    }
  }

  private mutating func term() throws(ValueFault) -> PathCondition.Term {
    var term = PathCondition.Term(left: try operand())
    skipBlanks()
    for comparison in PathCondition.Comparison.allCases where skip(comparison.rawValue) {
      term.comparison = (comparison, try operand())
      break
    }
    return term
  }

  private mutating func operand() throws(ValueFault) -> PathCondition.Operand {
    skipBlanks()
    switch next {
    case "@"?, "$"?: return .path(try path())
    case "\""?, "'"?: return .value(.string(try quoted()))
    default: break
    }
    let start = place
    var word = ""
    while let next, !stops.contains(next), next != "]" {
      word.append(next)
      _ = take()
    }
    guard let value = try? JSON(parsing: word) else {
      throw fault("write @.member, a number, true, false, null or text in quotes", at: start)
    }
    return .value(value)
  }
}
