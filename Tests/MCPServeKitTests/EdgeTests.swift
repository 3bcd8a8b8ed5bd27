// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import TestSupport
import Testing

@testable import MCPServeKit

private let ping = #"{"jsonrpc":"2.0","id":1,"method":"ping"}"#
private let add = #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"add","arguments":{"a":1}}}"#
private let app = "https://app.example"

/// What pages of other origins may do.
struct CrossOriginTests {
  @Test func aBrowserIsToldBeforehandWhatAPageMaySend() async throws {
    try await withSite(options: { $0.allowedOrigins = [app] }) { site in
      let question = [
        "Origin": app, "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type, mcp-param-city, x-other, mcp-param-bad\"",
      ]
      let answer = try await site.peer().ask("OPTIONS", "/mcp", question)
      #expect(answer.status == 204)
      #expect(answer.headers["access-control-allow-origin"] == app)
      #expect(answer.headers["access-control-allow-methods"] == "GET, POST, DELETE")
      #expect(answer.headers["access-control-max-age"] == "300")
      #expect(answer.headers["access-control-allow-credentials"] == nil)
      let headers = answer.headers["access-control-allow-headers"] ?? ""
      for name in ["Authorization", "Content-Type", "Last-Event-ID", "Mcp-Session-Id", "Mcp-Method", "mcp-param-city"] {
        #expect(headers.contains(name))
      }
      #expect(!headers.contains("x-other") && !headers.contains("bad"))
    }
  }

  @Test func aPageOfAnAllowedOriginMayReadItsAnswers() async throws {
    try await withSite(options: { $0.allowedOrigins = [app] }) { site in
      let peer = try site.peer()
      for (path, status) in [("/mcp", 400), ("/", 200)] {
        let answer = try await peer.ask("POST", path, ["Origin": app], body: ping)
        #expect(answer.status == status)
        #expect(answer.headers["access-control-allow-origin"] == app)
        #expect(answer.headers["access-control-expose-headers"]?.contains("Mcp-Session-Id") == true)
        #expect(answer.headers["vary"] == "Origin")
      }
      // On the same connection, another page and none.
      let local = try await peer.ask("POST", "/", ["Origin": "http://localhost:3000"], body: ping)
      #expect(local.headers["access-control-allow-origin"] == "http://localhost:3000")
      #expect(try await peer.ask("POST", "/", body: ping).headers["access-control-allow-origin"] == nil)
    }
  }

  @Test func aForeignPageIsToldNothing() async throws {
    try await withSite(options: { $0.allowedOrigins = [app] }) { site in
      let peer = try site.peer()
      let question = ["Origin": "https://evil.example", "Access-Control-Request-Method": "POST"]
      for answer in [
        try await peer.ask("OPTIONS", "/mcp", question),
        try await peer.ask("POST", "/mcp", ["Origin": "https://app.example.evil"], body: ping),
      ] {
        #expect(answer.status == 403)
        #expect(answer.headers["access-control-allow-origin"] == nil)
      }
      #expect(try await peer.ask("OPTIONS", "/mcp").status == 405)
      #expect(
        try await peer.ask("OPTIONS", "/nowhere", ["Origin": app, "Access-Control-Request-Method": "GET"]).status == 404
      )
    }
  }

  @Test func credentialsAreForNamedOriginsAlone() async throws {
    try await withSite(options: {
      $0.allowedOrigins = ["*", app]
      $0.cors.allowsCredentials = true
    }) { site in
      let peer = try site.peer()
      let named = try await peer.ask("POST", "/", ["Origin": app], body: ping)
      #expect(named.headers["access-control-allow-credentials"] == "true")
      for origin in ["https://other.example", "http://localhost:1"] {
        let answer = try await peer.ask("POST", "/", ["Origin": origin], body: ping)
        #expect(answer.headers["access-control-allow-origin"] == origin)
        #expect(answer.headers["access-control-allow-credentials"] == nil)
      }
    }
  }

  @Test func streamsMayBeReadToo() async throws {
    try await withSite(options: { $0.allowedOrigins = [app] }) { site in
      let stream = try site.peer()
      try await stream.send("GET", "/sse", ["Origin": app, "Accept": "text/event-stream"])
      let head = try await stream.head()
      #expect(head.headers["access-control-allow-origin"] == app)
      #expect(head.headers["cache-control"] == "no-cache, no-transform")
    }
  }
}

/// What goes with every answer.
struct SecurityHeaderTests {
  @Test func nobodyGuessesTypesAndNobodyKeepsAnswers() async throws {
    try await withSite { site in
      let peer = try site.peer()
      for (method, path) in [("POST", "/mcp"), ("POST", "/"), ("PUT", "/nowhere"), ("POST", "/health")] {
        let answer = try await peer.ask(method, path, body: ping)
        #expect(answer.headers["x-content-type-options"] == "nosniff")
        #expect(answer.headers["cache-control"] == "no-store")
        #expect(answer.headers["strict-transport-security"] == nil)
      }
      try await peer.send("nonsense\r\n\r\n")
      #expect(try await peer.answer().headers["x-content-type-options"] == "nosniff")
    }
  }

