// SPDX-License-Identifier: Apache-2.0
import EventIO
import Glibc
import TestSupport
import Testing

private let certificates = Result { try Certificates() }

/// The server over TLS, with clients that are others' work: libcurl, openssl and Python.
@Suite(.timeLimit(.minutes(1))) struct TLSServerTests {
  let files: Certificates

  init() throws { files = try certificates.get() }

  /// Runs a server with the certificate `one` for as long as `body` takes.
  private func withTLS(
    _ handler: any HTTPHandler = Answering.echo, clients: String? = nil, oldest: TLSFiles.Version = .tls12,
    limits change: (inout HTTPLimits) -> Void = { _ in },
    _ body: (SocketAddress, HTTPServer, TLSKeeper) async throws -> Void
  ) async throws {
    let keeper = try TLSKeeper(
      TLSFiles(
        certificate: files.path("one.pem"), key: files.path("one.key"), clientAuthorities: clients.map(files.path),
        oldest: oldest))
    try await withServer(handler, tls: keeper, limits: change) { try await body($0, $1, keeper) }
  }

  private func client(_ name: String? = nil) throws -> HTTPClient {
    try HTTPClient(
      .init(
        certificateAuthorities: files.path("ca.pem"), certificate: name.map { files.path("\($0).pem") },
        key: name.map { files.path("\($0).key") }))
  }

  /// What a program says until it ends, and how it ended.
  private func output(of program: String, _ arguments: [String]) async throws -> (
    text: String, exit: EventIO.ExitStatus?
  ) {
    let child = try await ChildProcess.start(.init(program, arguments, standardError: .discard))
    child.closeInput()
    var text = ""
    while let lines = try await child.nextLines() {
      for line in lines { text += String(decoding: line, as: UTF8.self) + "\n" }
    }
    return (text, await child.exit())
  }

  /// What `Tests/Edge/tls_peer.py` got.
  private func peer(_ what: String, _ address: SocketAddress) async throws -> String {
    let tests = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
    let (text, exit) = try await output(
      of: "python3", ["/\(tests)/Edge/tls_peer.py", String(address.port), files.path("ca.pem"), what])
    #expect(exit == .exited(0))
    return text
  }

  /// What `openssl s_client` says of a connection.
  private func handshake(_ address: SocketAddress, _ options: String...) async throws -> String {
    try await output(
      of: "openssl",
      ["s_client", "-connect", "127.0.0.1:\(address.port)", "-CAfile", files.path("ca.pem")] + options
    ).text
  }

  @Test func requestsAreAnsweredAndKnownToBeSecure() async throws {
    let handler = Answering { request, response in
      await response.send(.ok, body: [UInt8]("\(request.isSecure) \(request.certificate == nil)".utf8))
    }
    try await withTLS(handler) { address, server, _ in
      let client = try client()
      defer { client.close() }
      for _ in 0..<3 {
        let response = try await client.send(.init(.get, "https://localhost:\(address.port)/"))
        #expect(try await response.body.collect(limit: 100) == [UInt8]("true true".utf8))
      }
      #expect(await server.statistics.accepted == 1)
    }
  }

  @Test func whatIsSpokenIsNew() async throws {
    try await withTLS { address, _, _ in
      let newest = try await handshake(address, "-tls1_3")
      #expect(newest.contains("TLSv1.3, Cipher is TLS_"))
      #expect(try await handshake(address, "-tls1_2").contains("TLSv1.2, Cipher is ECDHE-ECDSA-AES256-GCM-SHA384"))
      #expect(try await handshake(address, "-tls1_1", "-cipher", "ALL@SECLEVEL=0").contains("Cipher is (NONE)"))
      #expect(
        try await handshake(address, "-tls1_2", "-cipher", "AES128-SHA:ECDHE-ECDSA-AES128-SHA").contains("(NONE)"))
      #expect(try await handshake(address, "-alpn", "h2,http/1.1").contains("ALPN protocol: http/1.1"))
      #expect(try await handshake(address, "-alpn", "h2").contains("Cipher is (NONE)"))
    }
    try await withTLS(oldest: .tls13) { address, _, _ in
      let older = try await handshake(address, "-tls1_2")
      #expect(older.contains("Cipher is (NONE)"))
      #expect(try await handshake(address).contains("TLSv1.3, Cipher is TLS_"))
    }
  }

  @Test func bodiesOfAnySizeGoBothWays() async throws {
    let handler = Answering { request, response in await response.send(.ok, body: request.body.reversed()) }
    try await withTLS(handler) { address, _, _ in
      let client = try client()
      defer { client.close() }
      for count in [1, 16_384, 65_536, 3_000_001] {
        let body = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let response = try await client.send(.init(.post, "https://localhost:\(address.port)/", body: body))
        #expect(try await response.body.collect(limit: count) == body.reversed())
      }
    }
  }

  @Test func aStreamArrivesPieceByPiece() async throws {
    let gate = Event()
    let handler = Answering { _, response in
      await response.startStream(.ok)
      try? await response.write([UInt8]("first".utf8))
      await gate.wait()
      try? await response.write([UInt8](repeating: 65, count: 200_000))
      await response.finish()
    }
    try await withTLS(handler) { address, _, _ in
      let client = try client()
      defer { client.close() }
      let response = try await client.send(.init(.get, "https://localhost:\(address.port)/"))
      #expect(try await response.body.next() == [UInt8]("first".utf8))
      gate.happen()
      #expect(try await response.body.collect(limit: 200_000).count == 200_000)
    }
  }

  @Test(arguments: ["end_of_tcp", "end_of_tls", "announced_end", "single_bytes"])
  func endsAreUnderstoodAndSaid(what: String) async throws {
    let handler = Answering { _, response in
      for _ in 0..<20 { await Task.yield() }
      await response.send(.ok, body: [UInt8]("whole".utf8))
    }
    try await withTLS(handler) { address, _, _ in
      let text = try await peer(what, address)
      #expect(text.hasSuffix("whole\n"))
    }
  }

  @Test func aSlowReaderGetsEverything() async throws {
    let body = (0..<8_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let handler = Answering { _, response in await response.send(.ok, body: body) }
    let hash = try digest(of: body).map { String(UInt16($0) + 256, radix: 16).dropFirst() }.joined()
    try await withTLS(handler) { address, _, _ in
      let received = try await peer("slow_reader", address)
      #expect(received == "8000000 \(hash)\n")
    }
  }

  @Test(arguments: Echo.allCases) func manyRequestsAtOnceAreAllAnswered(echo: Echo) async throws {
    try await withTLS(echo) { address, _, _ in
      let count = try await peer("many_at_once", address)
      #expect(count == "3000\n")
    }
  }

  @Test func aLargeBodyBehindABusyRequestArrivesWhole() async throws {
    let handler = Answering { request, response in
      if request.method == .get { for _ in 0..<1000 { await Task.yield() } }
      await response.send(.ok, body: [UInt8]("\(request.body.count)\n".utf8))
    }
    try await withTLS(handler) { address, _, _ in
      let text = try await peer("large_body", address)
      #expect(text.hasSuffix("5000000\n"))
    }
  }
}

