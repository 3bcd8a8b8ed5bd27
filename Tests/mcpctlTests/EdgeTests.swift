// SPDX-License-Identifier: Apache-2.0
import JSONKit
import TestSupport
import Testing

@testable import mcpctl

/// `mcpctl serve` where it meets the world: over TLS, behind proxies, and before those who wish it no good.
@Suite(.serialized, .timeLimit(.minutes(5))) struct EdgeTests {
  private func port(of url: String) throws -> String {
    String(try #require(url.split(separator: ":").last?.split(separator: "/").first))
  }

  /// Runs a script of `Tests/Edge` to its end; what it prints goes to the log of the tests.
  private func script(_ name: String, _ arguments: String...) throws -> ProgramRun {
    let run = try run(["python3", "\(repository)/Tests/Edge/\(name).py"] + arguments, deadline: 280)
    print(run.output + run.error)
    return run
  }

  @Test func aThousandHostileRequestsAreAnsweredOrCut() throws {
    let (program, url) = try ServeTests.start(
      "--transport", "http-stream", "--max-body", "64KiB", "--read-timeout", "1s", "--write-timeout", "1s",
      "--idle-timeout", "1s", "--max-output", "1MiB")
    #expect(try script("hostile", try port(of: url), String(program.id)).code == 0)
    #expect(try mcpctl("-s", url, "call", "calculator", "a=1", "b=2").output == "3\n")
    program.signal(15)
    #expect(program.finish().code == 0)
  }

  @Test func certificatesAreRenewedUnderClientsWithoutAFailedCall() throws {
    let files = try Certificates()
    _ = try run(["cp", files.path("one.pem"), files.path("live.pem")])
    _ = try run(["cp", files.path("one.key"), files.path("live.key")])
    let (program, url) = try ServeTests.start(
      "--transport", "http-stream", "--tls-cert", files.path("live.pem"), "--tls-key", files.path("live.key"),
      "--tls-reload", "50ms", "--threads", "2")
    #expect(try script("rotation", try port(of: url), files.folder).code == 0)
    program.signal(15)
    let run = program.finish()
    #expect(run.code == 0)
    #expect(run.error.contains("certificate renewed"))
  }

  @Test func ourOwnClientSpeaksToItOverTLS() throws {
    let files = try Certificates()
    let tls = ["--tls-cert", files.path("one.pem"), "--tls-key", files.path("one.key")]
    let authority = ["--cacert", files.path("ca.pem")]
    let server = try RunningProgram(
      [binary, "serve", "--transport", "http-stream", "--port", "0", "--tls-client-ca", files.path("ca.pem")] + tls)
    let line = try #require(server.line(holding: "serving http-stream at https://127.0.0.1:"))
    let url = String(line.split(separator: " ").last ?? "")
    func call(_ options: [String]) throws -> ProgramRun {
      try run([binary, "call", "-s", url] + options + ["calculator", "a=1", "b=2"])
    }
    let ours = ["--cert", files.path("ada.pem"), "--key", files.path("ada.key")]
    #expect(try call(authority + ours).output == "3\n")
    #expect(try call(["--insecure"] + ours).output == "3\n")
    #expect(try call(ours).code == 5)
    #expect(try call(authority).code == 5)
    #expect(try call(authority + ["--cert", files.path("eve.pem"), "--key", files.path("eve.key")]).code == 5)
    // A stream, with progress on the way.
    let sleep = try run([binary, "call", "-s", url] + authority + ours + ["sleep", "seconds=1", "-vv"])
    #expect(sleep.code == 0)
    #expect(sleep.error.contains("notifications/progress"))
    server.signal(15)
    #expect(server.finish().code == 0)
  }

  @Test func aCertificateSaysWhoCallsWhereNothingElseDoes() throws {
    let files = try Certificates()
    let folder = TemporaryFolder()
    let key = try mcpctl("keys", "new", "ci", "--add", folder.path("keys")).output.prefix { $0 != "\n" }
    let config = try folder.write(
      """
      transport: {type: http-stream, port: 0}
      transport.tls: {enabled: true, cert_file: \(files.path("one.pem")), key_file: \(files.path("one.key"))}
      transport.tls.client_ca_file: \(files.path("ca.pem"))
      auth: {keys_file: keys, client_certificates: true, certificate_scopes: [use], scopes: [use]}
      auth.rules: [{name: echo, principals: ['cert:CN=ada,*']}, {name: sleep, principals: ['cert:CN=two,*']}]
      logging.format: json
      """, to: "c.yaml")
    let server = try RunningProgram([binary, "serve", "--config", config])
    let started = try JSON(parsing: try #require(server.line(holding: "server started")))
    let url = "https://\(started["addresses"]?.string ?? "")/mcp"
    func tools(_ name: String, _ more: [String] = []) throws -> ProgramRun {
      let who = ["--cert", files.path("\(name).pem"), "--key", files.path("\(name).key")]
      return try run(
        [binary, "-s", url, "--cacert", files.path("ca.pem")] + who + more + ["tools", "ls", "-o", "name"],
        environment: ["KEY": String(key)])
    }
    #expect(try tools("ada").output == "calculator\necho\nweather\n")
    #expect(try tools("two").output == "calculator\nweather\nsleep\n")
    // Who sends a key is who has the key, which has none of the scopes here; and a wrong one is no way to the certificate.
    #expect(try tools("ada", ["--bearer-env", "KEY"]).code == 4)
    #expect(try tools("ada", ["-H", "X-API-Key: wrong"]).code == 4)
    server.signal(15)
    let ended = server.finish()
    #expect(ended.code == 0 && ended.error.contains(#""who":"cert:CN=ada,O=Tests""#), "\(ended.error)")
  }

  @Test func theOldEventStreamGoesOverTLSToo() throws {
    let files = try Certificates()
    let (server, url) = try ServeTests.start(
      "--transport", "sse", "--tls-cert", files.path("one.pem"), "--tls-key", files.path("one.key"))
    let options = ["-s", url, "--transport", "sse", "--cacert", files.path("ca.pem")]
    #expect(try run([binary, "call"] + options + ["calculator", "a=1", "b=2"]).output == "3\n")
    server.signal(15)
    #expect(server.finish().code == 0)
  }

  @Test func largeAnswersAreCompressedForWhoeverAsksForIt() throws {
    let (server, url) = try ServeTests.start("--transport", "http-stream", "--compress-from", "1KiB")
    let root = url.replacing("/mcp", with: "/")
    func ask(_ message: String, _ options: String...) throws -> (head: String, body: String) {
      let body =
        #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":{"message":"\#(message)"}}}"#
      let run = try run(
        ["curl", "-s", "-D", "/dev/stderr", "-H", "Content-Type: application/json", "-d", "@-"] + options + [root],
        input: body)
      return (run.error.lowercased(), run.output)
    }
    for size in [2_000, 100_000] {
      let message = String(repeating: "large ", count: size / 6)
      let plain = try ask(message)
      let packed = try ask(message, "--compressed")
      #expect(!plain.head.contains("content-encoding"))
      #expect(packed.head.contains("content-encoding: gzip") && packed.head.contains("vary: accept-encoding"))
      #expect(packed.body == plain.body && plain.body.contains("large large"))
    }
    #expect(try !ask("small", "--compressed").head.contains("content-encoding"))
    #expect(
      try !ask(String(repeating: "a", count: 5000), "-H", "Accept-Encoding: gzip;q=0").head.contains("content-encoding")
    )
    // Streams are not: their first event would wait for the second.
    let stream = try run([
      "curl", "-sN", "--max-time", "1", "-D", "-", "-o", "/dev/null", "--compressed", "-H", "Accept: text/event-stream",
      url.replacing("/mcp", with: "/stream"),
    ])
    #expect(stream.output.contains("text/event-stream") && !stream.output.lowercased().contains("content-encoding"))
    server.signal(15)
    #expect(server.finish().code == 0)
  }

  @Test func whatCannotBeServedSoIsSaid() throws {
    let http = ["serve", "--transport", "http-stream", "--port", "0"]
    let files = try Certificates()
    let cases: [([String], Int32, String)] = [
      (["--tls-cert", "one.pem"], 64, "--tls-cert needs its private key: add --tls-key FILE"),
      (["--tls-key", "one.key"], 64, "--tls-key is for a server over TLS: add --tls-cert FILE"),
      (
        ["--tls-cert", files.path("one.pem"), "--tls-key", files.path("two.key")], 78,
        "does not belong to the certificate"
      ),
      (
        ["--tls-cert", files.path("one.pem"), "--tls-key", files.path("encrypted.key")], 78, "is encrypted: decrypt it"
      ),
      (["--tls-cert", "/no/such.pem", "--tls-key", "/no/such.key"], 78, "cannot read '/no/such.pem'"),
      (["--cors-credentials"], 64, "--cors-credentials: is for named origins, and there are none"),
      (["--cors-credentials", "--allow-origin", "*"], 64, "--cors-credentials: is for named origins"),
      (["--auth-certificates"], 64, "--auth-certificates: needs certificates that can be trusted"),
      (["--trusted-proxy", "proxy.example"], 64, "'proxy.example' is no address and no range of them"),
      (["--max-calls", "0"], 64, "--max-calls: 0 is too small"),
    ]
    for (options, code, message) in cases {
      let run = try run([binary] + http + options)
      #expect(run.code == code)
      #expect(run.error.contains(message), "\(run.error)")
    }
    let stdio = try mcpctl("serve", "--trusted-proxy", "10.0.0.0/8")
    #expect(stdio.code == 64 && stdio.error.contains("--trusted-proxy is for a server over HTTP"))
  }

  @Test func overTLSTheServerCallsItselfByHTTPS() throws {
    let files = try Certificates()
    let (server, url) = try ServeTests.start(
      "--transport", "http-stream", "--tls-cert", files.path("one.pem"), "--tls-key", files.path("one.key"),
      "--auth-issuer", "https://issuer.example")
    let curl = ["curl", "-s", "-D", "-", "--cacert", files.path("ca.pem")]
    let refused = try run(curl + ["-H", "Content-Type: application/json", "-d", "{}", url]).output
    let metadata = url.replacing("/mcp", with: "/.well-known/oauth-protected-resource/mcp")
    #expect(refused.hasPrefix("HTTP/1.1 401 ") && refused.contains(#"resource_metadata="\#(metadata)""#))
    #expect(try run(curl + [metadata]).output.contains(#""resource":"\#(url)""#))
    // A page may ask for it too, and is not asked who it is before it says so.
    let page = ["-H", "Origin: http://localhost:3000", "-H", "Access-Control-Request-Method: POST", "-X", "OPTIONS"]
    for place in [url, metadata] { #expect(try run(curl + page + [place]).output.hasPrefix("HTTP/1.1 204 ")) }
    server.signal(15)
    #expect(server.finish().code == 0)
  }

  @Test func servingOthersWithoutTLSIsWarnedOf() throws {
    let (server, _) = try ServeTests.start("--transport", "http-stream", "--host", "0.0.0.0")
    server.signal(15)
    #expect(server.finish().code == 0)
    let program = try RunningProgram([
      binary, "serve", "--transport", "http-stream", "--port", "0", "--host", "0.0.0.0",
    ])
    #expect(program.line(holding: "without TLS") != nil)
    program.signal(15)
    _ = program.finish()
  }
}
