// SPDX-License-Identifier: Apache-2.0
import EventIO
import Testing

@Suite struct LineFramerTests {
  /// What the framer makes of `chunks`, with the stream ended or not.
  private func lines(of chunks: [String], limit: Int = 100, ended: Bool = false) throws(IOError) -> [String] {
    var framer = LineFramer(limit: limit)
    var lines: [[UInt8]] = []
    for chunk in chunks { try framer.consume(Array(chunk.utf8).span, into: &lines) }
    if ended { framer.finish(into: &lines) }
    return lines.map { String(decoding: $0, as: UTF8.self) }
  }

  @Test(arguments: [
    (["a\nb\n"], ["a", "b"]), (["a", "b\nc"], ["ab"]), (["a\r\nb\r", "\n"], ["a", "b"]), (["\n\r\n\na\n"], ["a"]),
    (["a\rb\n"], ["a\rb"]), ([""], []),
  ])
  func linesEndAtNewlinesWhereverTheChunksDo(chunks: [String], expected: [String]) throws {
    #expect(try lines(of: chunks) == expected)
  }

  @Test func theRestBecomesALineWhenTheStreamEnds() throws {
    #expect(try lines(of: ["a\nb"], ended: true) == ["a", "b"])
    #expect(try lines(of: ["a\n"], ended: true) == ["a"])
  }

  @Test func aLineMayBeAsLongAsTheLimitAndNoLonger() throws {
    #expect(try lines(of: ["1234\n12", "34\n"], limit: 4) == ["1234", "1234"])
    #expect(throws: IOError.self) { try lines(of: ["12345\n"], limit: 4) }
    #expect(throws: IOError.self) { try lines(of: ["123", "45"], limit: 4) }
  }
}