// MARK: - Handshakes that fail

extension TLSServerTests {
  @Test func aHandshakeThatDoesNotGoOnIsCutOff() async throws {
    try await withTLS(limits: { $0.handshakeTime = .milliseconds(40) }) { address, server, _ in
      #expect(try await RawPeer(address).readToEnd() == "")
      let peer = try RawPeer(address)
      try await peer.send([22, 3, 1])
      #expect(try await peer.readToEnd() == "")
      #expect(await server.statistics.timeouts == 2)
    }
  }

  @Test func whoSpeaksHTTPInTheClearIsToldSo() async throws {
    try await withTLS { address, _, _ in
      let peer = try RawPeer(address)
      try await peer.send(HTTPHygieneTests.get)
      let text = try await peer.readToEnd()
      #expect(text.hasPrefix("HTTP/1.1 400 "))
      #expect(text.contains("this port speaks TLS: use https://"))
    }
  }

  @Test func nonsenseIsCutOff() async throws {
    try await withTLS { address, server, _ in
      let peer = try RawPeer(address)
      try await peer.send([UInt8](repeating: 0xA5, count: 5000))
      _ = try await peer.readBytes()
      #expect(await server.statistics.failedHandshakes == 1)
      #expect(await server.statistics.open == 0)
    }
  }

  @Test func tooManyConnectionsAreClosed() async throws {
    try await withTLS(limits: { $0.connections = 1 }) { address, server, _ in
      let first = try RawPeer(address)
      let second = try RawPeer(address)
      #expect(try await second.readToEnd() == "")
      #expect(await server.statistics.rejected == 1)
      first.endSending()
    }
  }
}

// MARK: - Certificates

