// SPDX-License-Identifier: Apache-2.0
import Glibc
import Synchronization
import Testing

@testable import Observability

/// Lines that go out together. Each test stays on its thread, which is the one that has the batch.
@Suite struct LogBatchTests {
  private final class Pipe {
    let reader, writer: Int32

    init() {
      var ends: [Int32] = [-1, -1]
      _ = pipe(&ends)
      (reader, writer) = (ends[0], ends[1])
      _ = fcntl(reader, F_SETFL, O_NONBLOCK)
    }

    deinit {
      close(reader)
      close(writer)
    }

    func lines() -> [String] {
      var bytes = [UInt8](repeating: 0, count: 1 << 16)
      let count = read(reader, &bytes, bytes.count)
      return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).split(separator: "\n").map(String.init)
    }
  }

  private func say(_ number: Int, _ logger: Logger) {
    logger.note(.info, "said") { $0.add("number", decimal: number) }
  }

  private func isNumber(_ number: Int, _ line: String) -> Bool { line.hasSuffix(" info said number=\(number)") }

  @Test func whereNobodyGathersALineGoesOutAtOnce() {
    let pipe = Pipe()
    say(1, LogWriter(.text, to: pipe.writer).logger(level: .info))
    let lines = pipe.lines()
    #expect(lines.count == 1 && isNumber(1, lines[0]))
  }

  @Test func linesWaitForTheEndOfATurnAndOthersForNothing() {
    let (pipe, other) = (Pipe(), Pipe())
    let logger = LogWriter(.text, to: pipe.writer).logger(level: .info)
    let batch = LogBatch()
    say(1, logger)
    say(2, logger)
    say(3, LogWriter(.json, to: other.writer).logger(level: .info))
    #expect(pipe.lines().isEmpty && other.lines().isEmpty)
    batch.flush()
    #expect(pipe.lines().map { String($0.suffix(1)) } == ["1", "2"])
    #expect(other.lines().first?.hasSuffix(#""level":"info","message":"said","number":"3"}"#) == true)
    batch.flush()
    #expect(pipe.lines().isEmpty)
    say(4, logger)
    logger.error("failed")
    let lines = pipe.lines()
    #expect(lines.count == 2 && isNumber(4, lines[0]) && lines[1].hasSuffix(" error failed"))
  }

  @Test func whatWaitsIsBounded() {
    let pipe = Pipe()
    let logger = LogWriter(.text, to: pipe.writer).logger(level: .info)
    let batch = LogBatch()
    var lines: [String] = []
    for number in 0..<1_000 {
      say(number, logger)
      // A full pipe would make its writer wait for ever.
      lines += pipe.lines()
    }
    #expect((900..<1_000).contains(lines.count), "some wait, a few")
    let long = String(repeating: "x", count: 10_000)
    logger.note(.info, "long") { $0.add("text", long) }
    lines += pipe.lines()
    #expect(lines.count == 1_001 && lines.last?.hasSuffix(long) == true)
    for number in 0..<1_000 where !isNumber(number, lines[number]) { Issue.record("\(number): \(lines[number])") }
    withExtendedLifetime(batch) {}
  }

  @Test func anEndedBatchIsNobodysAnyMore() {
    let pipe = Pipe()
    let logger = LogWriter(.text, to: pipe.writer).logger(level: .info)
    do {
      let batch = LogBatch()
      say(1, logger)
      batch.flush()
    }
    say(2, logger)
    #expect(pipe.lines().count == 2)
  }

  @Test func aLineIsSpelledAsAnyOther() throws {
    let values = [
      String(repeating: "long", count: 999), "plain", "", "two words", "a \"b\"\n\u{1b}[31m", "é", "a=b", "\u{7f}",
    ]
    for format in LogWriter.Format.allCases {
      for value in values {
        let pipe = Pipe()
        let entries = Mutex<[Logger.Entry]>([])
        func note(_ logger: Logger) {
          logger.note(.warning, "message") {
            $0.add("value", value)
            $0.add("number", decimal: -1_234_567_890)
            $0.add("none", decimal: 0)
            $0.add("one", words: "word")
            $0.add("two", words: "two words")
          }
        }
        note(Logger(level: .info) { entry in entries.withLock { $0.append(entry) } })
        let entry = try #require(entries.withLock { $0.first })
        #expect(entry.fields.map(\.value) == [value, "-1234567890", "0", "word", "two words"])
        let writer = LogWriter(format, to: pipe.writer, hasPriority: true)
        note(writer.logger(level: .info))
        let spelled = String(decoding: writer.line(entry, at: Timestamp(milliseconds: 0)), as: UTF8.self)
        let written = try #require(pipe.lines().first)
        // But for the moment.
        #expect(written.drop { $0 != "w" } == spelled.dropLast().drop { $0 != "w" })
        #expect(written.hasPrefix("<4>"))
      }
    }
  }

  @Test func momentsWithinASecondAreSpelledLikeOthers() {
    var (text, all, each) = (TimestampText(), [UInt8](), "")
    for milliseconds in [
      0, 7, 999, 1_000, 1_785_240_000_007, 1_785_240_000_010, 1_785_240_000_999, 1_785_240_001_000, 7,
    ] {
      LineOutput.appending(to: &all) { text.write(Timestamp(milliseconds: milliseconds), to: &$0) }
      each += Timestamp(milliseconds: milliseconds).description
    }
    #expect(String(decoding: all, as: UTF8.self) == each)
  }

  @Test func aNotedLineSaysWhatItsLoggerIsAbout() {
    let pipe = Pipe()
    let logger = LogWriter(.text, to: pipe.writer).logger(level: .info).with { [("trace", "t")] }
    say(1, logger)
    logger.note(.debug, "not even built") { _ in Issue.record("built") }
    #expect(pipe.lines().first?.hasSuffix(" said number=1 trace=t") == true)
  }
}
