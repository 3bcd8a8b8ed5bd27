// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import Synchronization
import Testing

@Suite struct ConsoleTests {
  /// What a stream handed to the system, and what the system answers.
  private final class Pipe: Sendable {
    let writes = Mutex<[String]>([])
    func stream(isTerminal: Bool = false, limit: Int = 8, answer: Int32 = 0) -> OutputStream {
      OutputStream(isTerminal: isTerminal, usesColor: isTerminal, width: 80, limit: limit) { bytes in
        self.writes.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) }
        return answer
      }
    }
    var written: [String] { writes.withLock { $0 } }
  }

  @Test func aPipeGathersAndATerminalShowsEachLine() {
    let pipe = Pipe()
    let stream = pipe.stream()
    stream.print("one")
    #expect(pipe.written == [])
    stream.print("two")
    stream.print("three")
    #expect(pipe.written == ["one\ntwo\nthree\n"] || pipe.written == ["one\ntwo\nthree"])
    stream.flush()
    #expect(pipe.written.joined() == "one\ntwo\nthree\n")

    let terminal = Pipe()
    terminal.stream(isTerminal: true).print("now")
    #expect(terminal.written == ["now\n"])
  }

  @Test func afterAFailureNothingMoreIsWrittenAndTheFirstErrorIsKept() {
    let pipe = Pipe()
    let stream = pipe.stream(limit: 0, answer: 32)
    stream.write("a")
    stream.write("b")
    #expect(pipe.written == ["a"])
    #expect(stream.failure == 32)
  }

  @Test(
    arguments: [
      (true, [:], true), (false, [:], false), (true, ["NO_COLOR": "1"], false), (true, ["NO_COLOR": ""], true),
      (false, ["CLICOLOR_FORCE": "1"], true), (false, ["CLICOLOR_FORCE": "0"], false), (true, ["TERM": "dumb"], false),
      (true, ["NO_COLOR": "1", "CLICOLOR_FORCE": "1"], false),
    ] as [(Bool, [String: String], Bool)])
  func colourFollowsTheTerminalUnlessTheEnvironmentSaysOtherwise(
    isTerminal: Bool, environment: [String: String], expected: Bool
  ) {
    #expect(ColorChoice.auto.wantsColor(isTerminal: isTerminal) { environment[$0] } == expected)
    #expect(ColorChoice.always.wantsColor(isTerminal: isTerminal) { environment[$0] })
    #expect(!ColorChoice.never.wantsColor(isTerminal: isTerminal) { environment[$0] })
  }

  @Test(
    arguments: [
      ([], .auto), (["--color", "always"], .always), (["--color=never", "x"], .never), (["--no-color"], .never),
      (["--no-color", "--color", "auto"], .auto), (["--color", "sometimes"], .auto), (["--color"], .auto),
      (["call", "--", "ls", "--color=always", "--no-color"], .auto),
    ] as [([String], ColorChoice)])
  func theWordsAskForColour(words: [String], choice: ColorChoice) {
    #expect(ColorChoice(askedIn: words) == choice)
  }

  @Test func stylesShowOnlyWhereColourIsWanted() {
    #expect(Pipe().stream().bold("x") == "x")
    #expect(Pipe().stream(isTerminal: true).bold("x") == "\u{1B}[1mx\u{1B}[0m")
  }
}
