// SPDX-License-Identifier: Apache-2.0
import Observability
import Synchronization
import Testing

@Suite struct LogWriterTests {
  private let entry = Logger.Entry(
    level: .warning, message: "peer left", fields: [("peer", "127.0.0.1:80"), ("said", "a \"b\"\n\u{1b}[31m")])

  private func line(_ format: LogWriter.Format) -> String {
    String(decoding: LogWriter(format).line(entry, at: Timestamp(milliseconds: 1_785_240_000_007)), as: UTF8.self)
  }

  @Test func textIsOneLineWhateverThePeerSaid() {
    #expect(
      line(.text)
        == #"2026-07-28T12:00:00.007Z warning peer left peer=127.0.0.1:80 said="a \"b\"\n\u001b[31m""# + "\n")
  }

  @Test func jsonIsOneObjectALine() {
    #expect(
      line(.json)
        == #"{"time":"2026-07-28T12:00:00.007Z","level":"warning","message":"peer left","peer":"127.0.0.1:80","#
        + #""said":"a \"b\"\n\u001b[31m"}"# + "\n")
  }

  @Test(arguments: [
    (0, "1970-01-01T00:00:00.000Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
    (1_798_761_599_999, "2026-12-31T23:59:59.999Z"), (4_107_542_400_123, "2100-03-01T00:00:00.123Z"),
  ])
  func momentsAreWrittenInUTC(_ milliseconds: Int, _ text: String) {
    #expect(Timestamp(milliseconds: milliseconds).description == text)
  }

  @Test func aLineBelowTheLevelIsNotEvenBuilt() {
    let logger = Logger(level: .warning) { _ in Issue.record("written") }
    logger.info(
      {
        Issue.record("built"); return ""
      }())
    #expect(!Logger.silent.writes(.emergency))
  }

  @Test func theLevelChangesForAllThatShareIt() {
    let lines = Mutex<[String]>([])
    let logger = Logger(level: .warning) { entry in lines.withLock { $0.append(entry.message) } }
    let named = logger.with { [("request", "1")] }
    named.info("one")
    logger.setLevel(.debug)
    named.debug("two")
    #expect(named.level == .debug)
    logger.setLevel(nil)
    named.error("three")
    Logger.silent.setLevel(.debug)
    Logger.silent.error("four")
    #expect(lines.withLock { $0 } == ["two"])
    #expect(!Logger.silent.writes(.emergency))
  }

  @Test func whatALoggerIsAboutIsInEachOfItsLines() {
    let lines = Mutex<[String]>([])
    let logger = Logger(level: .info) { entry in
      lines.withLock { $0.append(entry.fields.map { "\($0.name)=\($0.value)" }.joined(separator: " ")) }
    }
    let named = logger.with { [("request", "1")] }.with { [("trace", "2")] }
    named.info("", [("own", "3")])
    logger.info("", [("own", "3")])
    named.with {
      Issue.record("asked for"); return []
    }.debug("")
    #expect(lines.withLock { $0 } == ["own=3 request=1 trace=2", "own=3"])
  }

  @Test func theJournalIsToldThePriority() {
    let line = LogWriter(.text, hasPriority: true).line(entry, at: Timestamp(milliseconds: 0))
    #expect(String(decoding: line, as: UTF8.self).hasPrefix("<4>1970-01-01T00:00:00.000Z warning peer left"))
    let json = LogWriter(.json, hasPriority: true).line(entry, at: Timestamp(milliseconds: 0))
    #expect(String(decoding: json, as: UTF8.self).hasPrefix(#"<4>{"time":"#))
    #expect(!LogWriter.isJournal(nil) && !LogWriter.isJournal("8") && !LogWriter.isJournal("0:0"))
  }
}
