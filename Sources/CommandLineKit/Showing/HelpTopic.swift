// SPDX-License-Identifier: Apache-2.0

/// A page about something other than one command: shown by `help TOPIC` and as a manual page.
package struct HelpTopic: Sendable {
  /// A piece of the page.
  package enum Block: Sendable {
    case heading(String)
    case paragraph(String)
    /// Lines kept as they are.
    case lines([String])
    /// Terms with explanations.
    case terms([(term: String, text: String)])
  }

  package let name: String
  /// What the page explains, as a fragment without a full stop.
  package let summary: String
  package let blocks: [Block]
  /// What its manual page is called after the program's name, and in which section it is.
  package let page: (name: String, section: Int)

  /// - Parameters:
  ///   - page: what its manual page is called, when not the same.
  ///   - section: 7, or 5 for a page about files.
  package init(_ name: String, _ summary: String, page: String? = nil, section: Int = 7, _ blocks: [Block]) {
    (self.name, self.summary, self.blocks) = (name, summary, blocks)
    self.page = (page ?? name, section)
  }

  /// The page as text; `bold` dresses headings.
  package func page(width: Int, bold: (String) -> String = { $0 }) -> String {
    let width = min(max(width, 60), 110)
    var lines = wrapped(summary.prefix(1).uppercased() + summary.dropFirst() + ".", width: width)
    for block in blocks {
      lines.append("")
      switch block {
      case .heading(let text): lines.append(bold(text))
      case .paragraph(let text): lines += wrapped(text, width: width)
      case .lines(let text): lines += text.map { "  " + $0 }
      case .terms(let rows): lines += twoColumns(rows, width: width)
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
