// SPDX-License-Identifier: Apache-2.0
import EventIO
import Testing

@Suite struct ServerSentEventTests {
  private func parse(_ text: String, inPiecesOf size: Int = 1000) throws -> [ServerSentEvent] {
    var parser = SSEParser()
    return try parse([UInt8](text.utf8), inPiecesOf: size, &parser)
  }

  private func parse(_ bytes: [UInt8], inPiecesOf size: Int, _ parser: inout SSEParser) throws -> [ServerSentEvent] {
    var events: [ServerSentEvent] = []
    for start in stride(from: 0, to: bytes.count, by: size) {
      events += try parser.consume(Array(bytes[start..<min(start + size, bytes.count)]).span)
    }
    return events
  }

  static let streams: [(String, [ServerSentEvent])] = [
    ("data: a\n\n", [.init(data: "a")]),
    ("data:a\ndata\ndata:  b\r\n\r\n", [.init(data: "a\n\n b")]),
    ("\u{FEFF}data: a\r\rdata: b\r\n\n", [.init(data: "a"), .init(data: "b")]),
    (": comment\nevent: e\nid: 7\nretry: 100\ndata: a\n\n", [.init(id: "7", event: "e", data: "a", retry: 100)]),
    ("event: e\n\ndata: a\n\n", [.init(data: "a")]),
    ("id: a\u{0}b\nretry: 1x\nunknown: x\ndata: a\n\n", [.init(data: "a")]),
    ("id\ndata: a\n\n", [.init(id: "", data: "a")]),
    ("data\n\n", [.init(data: "")]),
    ("data: unfinished\n", []),
    ("\n\n\n: x\n\n", []),
    ("data: {\"a\": \"\u{e9}\"}\n\n", [.init(data: "{\"a\": \"\u{e9}\"}")]),
  ]

  @Test(arguments: streams, [1, 2, 3, 1000])
  func understands(_ example: (text: String, events: [ServerSentEvent]), inPiecesOf size: Int) throws {
    #expect(try parse(example.text, inPiecesOf: size) == example.events)
  }

  @Test(arguments: [
    ServerSentEvent(data: ""), ServerSentEvent(data: "a\n"), ServerSentEvent(data: "\n\na\n\n"),
    ServerSentEvent(id: "1", event: "message", data: "x: y", retry: 5), ServerSentEvent(id: "", data: " a"),
  ])
  func whatIsEncodedIsUnderstood(_ event: ServerSentEvent) throws {
    #expect(try parse(String(decoding: event.encoded(), as: UTF8.self)) == [event])
  }

  @Test func nothingInAnEventBeginsAnother() throws {
    let event = ServerSentEvent(id: "1\ndata: x", event: "e\r\n\r\ndata: y", data: "a\r\nevent: z\r\rdata: b")
    let text = String(decoding: event.encoded(), as: UTF8.self)
    #expect(try parse(text) == [.init(id: "1data: x", event: "edata: y", data: "a\nevent: z\n\ndata: b")])
    #expect(try parse(String(decoding: ServerSentEvent.comment("a\n\ndata: b\n\n"), as: UTF8.self)).isEmpty)
  }

  @Test func theLastIDOutlivesItsEvent() throws {
    var parser = SSEParser()
    _ = try parse([UInt8]("id: 1\ndata: a\n\ndata: b\n\nid: 2\n\nid: 3\n".utf8), inPiecesOf: 5, &parser)
    #expect(parser.lastEventID == "2")
  }

  @Test func eventsHaveALimit() throws {
    var parser = SSEParser(maximumBytes: 10)
    #expect(try parse([UInt8]("data: abcd\n\n".utf8), inPiecesOf: 3, &parser) == [.init(data: "abcd")])
    #expect(throws: IOError.self) { try parse([UInt8]("data: abcde\n\n".utf8), inPiecesOf: 3, &parser) }
  }
}
