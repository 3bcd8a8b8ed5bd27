// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit

/// Prints a long list page by page, where its form allows that; else it has to be shown as a whole.
struct Pages {
  private let output: Output
  private let console: Console
  private var widths: [Int]?

  init(_ output: Output, on console: Console) { (self.output, self.console) = (output, console) }

  /// Whether pages can be printed as they come.
  var areWanted: Bool {
    guard output.file == nil, output.path == nil else { return false }
    return switch output.format {
    case .text, .table, .wide, .name, .jsonl: true
    case .json, .yaml, .raw, .value, .jsonpath, .customColumns: false
    }
  }

  /// Prints a page below the one before.
  mutating func show(_ page: Presentation) throws(Failure) {
    guard let table = try page.table.map(output.picked), !table.rows.isEmpty else { return }
    let stream = console.output
    let isAligned = output.format == .table || output.format == .wide || (output.format == .text && stream.isTerminal)
    if isAligned {
      let width = stream.isTerminal && output.format != .wide ? stream.width : nil
      let isWide = output.format == .wide
      let above = output.showsHeadings ? widths : widths ?? []
      stream.write(table.aligned(wide: isWide, width: width, below: above, bold: stream.bold))
      widths = table.widths(wide: isWide, width: width, below: widths)
    } else {
      try output.show(page, on: console)
    }
    stream.flush()
  }
}
