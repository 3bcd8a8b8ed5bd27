// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit

/// The columns of `-o custom-columns=NAME:PATH,…`, as kubectl has them. A row is an element of a list, or the result.
struct CustomColumns: Sendable, Equatable {
  private struct Column: Sendable, Equatable {
    let heading: String
    let path: JSONPath
  }

  /// As it was typed.
  let source: String
  private let columns: [Column]

  init(_ source: String) throws(ValueFault) {
    self.source = source
    var columns: [Column] = []
    var start = 0
    for part in Self.split(source) {
      guard let colon = part.firstIndex(of: ":"), colon > part.startIndex else {
        throw ValueFault("'\(source.shortened)' at character \(start + 1): write HEADING:PATH, as in NAME:.name")
      }
      let heading = String(part[..<colon])
      let path = String(part[part.index(after: colon)...])
      guard !path.isEmpty else {
        throw ValueFault("'\(source.shortened)' at character \(start + part.count + 1): \(heading) has no path")
      }
      do throws(ValueFault) {
        columns.append(Column(heading: heading, path: try JSONPath(argument: path)))
      } catch {
        throw ValueFault("column \(heading): \(error.message)")
      }
      start += part.count + 1
    }
    self.columns = columns
  }

  /// One row for each of `items`; what is not there shows as `<none>`, and several values with commas between.
  func table(of items: [JSON]) -> Table {
    Table(
      columns: columns.map { .init(heading: $0.heading) },
      rows: items.map { item in
        columns.map { column in
          let found = column.path.find(in: item).map { $0.string ?? $0.text }
          return found.isEmpty ? "<none>" : found.joined(separator: ",")
        }
      })
  }

  /// The parts between commas that stand outside of brackets and quotes.
  private static func split(_ source: String) -> [Substring] {
    var parts: [Substring] = []
    var start = source.startIndex
    var open = 0
    var quote: Character?
    for index in source.indices {
      let character = source[index]
      if let inside = quote {
        if character == inside { quote = nil }
        continue
      }
      switch character {
      case "\"", "'": if open > 0 { quote = character }
      case "[", "(": open += 1
      case "]", ")": open -= 1
      case "," where open <= 0:
        parts.append(source[start..<index])
        start = source.index(after: index)
      default: break
      }
    }
    return parts + [source[start...]]
  }
}
