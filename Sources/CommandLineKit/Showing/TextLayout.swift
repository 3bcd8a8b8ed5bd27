// SPDX-License-Identifier: Apache-2.0

/// Breaks `text` at spaces into lines of at most `width` characters, each after `indent` spaces.
package func wrapped(_ text: String, width: Int, indent: Int = 0) -> [String] {
  let room = max(width - indent, 20)
  var lines: [String] = []
  var line = ""
  for word in text.split(separator: " ") {
    if !line.isEmpty && line.count + 1 + word.count > room {
      lines.append(line)
      line = ""
    }
    line += (line.isEmpty ? "" : " ") + word
  }
  if !line.isEmpty { lines.append(line) }
  let margin = String(repeating: " ", count: indent)
  return lines.map { margin + $0 }
}

/// Terms with explanations in two columns; a term too long for its column stands on a line of its own.
package func twoColumns(_ rows: [(term: String, text: String)], width: Int, indent: Int = 2) -> [String] {
  let column = min(rows.map(\.term.count).max() ?? 0, 26)
  let margin = String(repeating: " ", count: indent)
  let start = indent + column + 2
  return rows.flatMap { row -> [String] in
    let text = wrapped(row.text, width: width, indent: start)
    guard let first = text.first else { return [margin + row.term] }
    if row.term.count > column { return [margin + row.term] + text }
    let gap = String(repeating: " ", count: column - row.term.count + 2)
    return [margin + row.term + gap + first.drop { $0 == " " }] + text.dropFirst()
  }
}
