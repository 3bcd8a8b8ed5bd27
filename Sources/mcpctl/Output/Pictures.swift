// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit

/// A picture a server sent, and what is written where it cannot be shown.
struct Picture {
  let bytes: [UInt8]
  let placeholder: String

  /// Whether it is a PNG, whatever the server calls it.
  var isPNG: Bool { bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) }
}

/// A piece of a text for people.
enum TextPart {
  case text(String)
  case picture(Picture)
}

/// How the terminal shows pictures.
///
/// Nothing a server sent reaches the terminal as it came: bytes are written anew as Base64 or as pixels.
enum Pictures: String, CaseIterable, Sendable {
  /// https://sw.kovidgoyal.net/kitty/graphics-protocol/
  case kitty
  /// https://iterm2.com/documentation-images.html
  case iterm2
  /// Six pixels a character, as terminals of DEC had it.
  case sixel

  /// The largest picture shown, in bytes; larger ones are better saved.
  static let limit = 16 << 20

  /// Nil where no picture can be shown.
  init?(_ console: Console, asking attributes: () -> [Int] = TerminalAttributes.asked) {
    guard console.output.isTerminal else { return nil }
    func variable(_ name: String) -> String { console.environment(name) ?? "" }
    if let chosen = Pictures(rawValue: variable("MCPCTL_IMAGES")) {
      self = chosen
      return
    }
    let (kind, program) = (variable("TERM"), variable("TERM_PROGRAM"))
    // Between us and the terminal stands something that would have to pass pictures on.
    let isWithin =
      !variable("TMUX").isEmpty || !variable("STY").isEmpty || ["", "screen", "dumb", "linux"].contains(kind)
    guard variable("MCPCTL_IMAGES").isEmpty, !isWithin else { return nil }
    if kind == "xterm-kitty" || kind == "xterm-ghostty" || program == "ghostty" || !variable("KITTY_WINDOW_ID").isEmpty
    {
      self = .kitty
    } else if ["iTerm.app", "WezTerm", "mintty"].contains(program) || variable("LC_TERMINAL") == "iTerm2" {
      self = .iterm2
    } else if attributes().contains(TerminalAttributes.sixel) {
      self = .sixel
    } else {
      return nil
    }
  }

  /// What has the terminal show the picture, with a line end; nil when it cannot.
  func shown(_ picture: Picture) -> String? {
    guard picture.bytes.count <= Self.limit else { return nil }
    switch self {
    case .kitty: return picture.isPNG ? Self.kitty(picture.bytes) : nil
    case .iterm2:
      return "\u{1B}]1337;File=inline=1;size=\(picture.bytes.count):\(Base64.standard.text(picture.bytes))\u{07}\n"
    case .sixel: return Bitmap(png: picture.bytes).map { $0.sixel + "\n" }
    }
  }

  /// In pieces of at most 4096 characters, each but the last with `m=1`.
  private static func kitty(_ bytes: [UInt8]) -> String {
    let text = Array(Base64.standard.text(bytes).utf8)
    let size = 4096
    var shown = ""
    for start in stride(from: 0, to: text.count, by: size) {
      let piece = text[start..<min(start + size, text.count)]
      let keys = (start == 0 ? "a=T,f=100,q=2," : "") + "m=\(start + size < text.count ? 1 : 0)"
      shown += "\u{1B}_G\(keys);\(String(decoding: piece, as: UTF8.self))\u{1B}\\"
    }
    return shown + "\n"
  }

  /// Text with its pictures; `safe` makes text harmless.
  func text(of parts: [TextPart], safe: (String) -> String) -> String {
    parts.map { part in
      switch part {
      case .text(let text): safe(text.terminated)
      case .picture(let picture): shown(picture) ?? safe(picture.placeholder.terminated)
      }
    }.joined()
  }
}
