// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit

/// Rows with headings: aligned for people, tab-separated for programs.
struct Table {
  /// A heading, and whether only the wide form shows it.
  struct Column {
    let heading: String
    var isWide = false
  }

  let columns: [Column]
  let rows: [[String]]

  /// One row a line, cells separated by tabs, no heading.
  func plain(wide: Bool) -> String {
    let shown = columns.indices.filter { wide || !columns[$0].isWide }
    return rows.map { row in shown.map { oneLine(row[$0]) }.joined(separator: "\t") + "\n" }.joined()
  }

  /// Aligned columns under headings. With a `width`, the first column stays whole, the last is cut to what is left,
  /// and those between are cut to a third.
  /// - Parameter earlier: the widths of a page above, whose columns go on; there is no heading then. Empty when nothing is
  ///   above, and no heading is wanted either.
  func aligned(wide: Bool, width: Int?, below earlier: [Int]? = nil, bold: (String) -> String) -> String {
    let cells = cells(wide: wide, width: width)
    let widths = widths(wide: wide, width: width, below: earlier)
    func line(_ row: [String]) -> String {
      var line = ""
      for (place, cell) in row.enumerated() {
        if place == row.count - 1 {
          line += cut(cell, to: width.map { max($0 - line.count, 12) })
        } else {
          line += cell.padded(to: widths[place] + 2)
        }
      }
      return line
    }
    let heading = earlier == nil ? [bold(line(shown(wide: wide).map { columns[$0].heading }))] : []
    return (heading + cells.map(line)).map { $0 + "\n" }.joined()
  }

  /// How wide the columns are.
  func widths(wide: Bool, width: Int?, below earlier: [Int]? = nil) -> [Int] {
    let cells = cells(wide: wide, width: width)
    return shown(wide: wide).enumerated().map { place, column in
      max(
        columns[column].heading.count, cells.map { $0[place].count }.max() ?? 0,
        earlier.flatMap { $0.isEmpty ? nil : $0[place] } ?? 0)
    }
  }

  private func shown(wide: Bool) -> [Int] { columns.indices.filter { wide || !columns[$0].isWide } }

  private func cells(wide: Bool, width: Int?) -> [[String]] {
    let shown = shown(wide: wide)
    return rows.map { row in
      shown.enumerated().map { place, column in
        let isBetween = place > 0 && place < shown.count - 1
        return cut(oneLine(row[column]), to: isBetween ? width.map { max($0 / 3, 16) } : nil)
      }
    }
  }

  /// One row below the other, a line for each cell that is not empty.
  func expanded(bold: (String) -> String) -> String {
    let margin = columns.map(\.heading.count).max() ?? 0
    return rows.enumerated().map { number, row in
      let lines = zip(columns, row).filter { !$1.isEmpty }.map { column, cell in
        column.heading.padded(to: margin + 2) + oneLine(cell) + "\n"
      }
      return bold("-- \(number + 1)") + "\n" + lines.joined()
    }.joined()
  }
}

private func cut(_ text: String, to room: Int?) -> String {
  guard let room, text.count > room else { return text }
  return text.prefix(room - 1) + "…"
}

extension String {
  /// With blanks behind it up to a width, and at least `gap`.
  func padded(to width: Int, gap: Int = 0) -> String { self + String(repeating: " ", count: max(gap, width - count)) }
}
