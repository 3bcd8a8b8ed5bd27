// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import JSONKit
import Testing

@testable import mcpctl

@Suite struct PicturesTests {
  /// A red pixel and a green one.
  private let picture = Picture(
    bytes: Base64.bytes(
      lenient: "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAIAAAB7QOjdAAAAD0lEQVR4nGP4z8DA8J8BAAf/Af8Bf4mnAAAAAElFTkSuQmCC")
      ?? [],
    placeholder: "[a picture]")

  @Test(
    arguments: [
      (["TERM": "xterm-kitty"], Pictures.kitty), (["TERM": "xterm", "TERM_PROGRAM": "iTerm.app"], .iterm2),
      (["MCPCTL_IMAGES": "sixel"], .sixel), (["TERM": "xterm"], .sixel), (["TERM": "xterm-kitty", "TMUX": "x"], nil),
      (["MCPCTL_IMAGES": "off", "TERM": "xterm-kitty"], nil), (["TERM": "dumb"], nil),
    ] as [([String: String], Pictures?)])
  func whatTheTerminalCanIsFound(environment: [String: String], expected: Pictures?) {
    let console = MemoryConsole(isTerminal: true, environment: environment).console
    #expect(Pictures(console, asking: { TerminalAttributes.numbers(in: Array("\u{1B}[?62;4c".utf8)) }) == expected)
    #expect(Pictures(MemoryConsole(environment: environment).console, asking: { [4] }) == nil)
  }

  @Test func picturesBecomeSixels() {
    #expect(
      Bitmap(png: picture.bytes)?.sixel == "\u{1B}P0;1q\"1;1;2;1#30;2;0;100;0#30?@$#180;2;100;0;0#180@?$-\u{1B}\\")
    #expect(
      Pictures.sixel.text(of: [.text("a"), .picture(Picture(bytes: [1], placeholder: "[b]"))]) { $0 } == "a\n[b]\n")
  }

  @Test func noPictureGoesThroughAPager() {
    for kind in Pictures.allCases {
      let text = kind.text(of: [.text("\u{1B}[1mbold\u{1B}[0m"), .picture(picture)]) { $0 }
      #expect(Repl.holdsPicture(Array(text.utf8)), "\(kind)")
    }
    #expect(!Repl.holdsPicture(Array("a\u{1B}[1mbold\u{1B}[0m\n".utf8)))
    #expect(Repl.holdsPicture([0x1B]))
  }

  @Test func noTerminalIsAskedForAJob() {
    TerminalAttributes.$mayAsk.withValue(false) { #expect(TerminalAttributes.asked() == []) }
  }

  @Test func whatIsNoPictureIsRefused() {
    for count in 0..<picture.bytes.count { #expect(Bitmap(png: Array(picture.bytes.prefix(count))) == nil) }
    for place in 8..<picture.bytes.count - 16 {
      var damaged = picture.bytes
      damaged[place] ^= 0xFF
      // Checksums are not looked at, so some of these still are pictures; none does harm.
      if let bitmap = Bitmap(png: damaged) { #expect(bitmap.width * bitmap.height <= Bitmap.limit) }
    }
  }
}
