// SPDX-License-Identifier: Apache-2.0
import EventIO
import Testing

@Suite(.timeLimit(.minutes(1))) struct HTTPServerTests {
  @Test(arguments: Echo.allCases)
  func aConnectionServesRequestAfterRequest(_ echo: Echo) async throws {
    try await withServer(echo) { address, server in
      let peer = try RawPeer(address)
      for number in 1...3 {
        try await peer.send("POST /\(number)?q HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi")
        let (head, body) = try await peer.readResponse()
        #expect(head.hasPrefix("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nDate: "))
        #expect(!head.contains("Connection:"))
        #expect(body == "POST /\(number) hi")
      }
      let statistics = await server.statistics
      #expect(statistics.requests == 3 && statistics.accepted == 1 && statistics.open == 1)
    }
  }

  @Test(arguments: [1, 7])
  func aRequestMayComeInPieces(ofSize size: Int) async throws {
    try await withServer { address, _ in
      let peer = try RawPeer(address)
      let bytes = [UInt8]("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc".utf8)
      for start in stride(from: 0, to: bytes.count, by: size) {
        try await peer.send(Array(bytes[start..<min(start + size, bytes.count)]))
      }
      #expect(try await peer.readResponse().body == "POST /x abc")
    }
  }

  @Test(arguments: Echo.allCases)
  func pipelinedRequestsAreAnsweredInOrder(_ echo: Echo) async throws {
    try await withServer(echo) { address, _ in
      let requests = (1...64).map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined()
      let peer = try RawPeer(address)
      try await peer.send(requests)
      for number in 1...64 {
        #expect(try await peer.readResponse().body == "GET /\(number) ")
      }
    }
  }

  @Test(arguments: Echo.allCases)
  func pipelinedRequestsAreAnsweredThoughThePeerEndedItsSide(_ echo: Echo) async throws {
    try await withServer(echo) { address, _ in
      let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
      let answers = try await answer(to: String(repeating: request, count: 40), at: address)
      #expect(answers.split(separator: "HTTP/1.1 200 OK").count == 40)
    }
  }

  @Test func aHeadRequestGetsTheHeadAlone() async throws {
    try await withServer { address, _ in
      let text = try await answer(to: "HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n", at: address)
      #expect(text.contains("Content-Length: 8\r\n"))
      #expect(text.hasSuffix("\r\n\r\n"))
    }
  }

  @Test(arguments: Echo.allCases)
  func closingIsSaidAndDone(_ echo: Echo) async throws {
    try await withServer(echo) { address, _ in
      let peer = try RawPeer(address)
      try await peer.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
      #expect(try await peer.readToEnd().contains("\r\nConnection: close\r\n"))
      let old = try RawPeer(address)
      try await old.send("GET / HTTP/1.0\r\n\r\n")
      #expect(try await old.readToEnd().contains("\r\nConnection: close\r\n"))
      let kept = try RawPeer(address)
      try await kept.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
      #expect(try await kept.readResponse().head.contains("\r\nConnection: keep-alive\r\n"))
      try await kept.send("GET /again HTTP/1.0\r\n\r\n")
      #expect(try await kept.readToEnd().hasSuffix("GET /again "))
    }
  }

  @Test func theHandlerMayCloseAndCannotForgeTheFraming() async throws {
    let handler = Answering { _, response in
      await response.send(
        .ok, headers: ["Content-Length": "99", "X": "a\r\nY: b", "connection": "close"], body: [65])
    }
    try await withServer(handler) { address, _ in
      let peer = try RawPeer(address)
      try await peer.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
      let text = try await peer.readToEnd()
      #expect(text.contains("\r\nContent-Length: 1\r\nConnection: close\r\n\r\nA"))
      #expect(text.contains("\r\nX: a  Y: b\r\n"))
    }
  }

  @Test(arguments: [204, 304])
  func someStatusesHaveNoBody(status: Int) async throws {
    let handler = Answering { _, response in await response.send(HTTPStatus(rawValue: status), body: [65]) }
    try await withServer(handler) { address, _ in
      let text = try await answer(to: "GET / HTTP/1.1\r\nHost: a\r\n\r\n", at: address)
      #expect(text.hasPrefix("HTTP/1.1 \(status) ") && text.hasSuffix("\r\n\r\n"))
      #expect(!text.contains("Content-Length"))
    }
  }

  @Test func aLargeBodyArrivesWhole() async throws {
    let body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 >> 8) }
    let handler = Answering { request, response in await response.send(.ok, body: request.body) }
    try await withServer(handler) { address, _ in
      let peer = try RawPeer(address)
      async let sending: Void = peer.send(
        [UInt8]("POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 3000000\r\n\r\n".utf8) + body)
      let answer = try await peer.readBytes()
      try await sending
      #expect(answer.suffix(body.count) == body[...])
    }
  }

  /// The peer reads nothing until it has sent everything and ended its side.
  @Test(arguments: Echo.allCases)
  func answersThatWaitForTheirReaderArriveWhole(_ echo: Echo) async throws {
    let body = String(repeating: "z", count: 400_000)
    let request = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 400000\r\n\r\n\(body)"
    try await withServer(echo) { address, _ in
      let peer = try RawPeer(address)
      async let answers = peer.readBytes()
      try await peer.send(String(repeating: request, count: 20))
      peer.endSending()
      #expect(try await answers.filter { $0 == UInt8(ascii: "z") }.count == 20 * 400_000)
    }
  }

  /// Closing with unread input would reset the connection, and the peer could lose the answer.
  @Test(arguments: Echo.allCases)
  func whatComesAfterTheLastRequestDoesNotCostItsAnswer(_ echo: Echo) async throws {
    let last = "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi"
    let more = String(repeating: "GET / HTTP/1.1\r\nHost: a\r\n\r\n", count: 8000)
    try await withServer(echo) { address, _ in
      let peer = try RawPeer(address)
      try await peer.send(last + more)
      let (head, body) = try await peer.readResponse()
      #expect(head.contains("Connection: close") && body == "POST / hi")
    }
  }

  /// What a route took for its work, only the work can let go of.
  @Test func workIsDoneThoughItsConnectionIsGone() async throws {
    let done = Event()
    try await withServer(Leaving(done: done)) { address, _ in
      _ = try await answer(to: "GET / HTTP/1.1\r\nHost: a\r\n\r\n", at: address)
      await done.wait()
    }
  }

  private struct Leaving: HTTPHandler, HTTPRoute {
    let done: Event

    func respond(to request: HTTPRequest, through response: HTTPResponder) -> HTTPWork? {
      response.breakOff()
      return { done.happen() }
    }
  }

  @Test func severalLoopsShareAPort() async throws {
    try await withServer(loops: 2) { address, server in
      for _ in 0..<16 {
        let text = try await answer(to: "GET / HTTP/1.1\r\nHost: a\r\n\r\n", at: address)
        #expect(text.hasSuffix("GET / "))
      }
      #expect(await server.statistics.requests == 16)
    }
  }

  @Test(arguments: [1, 2])
  func aBusyPortIsNamed(loops: Int) async throws {
    try await withServer(loops: loops) { address, _ in
      let second = try HTTPServer(handler: Answering.echo, loops: loops)
      let error = #expect(throws: IOError.self) { try second.start(on: address) }
      #expect(error?.message.hasPrefix("address 127.0.0.1:\(address.port) is already in use") == true)
      await second.shutdown(within: .zero)
    }
  }

  @Test func localhostIsBothLoopbackAddresses() async throws {
    let server = try HTTPServer(handler: Answering.echo)
    let addresses = try server.start(host: "localhost", port: 0)
    #expect(addresses.first?.host == "127.0.0.1")
    #expect(Set(addresses.map(\.port)).count == 1)
    let areLoopback = addresses.allSatisfy { $0.isLoopback }
    #expect(areLoopback)
    #expect(throws: IOError.self) { try server.start(host: "example.org", port: 0) }
    await server.shutdown(within: .zero)
  }

  @Test func addressesAreLiterals() {
    #expect(SocketAddress(host: "::1", port: 80)?.description == "[::1]:80")
    #expect(SocketAddress(host: "[2001:db8::1]", port: 80)?.host == "2001:db8::1")
    #expect(SocketAddress(host: "10.0.0.1", port: 80)?.description == "10.0.0.1:80")
    #expect(SocketAddress.loopback(port: 80).description == "127.0.0.1:80")
    #expect(SocketAddress(host: "10.0.0.1", port: 80)?.isLoopback == false)
    #expect(SocketAddress(host: "::ffff:127.0.0.1", port: 80)?.isLoopback == true)
    #expect(SocketAddress(host: "[10.0.0.1]", port: 80) == nil)
    #expect(SocketAddress(host: "host", port: 80) == nil)
  }
}