  @Test func browsersAreToldToUseTLSOverTLSAlone() async throws {
    try await withSite(options: {
      $0.strictTransport = .seconds(86400)
      $0.trustedProxies = [TrustedProxy("127.0.0.1")].compactMap(\.self)
    }) { site in
      let peer = try site.peer()
      #expect(try await peer.ask("GET", "/health").headers["strict-transport-security"] == nil)
      let answer = try await peer.ask("GET", "/health", ["X-Forwarded-Proto": "https"])
      #expect(answer.headers["strict-transport-security"] == "max-age=86400")
    }
  }
}

/// How often an address may ask.
struct AddressLimitTests {
  private static func isRefused(_ answer: HTTPPeer.Answer) -> Bool {
    answer.status == 429 && answer.headers["retry-after"].flatMap(Int.init).map { (1...3600).contains($0) } == true
  }

  @Test func whoAsksTooOftenIsToldWhenToTryAgain() async throws {
    try await withSite(options: { $0.addressLimit = RateLimit(2, per: .seconds(3600)) }) { site in
      let (one, two) = (try site.peer(), try site.peer())
      #expect(try await one.ask("POST", "/", body: ping).status == 200)
      #expect(try await two.ask("GET", "/nowhere").status == 404)
      for (method, path) in [("POST", "/"), ("GET", "/nowhere"), ("GET", "/metrics"), ("GET", "/mcp")] {
        #expect(Self.isRefused(try await one.ask(method, path, body: ping)), "\(path)")
      }
      for path in ["/health", "/actuator/health", "/ready"] {
        #expect(try await two.ask("GET", path).status == 200, "what looks whether it lives is not counted")
      }
    }
  }

  @Test func clientsBehindAProxyAreCountedApart() async throws {
    try await withSite(options: {
      $0.addressLimit = RateLimit(1, per: .seconds(3600))
      $0.trustedProxies = [TrustedProxy("127.0.0.1")].compactMap(\.self)
    }) { site in
      let peer = try site.peer()
      for (client, isOver) in [
        ("203.0.113.7", false), ("203.0.113.8", false), ("203.0.113.7", true),
        ("2001:db8::1", false), ("2001:db8::2", true), ("2001:db8:0:1::1", false),
      ] {
        let answer = try await peer.ask("POST", "/", ["X-Forwarded-For": client], body: ping)
        #expect(isOver ? Self.isRefused(answer) : answer.status == 200, "\(client)")
      }
    }
  }

  @Test func wrongKeysAreCountedToo() async throws {
    try await withSite(
      authorization: Authorization(keyRules()), options: { $0.addressLimit = RateLimit(3, per: .seconds(3600)) }
    ) { site in
      let peer = try site.peer()
      for _ in 0..<3 {
        #expect(try await peer.askModern("ping", [:], Keys.header("wrong-0123456789abcdef")).status == 401)
      }
      #expect(Self.isRefused(try await peer.askModern("ping", [:], Keys.header("wrong-0123456789abcdef"))))
    }
  }

  @Test func whatWasCountedStaysCountedWhileTheLimitIsTheSame() async throws {
    var options = HTTPOptions()
    options.addressLimit = RateLimit(1, per: .seconds(3600))
    let access = HTTPAccess(options)
    try await withSite(options: { $0.access = access }) { site in
      let peer = try site.peer()
      #expect(try await peer.ask("POST", "/", body: ping).status == 200)
      access.apply(options)
      #expect(try await peer.ask("POST", "/", body: ping).status == 429)
      options.addressLimit = RateLimit(2, per: .seconds(3600))
      access.apply(options)
      #expect(try await peer.ask("POST", "/", body: ping).status == 200)
      options.addressLimit = nil
      access.apply(options)
      for _ in 0..<5 { #expect(try await peer.ask("POST", "/", body: ping).status == 200) }
    }
  }
}

/// Proxies are believed when they are trusted, and nobody else is.
struct TrustedProxyTests {
  private static func origin(
    of headers: [(String, String)], from remote: String = "10.0.0.1", trusting ranges: [String] = ["10.0.0.0/8"]
  ) throws -> RequestOrigin {
    var fields: HTTPHeaders = ["Host": "inner:8000"]
    for (name, value) in headers { fields.add(name, value) }
    let address = try #require(SocketAddress(host: remote, port: 4000))
    let proxies = TrustedProxies(ranges: ranges.compactMap(AddressRange.init))
    return proxies.origin(of: HTTPHead(method: .get, target: "/", headers: fields, remote: address)) {
      $0 == "outer.example"
    }
  }

  @Test(arguments: [
    (["203.0.113.7"], "203.0.113.7"), (["203.0.113.7, 10.1.1.1"], "203.0.113.7"),
    (["203.0.113.7", "10.1.1.1, 10.2.2.2"], "203.0.113.7"), (["1.1.1.1, 203.0.113.7"], "203.0.113.7"),
    (["203.0.113.7:5555"], "203.0.113.7"), (["[2001:db8::1]:5555"], "2001:db8::1"), (["2001:db8::1"], "2001:db8::1"),
    (["unknown"], "10.0.0.1"), (["1.1.1.1, nonsense, 10.1.1.1"], "10.1.1.1"), (["10.3.3.3"], "10.3.3.3"),
    ([""], "10.0.0.1"),
  ])
  func theClientIsTheLastAddressNobodyTrustedHas(values: [String], client: String) throws {
    let origin = try Self.origin(of: values.map { ("X-Forwarded-For", $0) })
    #expect(origin.client.host == client)
  }

