// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit

/// Longer lines, in bytes, are shown as they are: whoever sent them could have a terminal wait for what they mean.
private let longestLine = 4 << 10

extension OutputStream {
  /// Text that may be Markdown, with what is marked in it styled where that shows: headings and strong text bold, code in colour,
  /// the marks of lists in colour. Every mark stays: what is shown is the text, whatever it was meant to be.
  ///
  /// - Parameter text: Text in which nothing is left that a terminal would obey.
  func styled(markdown text: String) -> String {
    guard colorsResults else { return text }
    var fence: Substring?
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line -> String in
      guard line.utf8.count <= longestLine else { return String(line) }
      let words = line.drop { $0 == " " }
      if let open = fence {
        // The code ends at a line of as many marks or more, and nothing else.
        if words.hasPrefix(open), words.allSatisfy({ $0 == open.first || $0 == " " }) { fence = nil }
        return fence == nil ? dim(String(line)) : cyan(String(line))
      }
      if let marks = fenceMarks(of: words), line.count - words.count < 4 {
        fence = marks
        return dim(String(line))
      }
      if isHeading(line) { return bold(String(line)) }
      let mark = listMark(of: words)
      let margin = line.prefix(line.count - words.count)
      return margin + (mark.isEmpty ? "" : cyan(String(mark))) + spans(words.dropFirst(mark.count))
    }
    return lines.joined(separator: "\n")
  }

  /// A line with its code and its strong text styled.
  private func spans(_ line: Substring) -> String {
    var shown = ""
    var rest = line
    while let start = rest.firstIndex(where: { $0 == "`" || $0 == "*" }) {
      shown += rest[..<start]
      rest = rest[start...]
      let marks = rest.prefix { $0 == rest.first }
      let inside = rest.dropFirst(marks.count)
      if marks.first == "`", let end = closing(marks, in: inside) {
        let span = rest[..<inside.index(end, offsetBy: marks.count)]
        shown += cyan(String(span))
        rest = rest[span.endIndex...]
      } else if marks == "**", let end = closing(marks, in: inside), inside.first != " ",
        inside[inside.index(before: end)] != " "
      {
        let span = rest[..<inside.index(end, offsetBy: 2)]
        shown += bold(String(span))
        rest = rest[span.endIndex...]
      } else {
        shown += marks
        rest = inside
      }
    }
    return shown + rest
  }

  /// Where a run of exactly these marks stands, with something before it.
  private func closing(_ marks: Substring, in text: Substring) -> Substring.Index? {
    var rest = text
    while let place = rest.firstIndex(of: marks.first ?? " ") {
      let run = rest[place...].prefix { $0 == marks.first }
      if run.count == marks.count { return place > text.startIndex ? place : nil }
      rest = rest[run.endIndex...]
    }
    return nil
  }

  /// Three or more grave accents or tildes at the beginning; nil when there are none.
  private func fenceMarks(of words: Substring) -> Substring? {
    guard let mark = words.first, mark == "`" || mark == "~" else { return nil }
    let marks = words.prefix { $0 == mark }
    // More of them in the line is code within it.
    return marks.count >= 3 && !words.dropFirst(marks.count).contains("`") ? marks : nil
  }

  /// Whether it is one to six `#`, a blank and something.
  private func isHeading(_ line: Substring) -> Bool {
    let level = line.prefix { $0 == "#" }.count
    return (1...6).contains(level) && line.dropFirst(level).first == " "
      && line.dropFirst(level + 1).contains { $0 != " " }
  }

  /// `-`, `*`, `+` or `12.` where a blank follows; else nothing.
  private func listMark(of words: Substring) -> Substring {
    let digits = words.prefix { $0.isASCII && $0.isNumber }
    let mark =
      switch (digits.count, words.dropFirst(digits.count).first) {
      case (0, "-"?), (0, "*"?), (0, "+"?): words.prefix(1)
      case (1...9, "."?), (1...9, ")"?): words.prefix(digits.count + 1)
      default: words.prefix(0)
      }
    return words.dropFirst(mark.count).first == " " ? mark : words.prefix(0)
  }
}
