// SPDX-License-Identifier: Apache-2.0
import EventIO
import Testing

@Suite struct HTTPParserTests {
  /// What a stream of bytes is understood as: requests, then perhaps a rejection.
  struct Reading: Equatable {
    var requests: [String] = []
    var status: Int?
  }

  static let remote = SocketAddress.loopback(port: 5)

  /// Reads `text` in pieces of `size` bytes.
  static func read(_ text: String, inPiecesOf size: Int, limits: HTTPLimits = HTTPLimits()) -> Reading {
    var parser = HTTPParser(remote: remote)
    var reading = Reading()
    let bytes = [UInt8](text.utf8)
    do throws(HTTPRejection) {
      for start in stride(from: 0, to: bytes.count, by: size) {
        let piece = Array(bytes[start..<min(start + size, bytes.count)])
        var position = 0
        while position < piece.count {
          guard case .request(let request, let end) = try parser.consume(piece.span, from: position, limits: limits)
          else { break }
          position = end
          reading.requests.append(describe(request))
        }
      }
    } catch {
      reading.status = error.status.rawValue
    }
    return reading
  }

  static func describe(_ request: HTTPRequest) -> String {
    let headers = request.headers.map { "\($0.name)=\($0.value)" }.joined(separator: ",")
    let body = String(decoding: request.body, as: UTF8.self)
    return "\(request.method) \(request.target) 1.\(request.minorVersion) \(request.keepsAlive) [\(headers)] \(body)"
  }

