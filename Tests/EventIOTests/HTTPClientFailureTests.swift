// SPDX-License-Identifier: Apache-2.0
import EventIO
import Glibc
import Testing

/// What the client says when it gets no response.
@Suite(.timeLimit(.minutes(1))) struct HTTPClientFailureTests {
  /// The error of a GET for `url`.
  private func failure(
    of url: String, _ options: HTTPClient.Options = .init(), idleTimeout: Duration? = nil, totalTimeout: Duration? = nil
  ) async throws -> IOError? {
    let client = try HTTPClient(options)
    defer { client.close() }
    return await #expect(throws: IOError.self) {
      let response = try await client.send(.init(.get, url, idleTimeout: idleTimeout, totalTimeout: totalTimeout))
      _ = try await response.body.collect(limit: 1 << 20)
    }
  }

  @Test func aPortNobodyListensOnIsNamed() async throws {
    let error = try await failure(of: "http://127.0.0.1:1/mcp")
    #expect(error?.code == .connect)
    #expect(error?.message.contains("127.0.0.1:1 cannot be reached") == true)
  }

  @Test(arguments: ["ftp://localhost/", "localhost", "", "http://", "http:// /", "file:///etc/passwd"])
  func whatIsNoURLIsSaidSo(url: String) async throws {
    #expect(try await failure(of: url)?.code == .invalid)
  }

  @Test func aPlainServerIsNoTLSServer() async throws {
    try await withRawServer(saying: "HTTP/1.1 200 OK\r\n\r\n") { port in
      let error = try await failure(of: "https://127.0.0.1:\(port)/")
      #expect(error?.code == .tls)
      #expect(error?.message.contains("127.0.0.1:\(port)") == true)
    }
  }

  @Test func aServerThatSpeaksSomethingElseIsSaidSo() async throws {
    try await withRawServer(saying: "SSH-2.0-OpenSSH_9.2\r\n") { port in
      let error = try await failure(of: "http://127.0.0.1:\(port)/")
      #expect(error?.code == .malformed)
    }
  }

  @Test func aResponseThatBreaksOffIsAnError() async throws {
    try await withRawServer(saying: "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc") { port in
      let error = try await failure(of: "http://127.0.0.1:\(port)/")
      #expect(error?.code == .receive)
    }
  }

  @Test func aSilentServerRunsIntoTheIdleTimeout() async throws {
    try await withRawServer(saying: nil) { port in
      let error = try await failure(of: "http://127.0.0.1:\(port)/", idleTimeout: .milliseconds(50))
      #expect(error?.code == .timeout)
      #expect(error?.message.contains("said nothing for 0.05 seconds") == true)
    }
  }

  @Test func theTotalTimeoutHolds() async throws {
    try await withRawServer(saying: nil) { port in
      let error = try await failure(of: "http://127.0.0.1:\(port)/", totalTimeout: .milliseconds(50))
      #expect(error?.code == .timeout)
      #expect(error?.message.contains("no response in time") == true)
    }
  }

  @Test func aHandshakeThatHangsRunsIntoTheConnectTimeout() async throws {
    try await withRawServer(saying: nil) { port in
      let error = try await failure(
        of: "https://127.0.0.1:\(port)/", .init(connectTimeout: .milliseconds(100)))
      #expect(error?.code == .timeout)
      #expect(error?.message.contains("127.0.0.1:\(port): no TLS connection in time") == true)
    }
  }

  @Test func namesCanBeGivenAddresses() async throws {
    let error = try await failure(
      of: "http://somewhere.example:7/", .init(resolve: ["somewhere.example:7:127.0.0.1"]))
    #expect(error?.code == .connect)
    #expect(error?.message.contains("somewhere.example:7") == true)
  }

  @Test func aCertificateIsTrustedOnlyThroughItsAuthority() async throws {
    try await withTLSServer { port, certificate in
      let url = "https://localhost:\(port)/"
      let untrusted = try await failure(of: url)
      #expect(untrusted?.code == .tls)
      #expect(untrusted?.message.contains("localhost:\(port)") == true)
      for options in [
        HTTPClient.Options(certificateAuthorities: certificate), HTTPClient.Options(acceptsAnyCertificate: true),
      ] {
        let client = try HTTPClient(options)
        let response = try await client.send(.init(.get, url))
        #expect(response.status == .ok)
        #expect(response.times.secured > .zero)
        client.close()
      }
      #expect(try await failure(of: url, .init(certificateAuthorities: "/no/such/file"))?.code == .tls)
    }
  }

  // Servers

  /// A server that accepts one connection, reads a little, says `text` and closes; with nil it stays silent.
  private func withRawServer(saying text: String?, _ body: (UInt16) async throws -> Void) async throws {
    let code = """
      import socket, sys
      listener = socket.create_server(("127.0.0.1", 0))
      print(listener.getsockname()[1], flush=True)
      while True:
          peer = listener.accept()[0]
          if len(sys.argv) > 1:
              peer.recv(65536)
              peer.sendall(sys.argv[1].encode())
              peer.close()
          else:
              sys.stdin.read()
      """
    let server = try await ChildProcess.start(.init("python3", ["-c", code] + (text.map { [$0] } ?? [])))
    let line = try #require(try await server.nextLines()?.first)
    try await body(#require(UInt16(String(decoding: line, as: UTF8.self))))
    await server.stop(.none)
  }

  /// `openssl s_server` with a certificate of its own for `localhost`.
  private func withTLSServer(_ body: (UInt16, String) async throws -> Void) async throws {
    let folder = "/tmp/eventio-tls-\(getpid())"
    mkdir(folder, 0o700)
    defer {
      for file in ["key", "cert"] { unlink("\(folder)/\(file)") }
      rmdir(folder)
    }
    let maker = try await ChildProcess.start(
      .init(
        "openssl",
        [
          "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1", "-subj",
          "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", "\(folder)/key", "-out",
          "\(folder)/cert",
        ], standardError: .discard))
    #expect(await maker.exit() == .exited(0))
    let server = try await ChildProcess.start(
      .init(
        "openssl",
        ["s_server", "-accept", "127.0.0.1:0", "-cert", "\(folder)/cert", "-key", "\(folder)/key", "-www"],
        standardError: .discard))
    var port: UInt16?
    while port == nil, let lines = try await server.nextLines() {
      for line in lines.map({ String(decoding: $0, as: UTF8.self) }) where line.hasPrefix("ACCEPT ") {
        port = line.split(separator: ":").last.flatMap { UInt16($0) }
      }
    }
    try await body(#require(port), "\(folder)/cert")
    await server.stop(.none)
  }
}

@Suite struct HTTPURLTests {
  @Test(arguments: [
    ("http://user:secret@host:1/path?token=secret", "http://host:1/path?…"), ("https://host/a@b", "https://host/a@b"),
    ("http://a@b@host", "http://host"), ("https://host?x", "https://host?…"), ("/messages?id=1", "/messages?…"),
    ("http://host/#f", "http://host/?…"), ("nonsense", "nonsense"),
  ])
  func messagesShowNoSecretsOfAURL(url: String, shown: String) {
    #expect(HTTPURL.shown(url) == shown)
  }

  @Test func referencesAreResolvedAndOriginsCompared() {
    #expect(HTTPURL.resolve("/m?x=1", from: "http://h:1/a/sse") == "http://h:1/m?x=1")
    #expect(HTTPURL.resolve("m", from: "http://h:1/a/sse") == "http://h:1/a/m")
    #expect(HTTPURL.origin(of: "HTTP://Host/x") == "http://host:80")
    #expect(HTTPURL.origin(of: "https://u@[::1]/x") == "https://[::1]:443")
    #expect(HTTPURL.origin(of: "ftp://host/") == nil)
  }
}
