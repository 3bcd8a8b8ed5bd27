// SPDX-License-Identifier: Apache-2.0
import Glibc
import Testing

@testable import CommandLineKit

/// Lines of a real terminal.
@Suite(.timeLimit(.minutes(1))) struct TerminalLineTests {
  /// Both ends of a pseudoterminal.
  private final class Pair {
    let ours: CInt
    let theirs: CInt

    init() throws {
      ours = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
      // TIOCSPTLCK and TIOCGPTN, which Swift does not import: unlocks the other end, and tells its number.
      var (locked, number): (CInt, CInt) = (0, 0)
      try #require(ours >= 0 && ioctl(ours, 0x4004_5431, &locked) == 0 && ioctl(ours, 0x8004_5430, &number) == 0)
      theirs = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
      try #require(theirs >= 0)
    }

    deinit {
      close(ours)
      close(theirs)
    }

    /// Whether keys are a line only when it is ended.
    func setLines(_ areLines: Bool) {
      var settings = termios()
      tcgetattr(theirs, &settings)
      settings.c_lflag = areLines ? settings.c_lflag | tcflag_t(ICANON) : settings.c_lflag & ~tcflag_t(ICANON)
      tcsetattr(theirs, TCSANOW, &settings)
    }

    func type(_ text: String) { _ = write(ours, text, text.utf8.count) }

    func line() async throws -> String? { try await TerminalLine(descriptor: theirs).read(isHidden: false) }
  }

  @Test func aLineIsWhatIsTypedWithoutItsEnd() async throws {
    let pair = try Pair()
    pair.type("abc\r")
    #expect(try await pair.line() == "abc")
  }

  @Test func ctrlDEndsTheInput() async throws {
    let pair = try Pair()
    pair.type("\u{4}")
    #expect(try await pair.line() == nil)
  }

  @Test(arguments: ["\u{4}", "\u{4}\r", "\u{4}\u{4}"]) func ctrlDThatIsTypedAheadDoesToo(_ keys: String) async throws {
    let pair = try Pair()
    // As while a call runs, when keys are kept as they come.
    pair.setLines(false)
    pair.type(keys)
    var typed = pollfd(fd: pair.theirs, events: Int16(POLLIN), revents: 0)
    try #require(poll(&typed, 1, 10_000) == 1)
    pair.setLines(true)
    #expect(try await pair.line() == nil)
  }
}