extension TLSServerTests {
  @Test func aClientIsKnownByItsCertificate() async throws {
    let handler = Answering { request, response in
      await response.send(.ok, body: [UInt8]("\(request.certificate?.subject ?? "nobody")".utf8))
    }
    try await withTLS(handler, clients: "ca.pem") { address, server, _ in
      let url = "https://localhost:\(address.port)/"
      let known = try client("ada")
      let response = try await known.send(.init(.get, url))
      #expect(try await response.body.collect(limit: 100) == [UInt8]("CN=ada,O=Tests".utf8))
      known.close()
      for name in ["eve", nil] {
        let stranger = try client(name)
        await #expect(throws: IOError.self) { try await stranger.send(.init(.get, url)) }
        stranger.close()
      }
      #expect(await server.statistics.failedHandshakes == 2)
    }
  }

  @Test func aRenewedCertificateIsForNewConnections() async throws {
    let own = try Certificates()
    let keeper = try TLSKeeper(TLSFiles(certificate: own.path("one.pem"), key: own.path("one.key")))
    try await withServer(tls: keeper) { address, server in
      let client = try HTTPClient(.init(certificateAuthorities: own.path("ca.pem")))
      defer { client.close() }
      let url = "https://localhost:\(address.port)/"
      #expect(try await client.send(.init(.get, url)).status == .ok)
      #expect(try await handshake(address).contains("subject=O = Tests, CN = one"))
      #expect(try keeper.reloadIfChanged() == false)

      try own.replace("one", with: "two")
      #expect(try keeper.reloadIfChanged())
      #expect(try keeper.reloadIfChanged() == false)
      #expect(try await handshake(address).contains("subject=O = Tests, CN = two"))
      #expect(try await client.send(.init(.get, url)).status == .ok)
      #expect(await server.statistics.accepted == 3)
    }
  }

  @Test func aCertificateThatCannotBeTakenUpChangesNothing() async throws {
    let own = try Certificates()
    let keeper = try TLSKeeper(TLSFiles(certificate: own.path("one.pem"), key: own.path("one.key")))
    let context = keeper.current
    _ = try run(["cp", own.path("two.pem"), own.path("one.pem")])
    #expect(throws: IOError.self) { try keeper.reload() }
    #expect(keeper.current === context)
    _ = try run(["cp", own.path("two.key"), own.path("one.key")])
    #expect(try keeper.reloadIfChanged())
    #expect(keeper.current !== context)
  }

  @Test func theKeysOfTicketsAreADayOldAtMost() throws {
    let keeper = try TLSKeeper(TLSFiles(certificate: files.path("one.pem"), key: files.path("one.key")))
    let context = keeper.current
    #expect(try !keeper.reloadIfChanged(now: .now + .seconds(80_000)))
    #expect(keeper.current === context)
    #expect(try !keeper.reloadIfChanged(now: .now + .seconds(90_000)))
    #expect(keeper.current !== context)
  }

  @Test(arguments: [
    ("none.pem", "one.key", nil, "cannot read '@none.pem': No such file or directory"),
    ("one.pem", "none.key", nil, "cannot read '@none.key': No such file or directory"),
    ("one.key", "one.key", nil, "'@one.key' holds no certificate in PEM"),
    ("one.pem", "one.pem", nil, "'@one.pem' holds no private key in PEM"),
    ("one.pem", "two.key", nil, "the key in '@two.key' does not belong to the certificate in '@one.pem'"),
    ("one.pem", "encrypted.key", nil, "the key in '@encrypted.key' is encrypted: decrypt it"),
    ("one.pem", "one.key", "one.key", "'@one.key' holds no certificates in PEM"),
  ])
  func whatIsWrongWithAFileIsSaid(certificate: String, key: String, clients: String?, message: String) {
    let error = #expect(throws: IOError.self) {
      try TLSContext(
        TLSFiles(
          certificate: files.path(certificate), key: files.path(key), clientAuthorities: clients.map(files.path)))
    }
    #expect(error?.code == .tls)
    #expect(
      error?.message.contains(message.replacing("@", with: "\(files.folder)/")) == true, "\(error?.message ?? "")")
  }

  @Test func aCertificateWhoseTimeIsOverIsUsedWithAWarning() throws {
    let old = try TLSContext(TLSFiles(certificate: files.path("old.pem"), key: files.path("old.key")))
    #expect(old.warnings.count == 1 && old.warnings[0].contains("has expired"))
    let good = try TLSContext(TLSFiles(certificate: files.path("one.pem"), key: files.path("one.key")))
    #expect(good.warnings.isEmpty)
  }
}
