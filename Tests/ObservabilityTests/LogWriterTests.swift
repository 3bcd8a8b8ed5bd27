// SPDX-License-Identifier: Apache-2.0
import Observability
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
}
