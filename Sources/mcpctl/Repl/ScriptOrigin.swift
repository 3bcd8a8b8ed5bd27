// SPDX-License-Identifier: GPL-3.0-or-later

/// Where the lines of a script come from, and how errors name one of them.
enum ScriptOrigin {
  /// The words behind -e: whoever typed them knows.
  case words
  case file(String)
  case input

  var name: String {
    switch self {
    case .words: "-e"
    case .file(let path): path
    case .input: "standard input"
    }
  }

  /// `FILE:LINE`
  func place(_ line: Int) -> String? {
    switch self {
    case .words: nil
    case .file(let path): "\(path):\(line)"
    case .input: "line \(line)"
    }
  }
}
