// SPDX-License-Identifier: GPL-3.0-or-later
import CReadline
import EventIO

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What stands dimmed behind the cursor while a line is typed.
struct Hint: Sendable, Equatable {
  let text: String
  /// Whether the right arrow, End, Ctrl-F or Ctrl-E at the end of the line takes it.
  let isTaken: Bool
}

extension Terminal {
  /// Shows what the line could go on with, in what is left of the window's line.
  func showHint() {
    guard picture.value.mode == .editing, picture.value.completion == nil, let hinting = picture.value.hinting else {
      return
    }
    var cursor = 0
    let line = String(cString: creadline_text(&cursor))
    guard cursor == line.utf8.count, let hint = hinting(line) else { return }
    let (columns, used) = (TerminalModes.columns, picture.value.promptWidth + StatusLine.width(of: line))
    // Where a line that has been wrapped ends, readline alone knows.
    guard used < columns - 1, line.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else { return }
    let shown = StatusLine.cut(oneLine(hint.text), to: columns - used - 1)
    guard !shown.isEmpty else { return }
    Self.write(Array("\u{1B}7\u{1B}[2m\(shown)\u{1B}[0m\u{1B}8".utf8), to: STDERR_FILENO)
    picture.value.hint = hint
  }

  /// Takes it away; the cursor stands in front of it.
  func hideHint() {
    guard picture.value.hint != nil else { return }
    Self.write(Array("\u{1B}[K".utf8), to: STDERR_FILENO)
    picture.value.earlierHint = picture.value.hint
    picture.value.hint = nil
  }

  /// Puts into the line what was hinted at.
  func takeHint() {
    guard let hint = picture.value.earlierHint, hint.isTaken else { return }
    var cursor = 0
    _ = creadline_text(&cursor)
    creadline_replace(cursor, hint.text)
  }
}
