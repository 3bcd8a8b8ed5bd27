// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit

extension OutputStream {
  /// JSON in colours where those show: names, strings, numbers and literals apart, as jq has it. Without them it is `text`.
  ///
  /// - Parameter text: JSON in any spelling, in which nothing is left that a terminal would obey.
  func colored(json text: String) -> String {
    guard colorsResults else { return text }
    let bytes = Array(text.utf8)
    var colored: [UInt8] = []
    colored.reserveCapacity(bytes.count * 2)
    var place = 0
    while place < bytes.count {
      let end = jsonTokenEnd(bytes, from: place)
      let token = bytes[place..<end]
      if let style = jsonStyle(of: token, before: end < bytes.count ? bytes[end] : nil) {
        colored += Array("\u{1B}[\(style)m".utf8) + token + Array("\u{1B}[0m".utf8)
      } else {
        colored += token
      }
      place = end
    }
    return String(decoding: colored, as: UTF8.self)
  }
}

/// Where the token that begins at `start` is over: a string, a word or number, or one byte of what stands between.
private func jsonTokenEnd(_ bytes: [UInt8], from start: Int) -> Int {
  var end = start + 1
  switch bytes[start] {
  case UInt8(ascii: "\""):
    while end < bytes.count, bytes[end] != UInt8(ascii: "\"") {
      end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1
    }
    return min(end + 1, bytes.count)
  case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"):
    while end < bytes.count, !",]}: \n\t\\".utf8.contains(bytes[end]) { end += 1 }
    return end
  default: return end
  }
}

/// The style of a token; nil for what stands between them. A string before a colon is a name.
private func jsonStyle(of token: ArraySlice<UInt8>, before next: UInt8?) -> String? {
  switch token.first ?? 0 {
  case UInt8(ascii: "\""): next == UInt8(ascii: ":") ? "1;34" : "32"
  case UInt8(ascii: "t"), UInt8(ascii: "f"): "33"
  case UInt8(ascii: "n"): "2"
  case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): "36"
  default: nil
  }
}
