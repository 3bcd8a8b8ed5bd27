// SPDX-License-Identifier: Apache-2.0
import EventIO
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct HTTPStreamTests {
  static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

  static let twoPieces = Answering { _, response in
    await response.startStream(.ok, headers: ["Content-Type": "text/event-stream"])
    try? await response.write([UInt8]("hello".utf8))
    try? await response.write([])
    try? await response.write([UInt8](repeating: 65, count: 17))
    await response.finish()
  }

  @Test func aStreamIsChunked() async throws {
    try await withServer(Self.twoPieces) { address, _ in
      let peer = try RawPeer(address)
      for _ in 1...2 {
        try await peer.send(Self.get)
        #expect(try await peer.read(through: "\r\n\r\n").contains("\r\nTransfer-Encoding: chunked\r\n"))
        let body = try await peer.read(through: "0\r\n\r\n")
        #expect(body == "5\r\nhello\r\n11\r\nAAAAAAAAAAAAAAAAA\r\n0\r\n\r\n")
      }
    }
  }

  @Test func anOldPeersStreamEndsWithTheConnection() async throws {
    try await withServer(Self.twoPieces) { address, _ in
      let peer = try RawPeer(address)
      try await peer.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
      let text = try await peer.readToEnd()
      #expect(text.contains("\r\nConnection: close\r\n") && text.hasSuffix("\r\n\r\nhelloAAAAAAAAAAAAAAAAA"))
    }
  }

  @Test func aHeadRequestsStreamHasNoBody() async throws {
    try await withServer(Self.twoPieces) { address, _ in
      let text = try await answer(to: "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", at: address)
      #expect(text.hasSuffix("\r\n\r\n") && text.split(separator: "\r\n\r\n").count == 1)
    }
  }

  @Test func anUnfinishedStreamIsBrokenOff() async throws {
    let handler = Answering { _, response in
      await response.startStream(.ok)
      try? await response.write([65])
    }
    try await withServer(handler) { address, _ in
      let peer = try RawPeer(address)
      try await peer.send(Self.get)
      #expect(try await peer.readToEnd().hasSuffix("\r\n\r\n1\r\nA\r\n"))
    }
  }

  @Test func aWriterWaitsForASlowReader() async throws {
    let piece = [UInt8](repeating: 65, count: 100_000)
    let handler = Answering { _, response in
      await response.startStream(.ok)
      for _ in 0..<50 { try? await response.write(piece) }
      await response.finish()
    }
    try await withServer(handler, limits: { $0.streamBytes = 50_000 }) { address, _ in
      let peer = try RawPeer(address, receiveBuffer: 4096)
      try await peer.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
      let bytes = try await peer.readBytes()
      #expect(bytes.count(where: { $0 == 65 }) == 5_000_000)
      #expect(bytes.suffix(5) == [UInt8]("0\r\n\r\n".utf8)[...])
    }
  }

  @Test func aWriterToAPeerThatDoesNotReadIsToldInTheEnd() async throws {
    let outcome = Promise<IOError.Code?>()
    let handler = Answering { _, response in
      await response.startStream(.ok)
      do throws(IOError) {
        while true { try await response.write([UInt8](repeating: 65, count: 100_000)) }
      } catch {
        outcome.keep(error.code)
      }
    }
    try await withServer(
      handler,
      limits: {
        $0.streamBytes = 200_000
        $0.writeStallTime = .milliseconds(40)
      }
    ) { address, _ in
      let peer = try RawPeer(address, receiveBuffer: 4096)
      try await peer.send(Self.get)
      #expect(await outcome.value() == .closed)
    }
  }

  @Test func aHandlerLearnsThatItsPeerIsGone() async throws {
    let (begun, gone) = (Event(), Event())
    let handler = Answering { _, response in
      await response.startStream(.ok)
      response.onDisconnect { gone.happen() }
      begun.happen()
      await gone.wait()
    }
    try await withServer(handler) { address, server in
      let peer = try RawPeer(address)
      try await peer.send(Self.get)
      await begun.wait()
      peer.reset()
      await gone.wait()
      while case let now = await server.statistics, now.accepted == 0 || now.open > 0 { await Task.yield() }
    }
  }

  @Test func aPeerThatEndedItsSideStillGetsItsAnswer() async throws {
    let gone = Event()
    let handler = Answering { _, response in
      response.onDisconnect { gone.happen() }
      await gone.wait()
      await response.send(.ok, body: [65])
    }
    try await withServer(handler) { address, _ in
      let text = try await answer(to: Self.get, at: address)
      #expect(text.hasSuffix("\r\n\r\nA"))
    }
  }

  @Test func aPeerThatLeftBeforeAnyoneAskedIsReportedAtOnce() async throws {
    let (begun, left, reported) = (Event(), Event(), Event())
    let handler = Answering { _, response in
      begun.happen()
      await left.wait()
      while await response.isOpen, !reported.hasHappened {
        response.onDisconnect { reported.happen() }
        await Task.yield()
      }
      response.onDisconnect { reported.happen() }
      await reported.wait()
    }
    try await withServer(handler) { address, _ in
      let peer = try RawPeer(address)
      try await peer.send(Self.get)
      await begun.wait()
      peer.reset()
      left.happen()
      await reported.wait()
    }
  }

  @Test func aResponderIsOfNoUseAfterTheAnswer() async throws {
    let kept = Mutex<HTTPResponder?>(nil)
    let handler = Answering { _, response in
      let earlier = kept.withLock { kept in
        defer { kept = response }
        return kept
      }
      if let earlier {
        await earlier.send(.ok, body: [66])
        #expect(await earlier.isOpen == false)
        await #expect(throws: IOError.self) { try await earlier.write([66]) }
      }
      #expect(await response.isOpen)
      await response.send(.ok, body: [65])
      await response.send(.ok, body: [67])
      #expect(await response.isOpen == false)
    }
    try await withServer(handler) { address, _ in
      let answers = try await answer(to: Self.get + Self.get, at: address)
      #expect(answers.split(separator: "HTTP/1.1 200 OK").allSatisfy { $0.hasSuffix("\r\n\r\nA") })
      #expect(!answers.hasSuffix("B") && !answers.hasSuffix("C"))
    }
  }

  @Test func aResponderMayBeUsedFromAnywhere() async throws {
    let handler = Answering { _, response in
      try? await run(on: RawPeer.pool) {
        await response.startStream(.ok)
        try await response.write([65])
        await response.finish()
      }
    }
    try await withServer(handler) { address, _ in
      let text = try await answer(to: Self.get, at: address)
      #expect(text.hasSuffix("1\r\nA\r\n0\r\n\r\n"))
    }
  }
}
