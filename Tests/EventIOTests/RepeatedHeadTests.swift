// SPDX-License-Identifier: Apache-2.0
import EventIO
import Testing

@Suite struct RepeatedHeadTests {
  static func head(_ length: String, more: String = "") -> String {
    "POST /mcp HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\nAccept: b\r\n\(more)\r\n"
  }

  /// The requests in `texts`, each of which arrives as one piece on one connection.
  static func read(_ texts: [String], limits: HTTPLimits = HTTPLimits()) throws(HTTPRejection) -> [HTTPRequest] {
    var parser = HTTPParser(remote: .loopback(port: 5), freeField: "free")
    var requests: [HTTPRequest] = []
    for text in texts {
      let bytes = [UInt8](text.utf8)
      if case .request(let request, _) = try parser.consume(bytes.span, limits: limits) { requests.append(request) }
    }
    return requests
  }

  @Test func requestsThatRepeatAHeadShareIt() throws {
    let requests = try Self.read([Self.head("3") + "abc", Self.head("3") + "def", Self.head("5") + "ghijk"])
    #expect(requests.map { String(decoding: $0.body, as: UTF8.self) } == ["abc", "def", "ghijk"])
    #expect(requests.allSatisfy { $0.head === requests[0].head })
  }

  @Test func aHeadThatDiffersIsReadAnew() throws {
    let texts = [
      Self.head("3") + "abc", Self.head("3", more: "X: y\r\n") + "abc", Self.head("3") + "abc",
      Self.head("10")
        + "0123456789",
      "POST /mcp HTTP/1.1\r\nHost: b\r\nContent-Length: 1\r\n\r\nz",
    ]
    let requests = try Self.read(texts)
    #expect(requests.count == 5)
    for (one, other) in zip(requests, requests.dropFirst()) { #expect(one.head !== other.head) }
    #expect(requests[1].headers["x"] == "y" && !requests[2].headers.contains("x"))
    #expect(requests[3].body.count == 10 && requests[4].headers["host"] == "b")
  }

  @Test(arguments: ["Free: %\r\n", "FREE:  % \r\nX: y\r\n"])
  func headsThatDifferInTheFreeFieldAreRoutedAlike(field: String) throws {
    func head(_ value: String) -> String {
      Self.head("3", more: field.split(separator: "%").joined(separator: value)) + "abc"
    }
    let requests = try Self.read([head("one"), head("two"), head("one"), head("three")])
    #expect(requests.map { $0.headers["free"] } == ["one", "two", "one", "three"])
    #expect(requests.dropLast().allSatisfy { $0.head.routed === requests[0].head })
    #expect(requests[2].head === requests[0].head && requests[3].head.routed === requests[3].head)
    #expect(requests.allSatisfy { $0.headers.count == requests[0].headers.count && $0.headers["accept"] == "b" })
  }

  @Test func aFreeFieldBeforeTheLengthIsFreeToo() throws {
    let texts = ["a", "b"].map { "POST / HTTP/1.1\r\nFree: \($0)\r\nHost: a\r\nContent-Length: 1\r\n\r\nz" }
    let requests = try Self.read(texts)
    #expect(requests.map { $0.headers["free"] } == ["a", "b"])
    #expect(requests[1].head.routed === requests[0].head)
  }

  @Test func nothingIsHiddenInAFreeField() throws {
    let texts = [Self.head("3", more: "Free: abcdefgh\r\n") + "abc", Self.head("3", more: "Free: a\r\nX: y\r\n\r\n")]
    let requests = try Self.read(texts + ["abc"])
    #expect(requests.count == 2 && requests[1].headers["free"] == "a" && requests[1].headers["x"] == "y")
    #expect(throws: HTTPRejection.self) {
      try Self.read([texts[0], Self.head("3", more: "Free: abc\0efgh\r\n") + "abc"])
    }
  }

  @Test func aFieldThatIsThereTwiceIsNotFree() throws {
    let requests = try Self.read(["b", "c"].map { Self.head("3", more: "Free: a\r\nFree: \($0)\r\n") + "abc" })
    #expect(requests[1].head.routed === requests[1].head && requests[1].headers.values(of: "free") == ["a", "c"])
  }

  @Test func theBodyOfARepeatedHeadMayComeInPieces() throws {
    let requests = try Self.read([Self.head("3") + "abc", Self.head("4") + "de", "fg"])
    #expect(requests.count == 2 && requests[1].body == [UInt8]("defg".utf8))
  }

  @Test func limitsHoldForRepeatedHeads() throws {
    var limits = HTTPLimits()
    limits.bodyBytes = 5
    #expect(throws: HTTPRejection.self) {
      try Self.read([Self.head("3") + "abc", Self.head("6") + "abcdef"], limits: limits)
    }
    #expect(throws: HTTPRejection.self) { try Self.read([Self.head("3") + "abc", Self.head("x") + "abc"]) }
  }

  @Test func aLengthThatIsSaidTwiceIsNeverTakenForARepetition() {
    let (first, second) = (Self.head("3", more: "Content-Length: 3\r\n"), Self.head("4", more: "Content-Length: 3\r\n"))
    #expect(throws: HTTPRejection.self) { try Self.read([first + "abc", second + "abcd"]) }
  }

  @Test(arguments: [(2048, true), (2049, false)])
  func aLongHeadIsNotKept(size: Int, isKept: Bool) throws {
    let more = "X: " + String(repeating: "y", count: size - Self.head("3", more: "X: \r\n").utf8.count) + "\r\n"
    let head = Self.head("3", more: more)
    #expect(head.utf8.count == size)
    let requests = try Self.read([head + "abc", head + "def"])
    #expect((requests[0].head === requests[1].head) == isKept)
  }
}