  @Test func theNameTheClientUsedIsKnown() throws {
    let origin = try Self.origin(of: [
      ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "outer.example"), ("X-Forwarded-Port", "8443"),
      ("X-Forwarded-Prefix", "/tools/"),
    ])
    #expect(origin.baseURL == "https://outer.example:8443/tools")
    #expect(try Self.origin(of: []).baseURL == "http://inner:8000")
    let other = try Self.origin(of: [("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Port", "443")])
    #expect(other.baseURL == "http://inner:8000")
  }

  @Test(arguments: [
    "tools", "//evil.example", "/a/../b", "/a b", "/a?b", "/\"", "/" + String(repeating: "a", count: 256), "/é",
  ])
  func aPrefixThatIsNoPathIsNotBelieved(prefix: String) throws {
    #expect(try Self.origin(of: [("X-Forwarded-Prefix", prefix)]).prefix == "")
  }

  @Test func strangersAreNotBelieved() throws {
    let headers = [
      ("X-Forwarded-For", "203.0.113.7"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "outer.example"),
      ("X-Forwarded-Prefix", "/tools"),
    ]
    for (remote, ranges) in [("192.0.2.1", ["10.0.0.0/8"]), ("10.0.0.1", []), ("::1", ["127.0.0.1"])] {
      let origin = try Self.origin(of: headers, from: remote, trusting: ranges)
      #expect(origin.client.host == remote)
      #expect(origin.baseURL == "http://inner:8000")
    }
  }

  @Test func theMessagesPathOfHTTPPlusSSEIsBelowThePrefix() async throws {
    for (proxies, expected) in [(["127.0.0.0/8"], "/tools/messages?sessionId="), ([], "/messages?sessionId=")] {
      try await withSite(options: { $0.trustedProxies = proxies.compactMap(TrustedProxy.init) }) { site in
        let stream = try site.peer()
        try await stream.send("GET", "/sse", ["Accept": "text/event-stream", "X-Forwarded-Prefix": "/tools"])
        _ = try await stream.head()
        #expect(try await stream.chunk().contains("data: \(expected)"))
      }
    }
  }
}

/// What is too much for the server as a whole.
struct QuotaTests {
  @Test(arguments: [true, false]) func moreRequestsThanTheServerTakesAreTurnedAway(isModern: Bool) async throws {
    let (started, finish) = (Happening(), Happening())
    let server = try Server(name: "s", version: "1") {
      ServerTool("wait", "Waits.") { _ in
        started.happen()
        await finish.wait()
        return .text("done")
      }
    }
    var limits = ServeLimits()
    limits.callsInFlight = 1
    try await withSite(server, limits: limits) { site in
      let (first, second) = (try site.peer(), try site.peer())
      var (headers, body) = modern("tools/call", ["name": "wait"])
      if !isModern {
        headers = ["Mcp-Session-Id": try await site.initialize("2025-11-25", first)]
        body = #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"wait"}}"#
      }
      try await first.send("POST", "/mcp", headers, body: body)
      await started.wait()
      let refused = try await second.ask(
        "POST", "/mcp", headers, body: body.replacing(#""id":1"#, with: #""id":2"#))
      #expect(refused.status == 503)
      #expect(refused.headers["retry-after"] == "1")
      #expect(refused.body.contains("1 requests are in flight in this server, its limit: try again later"))
      finish.happen()
      #expect(try await first.answer().body.contains("done"))
      // The client may have the answer a moment before the place is free.
      var again = 503
      for _ in 0..<1000 where again == 503 { again = try await second.ask("POST", "/mcp", headers, body: body).status }
      #expect(again == 200)
    }
  }

  @Test func anAnswerThatIsTooLongIsReplaced() async throws {
    let length = try await answer(replyBytes: 1 << 20).body.utf8.count
    #expect(try await answer(replyBytes: length).json?["result"] != nil)
    let refused = try await answer(replyBytes: length - 1).json
    let message =
      "the answer is \(length) bytes long, and this server sends \(length - 1) at most: ask for less at a time"
    #expect(refused?["error"]?["message"]?.string == message)
    #expect(refused?["id"] == 1)
  }

  private func answer(replyBytes: Int) async throws -> HTTPPeer.Answer {
    var limits = ServeLimits()
    limits.replyBytes = replyBytes
    var answer: HTTPPeer.Answer?
    try await withSite(limits: limits) { site in
      let (headers, body) = modern("tools/call", ["name": "report"])
      answer = try await site.peer().ask(
        "POST", "/mcp", headers.merging(["Accept": "application/json"]) { $1 }, body: body)
    }
    return try #require(answer)
  }
}