  static let good: [(String, [String])] = [
    ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", ["GET / 1.1 true [Host=a] "]),
    ("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", ["GET / 1.1 true [Host=a] "]),
    ("GET / HTTP/1.0\r\n\r\n", ["GET / 1.0 false [] "]),
    ("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", ["GET / 1.0 true [Connection=Keep-Alive] "]),
    ("GET / HTTP/1.1\r\nHost:\r\nConnection: x , close\r\n\r\n", ["GET / 1.1 false [Host=,Connection=x , close] "]),
    ("GET / HTTP/1.9\r\nHost: a\r\n\r\n", ["GET / 1.1 true [Host=a] "]),
    ("GET http://a/b?c HTTP/1.1\r\nHost: a\r\n\r\n", ["GET http://a/b?c 1.1 true [Host=a] "]),
    ("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", ["OPTIONS * 1.1 true [Host=a] "]),
    ("M-SEARCH /x HTTP/1.1\r\nhOST: a\r\n\r\n", ["M-SEARCH /x 1.1 true [hOST=a] "]),
    ("GET / HTTP/1.1\r\nHost: \t a \t \r\nX: \u{e9} y\r\n\r\n", ["GET / 1.1 true [Host=a,X=\u{e9} y] "]),
    ("DELETE / HTTP/1.1\r\nHost: a\r\n\r\n", ["DELETE / 1.1 true [Host=a] "]),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", ["POST / 1.1 true [Host=a] abc"]),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", ["POST / 1.1 true [Host=a] "]),
    (
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\ncontent-length: 1\r\n\r\nx",
      ["POST / 1.1 true [Host=a] x"]
    ),
    (
      "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nxGET /2 HTTP/1.1\r\nHost: b\r\n\r\n",
      ["GET / 1.1 true [Host=a] x", "GET /2 1.1 true [Host=b] "]
    ),
    (
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n"
        + "3\r\nabc\r\n00A ;x=\"y\"\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\nGET /2 HTTP/1.1\r\nHost: b\r\n\r\n",
      ["POST / 1.1 true [Host=a,Transfer-Encoding=Chunked] abc0123456789", "GET /2 1.1 true [Host=b] "]
    ),
    (
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      ["POST / 1.1 true [Host=a,Transfer-Encoding=chunked] "]
    ),
  ]

  @Test(arguments: good, [1, 2, 3, 7, 1000])
  func understands(_ example: (text: String, requests: [String]), inPiecesOf size: Int) {
    #expect(Self.read(example.text, inPiecesOf: size) == Reading(requests: example.requests))
  }

  static let bad: [(String, Int)] = [
    ("GET  / HTTP/1.1\r\n", 400), (" GET / HTTP/1.1\r\n", 400), ("\r\n\r\nGET / HTTP/1.1\r\n", 400),
    ("GET /\r\n", 400), ("GET / HTTP/1.1 \r\n", 400), ("GET / HTTP/1.1\n\r\n", 400), ("GET / http/1.1\r\n\r\n", 400),
    ("GET / HTTP/11\r\n\r\n\r\n", 400), ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505), ("G@T / HTTP/1.1\r\n", 400),
    ("GET /\u{e9} HTTP/1.1\r\n", 400), ("GET /\u{0} HTTP/1.1\r\n", 400), ("GET a HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 501), ("GET / HTTP/1.1\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", 400), ("GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\n: a\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\u{0}\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a\r\n\rX\n", 400),
    ("POST / HTTP/1.1\r\nHost: a\r\n\r\n", 411), ("PUT / HTTP/1.1\r\nHost: a\r\n\r\n", 411),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n", 413),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
    ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501),
    ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 501),
    ("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: a\r\nExpect: tea\r\nContent-Length: 1\r\n\r\n", 417),
    (chunked + "x\r\n", 400), (chunked + "\r\n", 400), (chunked + "1\n", 400), (chunked + "1\r\nab\r\n", 400),
    (chunked + "1\r\na\n", 400), (chunked + "-1\r\n", 400), (chunked + "fffffffffffffffff\r\n", 413),
    (chunked + "ffffffff\r\n", 413), (chunked + "1;\u{0}\r\n", 400), (chunked + "0\r\n folded\r\n\r\n", 400),
    (chunked + "1;" + String(repeating: "x", count: 2000) + "\r\n", 400),
  ]
  static let chunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"

  @Test(arguments: bad, [1, 3, 10_000])
  func rejects(_ example: (text: String, status: Int), inPiecesOf size: Int) {
    #expect(Self.read(example.text, inPiecesOf: size) == Reading(status: example.status))
  }

  @Test(arguments: [1, 100, 100_000])
  func targetsHaveALimit(inPiecesOf size: Int) {
    func read(_ count: Int) -> Reading {
      let target = "/" + String(repeating: "a", count: count - 1)
      return Self.read("GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n", inPiecesOf: size)
    }
    #expect(read(8192).requests.count == 1)
    #expect(read(8193) == Reading(status: 414))
  }

  @Test(arguments: [1, 100, 100_000])
  func headsHaveALimit(inPiecesOf size: Int) {
    func read(_ count: Int, end: String = "\r\n\r\n") -> Reading {
      let start = "GET / HTTP/1.1\r\nHost: a\r\nX: "
      return Self.read(
        start + String(repeating: "a", count: count - start.utf8.count - 4) + end, inPiecesOf: size)
    }
    #expect(read(32 * 1024).requests.count == 1)
    #expect(read(32 * 1024 + 1) == Reading(status: 431))
    #expect(read(40 * 1024, end: "") == Reading(status: 431))
  }

  @Test func headerFieldsHaveALimit() {
    func read(_ count: Int) -> Reading {
      let fields = String(repeating: "X: y\r\n", count: count - 1)
      return Self.read("GET / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n", inPiecesOf: 50)
    }
    #expect(read(100).requests.count == 1)
    #expect(read(101) == Reading(status: 431))
  }

  @Test(arguments: [1, 100_000])
  func bodiesHaveALimit(inPiecesOf size: Int) {
    var limits = HTTPLimits()
    limits.bodyBytes = 5
    func read(_ text: String) -> Reading { Self.read(text, inPiecesOf: size, limits: limits) }
    let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: "
    #expect(read(head + "5\r\n\r\n12345").requests.count == 1)
    #expect(read(head + "6\r\n\r\n") == Reading(status: 413))
    #expect(read(Self.chunked + "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n").requests.count == 1)
    #expect(read(Self.chunked + "3\r\nabc\r\n3\r\n") == Reading(status: 413))
  }

  @Test func expectationsAreNoticedBeforeTheBodyComes() throws {
    var parser = HTTPParser(remote: Self.remote)
    let head = [UInt8]("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n".utf8)
    guard case .needsMore = try parser.consume(head.span, limits: HTTPLimits()) else {
      Issue.record("a request without its body was taken for complete")
      return
    }
    #expect(parser.expectsContinue && parser.isInBody)
    guard case .request = try parser.consume([1].span, limits: HTTPLimits()) else {
      Issue.record("the body did not complete the request")
      return
    }
  }

  @Test(
    arguments: [
      ("/a/b", "/a/b", nil), ("/a?b?c", "/a", "b?c"), ("/?", "/", ""), ("http://h/a?b", "/a", "b"),
      ("http://h", "/", nil),
      ("http://h?x", "/", "x"), ("*", "*", nil),
    ] as [(String, String, String?)])
  func targetsHaveAPathAndAQuery(target: String, path: String, query: String?) {
    let request = HTTPRequest(method: .get, target: target, remote: Self.remote)
    #expect(request.path == path)
    #expect(request.query == query)
  }
}
