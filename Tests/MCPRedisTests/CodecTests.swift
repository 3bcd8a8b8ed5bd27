// SPDX-License-Identifier: Apache-2.0
import EventIO
import Testing

@testable import MCPRedis

/// What goes over the wire, and what is read of it, without a server.
struct CodecTests {
  private func replies(_ text: String, bytes: Int = 1000, elements: Int = 10) throws -> [RedisValue] {
    var reader = ReplyReader(bytes: bytes, elements: elements)
    var replies: [RedisValue] = []
    try reader.consume(Array(text.utf8).span, into: &replies)
    return replies
  }

  @Test func aCommandIsItsWordsWithTheirLengths() {
    let command = RedisCommand("XGROUP CREATE", .key("a b"), .int(-5), .bytes([0, 13, 10]), "")
    #expect(
      String(decoding: command.encoded, as: UTF8.self)
        == "*6\r\n$6\r\nXGROUP\r\n$6\r\nCREATE\r\n$3\r\na b\r\n$2\r\n-5\r\n$3\r\n\0\r\n\r\n$0\r\n\r\n")
    #expect(command.key == "a b")
  }

  @Test func eachKindOfReplyIsRead() throws {
    #expect(
      try replies("+OK\r\n:-3\r\n$3\r\na\r\n\r\n$-1\r\n*-1\r\n*2\r\n$0\r\n\r\n-ERR no\r\n") == [
        .status("OK"), .integer(-3), .bytes([0x61, 13, 10]), .null, .null, .array([.bytes([]), .error("ERR no")]),
      ])
  }

  @Test func aReplyMayComeByteByByte() throws {
    var reader = ReplyReader(bytes: 1000, elements: 10)
    var replies: [RedisValue] = []
    for byte in "*2\r\n$5\r\nhello\r\n:1\r\n+PONG\r\n".utf8 { try reader.consume([byte].span, into: &replies) }
    #expect(replies == [.array([.bytes(Array("hello".utf8)), .integer(1)]), .status("PONG")])
  }

  @Test func aReplyHasALimitInBytes() throws {
    #expect(try replies("$100\r\n\(String(repeating: "x", count: 100))\r\n", bytes: 108).count == 1)
    #expect(throws: ReplyReader.Fault.self) {
      try replies("$100\r\n\(String(repeating: "x", count: 100))\r\n", bytes: 107)
    }
    // Also while it is still on its way.
    #expect(throws: ReplyReader.Fault.self) {
      try replies("$9000\r\n\(String(repeating: "x", count: 200))", bytes: 100)
    }
    // Short ones do not add up.
    #expect(try replies(String(repeating: "+OK\r\n", count: 500), bytes: 100).count == 500)
  }

  @Test func anArrayHasALimitBeforeThereIsRoomMadeForIt() throws {
    #expect(try replies("*10\r\n\(String(repeating: ":1\r\n", count: 10))").count == 1)
    #expect(throws: ReplyReader.Fault.self) { try replies("*11\r\n") }
    #expect(throws: ReplyReader.Fault.self) { try replies("*2147483647\r\n") }
  }

  @Test(arguments: ["HTTP/1.1 400 Bad Request\r\n\r\n", ":twelve\r\n", "$-2\r\n", "*1\r\n!\r\n", "\r\n"])
  func whatIsNoReplyIsRefused(_ text: String) {
    #expect(throws: ReplyReader.Fault.self) { try replies(text) }
  }

  @Test func valuesAreReadAsWhatIsExpected() {
    #expect(RedisValue.bytes(Array("12".utf8)).int == 12)
    #expect(RedisValue.integer(5).string == "5")
    #expect(RedisValue.array([.bytes([0x61]), .bytes([1])]).fields == ["a": [1]])
    #expect(RedisValue.array([.bytes([0x61])]).fields == nil)
    #expect(RedisValue.array([.bytes([0x61]), .null]).strings == nil)
  }

  @Test func anErrorSaysNothingOfWhatWasSent() {
    let command = RedisCommand("SET", .key("private-key"), "topsecret", "PX", 100)
    let error = RedisError.server(
      "ERR unknown command 'SET', with args beginning with: 'private-key' 'topsecret'", to: command, at: "here:1")
    #expect(error.message == "Redis at here:1, SET: ERR unknown command 'SET'")
    let script = RedisError.server("ERR user_script: topsecret is wrong, topsecret", to: command, at: "here:1")
    #expect(script.message == "Redis at here:1, SET: ERR user_script: … is wrong, …")
    #expect(script.serverCode == "ERR")
  }

  @Test func aKeysSlotIsThatOfItsTag() {
    #expect(HashSlot.crc16(Array("123456789".utf8)[...]) == 0x31C3)
    #expect(HashSlot.slot(of: "foo") == 12182)
    #expect(HashSlot.slot(of: "{user1000}.following") == HashSlot.slot(of: "user1000"))
    #expect(HashSlot.slot(of: "foo{}{bar}") == 8363)
    #expect(HashSlot.slot(of: "foo{{bar}}zap") == HashSlot.slot(of: "{bar"))
    #expect(HashSlot.slot(of: "foo{bar}{zap}") == HashSlot.slot(of: "bar"))
    #expect(HashSlot.slot(of: "") == 0)
  }

  @Test func redirectionsAreRead() {
    let asked = StreamEndpoint.host("10.0.0.1", port: 1)
    #expect(
      Redirection("MOVED 3999 127.0.0.1:6381", by: asked) == .moved(slot: 3999, to: .host("127.0.0.1", port: 6381)))
    #expect(Redirection("MOVED 3999 :6381", by: asked) == .moved(slot: 3999, to: .host("10.0.0.1", port: 6381)))
    #expect(Redirection("ASK 5 ::1:6381", by: asked) == .ask(.host("::1", port: 6381)))
    #expect(Redirection("MOVED 99999 127.0.0.1:6381", by: asked) == nil)
    #expect(Redirection("MOVED 1 nowhere", by: asked) == nil)
    #expect(Redirection("ERR", by: asked) == nil)
  }

  @Test func scriptsAreKnownByTheirSHA1() {
    #expect(RedisScript("return 1").digest == "e0e1f9fabfc9d4800c877a703b823ac0578ff8db")
    #expect(sha1([]) == "da39a3ee5e6b4b0d3255bfef95601890afd80709")
    #expect(sha1(Array(String(repeating: "a", count: 1000).utf8)) == "291e9a6c66994949b57ba5e650361e98fc36b1ba")
    for count in 54...66 { #expect(sha1([UInt8](repeating: 1, count: count)).utf8.count == 40) }
  }

  @Test func pausesGrowAndStayBelowTheLongest() {
    var backoff = Backoff(least: .milliseconds(10), longest: .milliseconds(100))
    var generator = SystemRandomNumberGenerator()
    for ceiling in [10, 20, 40, 80, 100, 100] {
      let pause = backoff.next(using: &generator)
      #expect(pause >= .milliseconds(ceiling) / 2 && pause <= .milliseconds(ceiling))
    }
    backoff.reset()
    #expect(backoff.next(using: &generator) <= .milliseconds(10))
  }

  @Test func streamIdsAreReadAndOrdered() {
    #expect(RedisStreamID("12-3") == RedisStreamID(milliseconds: 12, sequence: 3))
    #expect(RedisStreamID("12") == nil && RedisStreamID("+1-2") == nil && RedisStreamID("1-2-3") == nil)
    #expect(RedisStreamID(milliseconds: 2, sequence: 0) > RedisStreamID(milliseconds: 1, sequence: 9))
    #expect("\(RedisStreamID.start)" == "0-0")
  }
}
