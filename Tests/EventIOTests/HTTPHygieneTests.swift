// SPDX-License-Identifier: Apache-2.0
import EventIO
import Testing

/// What the server does about peers that are slow, greedy, impolite or gone.
@Suite(.timeLimit(.minutes(1))) struct HTTPHygieneTests {
  static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

  @Test func aMalformedRequestIsToldWhatIsWrong() async throws {
    try await withServer { address, server in
      let peer = try RawPeer(address)
      try await peer.send("GET / HTTP/1.1\r\nHost : a\r\n\r\n")
      let text = try await peer.readToEnd()
      #expect(text.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
      #expect(text.contains("\r\nConnection: close\r\n"))
      #expect(text.hasSuffix("{\"error\":\"a header line has no valid name before its colon\"}\n"))
      #expect(await server.statistics.rejected == 1)
    }
  }

  @Test func whatIsMalformedIsSaidAfterTheEarlierAnswers() async throws {
    try await withServer { address, _ in
      let peer = try RawPeer(address)
      try await peer.send(Self.get + Self.get + "nonsense\r\n")
      #expect(try await peer.readResponse().body == "GET / ")
      #expect(try await peer.readResponse().body == "GET / ")
      #expect(try await peer.readToEnd().hasPrefix("HTTP/1.1 400 "))
    }
  }

  @Test func tooLargeABodyIsRefusedBeforeItIsSentAndTheRefusalCanBeRead() async throws {
    try await withServer(limits: { $0.bodyBytes = 10 }) { address, _ in
      let peer = try RawPeer(address)
      try await peer.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 400000\r\n\r\n")
      try await peer.send([UInt8](repeating: 65, count: 400_000))
      peer.endSending()
      #expect(try await peer.readToEnd().hasPrefix("HTTP/1.1 413 Content Too Large\r\n"))
    }
  }

  @Test func aBodyIsAskedForOnlyWhenItWillBeTaken() async throws {
    try await withServer(limits: { $0.bodyBytes = 10 }) { address, _ in
      let head = "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: "
      let peer = try RawPeer(address)
      try await peer.send(head + "2\r\n\r\n")
      #expect(try await peer.read(through: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
      try await peer.send("hi")
      #expect(try await peer.readResponse().body == "POST / hi")
      try await peer.send(head + "11\r\n\r\n")
      #expect(try await peer.readToEnd().hasPrefix("HTTP/1.1 413 "))
    }
  }

  @Test func aBodyIsAskedForAfterTheEarlierAnswers() async throws {
    let gate = Event()
    let handler = Answering { request, response in
      if request.method == .get { await gate.wait() }
      await response.send(.ok, body: request.body)
    }
    try await withServer(handler) { address, _ in
      let peer = try RawPeer(address)
      try await peer.send(
        Self.get + "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
      gate.happen()
      #expect(try await peer.readResponse().head.hasPrefix("HTTP/1.1 200 "))
      #expect(try await peer.read(through: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
      try await peer.send("hi")
      #expect(try await peer.readResponse().body == "hi")
    }
  }

  @Test func aBodyBehindABusyRequestArrivesWhole() async throws {
    let gate = Event()
    let handler = Answering { request, response in
      if request.method == .get { await gate.wait() }
      await response.send(.ok, body: [UInt8]("\(request.body.count)".utf8))
    }
    try await withServer(handler) { address, _ in
      let peer = try RawPeer(address)
      let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9000000\r\n\r\n"
      try await peer.send(Self.get)
      async let sending: Void = peer.send([UInt8](head.utf8) + [UInt8](repeating: 65, count: 9_000_000))
      // Whatever is read of it meanwhile.
      for _ in 0..<100 { await Task.yield() }
      gate.happen()
      #expect(try await peer.readResponse().body == "0")
      #expect(try await peer.readResponse().body == "9000000")
      try await sending
    }
  }

  @Test(arguments: ["GET / HT", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab"])
  func aRequestThatDoesNotGoOnTimesOut(start: String) async throws {
    try await withServer(limits: {
      $0.headerTime = .milliseconds(40)
      $0.bodyPauseTime = .milliseconds(40)
    }) { address, server in
      let peer = try RawPeer(address)
      try await peer.send(start)
      #expect(try await peer.readToEnd().hasPrefix("HTTP/1.1 408 "))
      #expect(await server.statistics.timeouts == 1)
    }
  }

  @Test func aHeadThatDripsTimesOutAllTheSame() async throws {
    try await withServer(limits: { $0.headerTime = .milliseconds(60) }) { address, _ in
      let peer = try RawPeer(address)
      try await peer.send("GET / HTTP/1.1\r\n")
      let drip = Task { while true { try await peer.send("X: y\r\n") } }
      #expect(try await peer.readToEnd().hasPrefix("HTTP/1.1 4"))
      drip.cancel()
    }
  }

  @Test func aSilentConnectionIsClosed() async throws {
    try await withServer(limits: {
      $0.headerTime = .milliseconds(40)
      $0.idleTime = .milliseconds(40)
    }) { address, _ in
      #expect(try await RawPeer(address).readToEnd() == "")
      let peer = try RawPeer(address)
      try await peer.send(Self.get)
      _ = try await peer.readResponse()
      #expect(try await peer.readToEnd() == "")
    }
  }

  @Test func tooManyConnectionsAreTurnedAway() async throws {
    try await withServer(limits: { $0.connections = 2 }) { address, server in
      let peers = [try RawPeer(address), try RawPeer(address)]
      for peer in peers {
        try await peer.send(Self.get)
        _ = try await peer.readResponse()
      }
      let excess = try RawPeer(address)
      try await excess.send(Self.get)
      #expect(try await excess.readToEnd().hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
      excess.endSending()
      try await peers[0].send(Self.get)
      #expect(try await peers[0].readResponse().body == "GET / ")
      peers[1].endSending()
      #expect(try await peers[1].readToEnd() == "")
      let text = try await answer(to: Self.get, at: address)
      #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n"))
    }
  }

  @Test func tooManyConnectionsOfOneAddressAreTurnedAway() async throws {
    try await withServer(limits: { $0.connectionsPerAddress = 2 }) { address, server in
      let peers = [try RawPeer(address), try RawPeer(address)]
      for peer in peers {
        try await peer.send(Self.get)
        _ = try await peer.readResponse()
      }
      let text = try await RawPeer(address).readToEnd()
      #expect(text.hasPrefix("HTTP/1.1 429 Too Many Requests\r\n"))
      #expect(text.contains("your address has 2 connections already"))
      peers[1].endSending()
      #expect(try await peers[1].readToEnd() == "")
      #expect(try await answer(to: Self.get, at: address).hasPrefix("HTTP/1.1 200 OK\r\n"))
    }
    try await withServer(limits: {
      $0.connectionsPerAddress = 1
      $0.uncountedAddresses = [AddressRange("127.0.0.0/8")].compactMap(\.self)
    }) { address, _ in
      let first = try RawPeer(address)
      #expect(try await answer(to: Self.get, at: address).hasPrefix("HTTP/1.1 200 OK\r\n"))
      first.endSending()
    }
  }

  @Test func aHandlerThatSaysNothingYieldsA500() async throws {
    try await withServer(Answering { _, _ in }) { address, _ in
      let peer = try RawPeer(address)
      try await peer.send(Self.get)
      #expect(try await peer.readToEnd().hasPrefix("HTTP/1.1 500 "))
    }
  }

  @Test func aHandlerThatNeverEndsYieldsA503AndIsCancelled() async throws {
    let cancelled = Event()
    let handler = Answering { _, _ in
      await withTaskCancellationHandler {
        await cancelled.wait()
      } onCancel: {
        cancelled.happen()
      }
    }
    try await withServer(handler, limits: { $0.answerTime = .milliseconds(40) }) { address, _ in
      let peer = try RawPeer(address)
      try await peer.send(Self.get)
      #expect(try await peer.readToEnd().hasPrefix("HTTP/1.1 503 "))
      await cancelled.wait()
    }
  }

  @Test func aPeerThatDoesNotReadItsAnswerIsCutOff() async throws {
    let handler = Answering { _, response in await response.send(.ok, body: [UInt8](repeating: 65, count: 30_000_000)) }
    try await withServer(handler, limits: { $0.writeStallTime = .milliseconds(40) }) { address, server in
      let peer = try RawPeer(address, receiveBuffer: 4096)
      try await peer.send(Self.get)
      while case let now = await server.statistics, now.accepted == 0 || now.open > 0 { await Task.yield() }
      #expect(await server.statistics.timeouts == 1)
      #expect(try await peer.readBytes().count < 30_000_000)
    }
  }
}
