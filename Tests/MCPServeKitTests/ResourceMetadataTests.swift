// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import Observability
import TestSupport
import Testing

@testable import MCPServeKit

/// What a server says of itself to those who need a token for it, and whose tokens it then takes.
@Suite struct ResourceMetadataTests {
  private static let wellKnown = "/.well-known/oauth-protected-resource"

  private func rules(_ signer: Signer, _ change: (inout AuthorizationRules) -> Void = { _ in }) -> AuthorizationRules {
    var rules = AuthorizationRules()
    rules.issuers = [TokenIssuer(TokenTests.issuer, keys: .text(Signer.set(signer)))]
    change(&rules)
    return rules
  }

  /// A token that is good for a while from now on.
  private func token(_ signer: Signer, for audience: String, scope: String = "use") async throws -> String {
    let now = JSON.number(JSONNumber(Int(Double(Timestamp.now.milliseconds) / 1000)))
    let later = JSON.number(JSONNumber(Int(Double(Timestamp.now.milliseconds) / 1000) + 300))
    return try await signer.token(
      "EdDSA", TokenTests.claims(["aud": .string(audience), "nbf": now, "exp": later, "scope": .string(scope)]))
  }

  @Test func metadataIsAtTheRootAndAtTheEndpointsPath() async throws {
    let signer = try await Signer(.ed25519, id: "one")
    let rules = rules(signer) {
      $0.requiredScopes = ["use"]
      $0.supportedScopes = ["offline_access", "extra"]
      $0.access = [AccessRule("x*", needs: ["special"])]
    }
    let server = try Server(name: "s", version: "1", title: "Weather") {
      ServerTool("drop", "Drops.") { _ in .text("") }.requires(scopes: "admin")
    }
    try await withSite(server, authorization: try Authorization(rules)) { site in
      let peer = try site.peer()
      for (path, resource) in [("", "/mcp"), ("/", "/mcp"), ("/mcp", "/mcp"), ("/stream", "/stream"), ("/sse", "/sse")]
      {
        let answer = try await peer.ask("GET", Self.wellKnown + path, ["Host": "localhost:\(site.address.port)"])
        #expect(answer.status == 200)
        #expect(
          answer.json == [
            "resource": .string("http://localhost:\(site.address.port)\(resource)"),
            "authorization_servers": [.string(TokenTests.issuer)], "bearer_methods_supported": ["header"],
            "scopes_supported": ["admin", "extra", "special", "use"], "resource_name": "Weather",
          ])
      }
      for path in ["/health", "/nothing", "mcp", "/mcp/x"] {
        #expect(try await peer.ask("GET", Self.wellKnown + path).status == 404)
      }
      #expect(try await peer.ask("POST", Self.wellKnown, body: "{}").status == 405)
      #expect(try await peer.ask("GET", Self.wellKnown, ["Origin": "https://evil.example.com"]).status != 200)
      #expect(try await peer.ask("GET", Self.wellKnown, ["Host": "evil.example.com"]).status != 200)
    }
  }

  @Test func aChallengeLeadsToTheMetadata() async throws {
    let signer = try await Signer(.ed25519, id: "one")
    let rules = rules(signer) { $0.requiredScopes = ["use"] }
    try await withSite(authorization: try Authorization(rules)) { site in
      let peer = try site.peer()
      let host = "127.0.0.1:\(site.address.port)"
      let answer = try await peer.askModern("tools/list", [:], ["Host": host])
      let metadata = "http://\(host)/.well-known/oauth-protected-resource/mcp"
      #expect(answer.status == 401)
      #expect(answer.headers["www-authenticate"] == #"Bearer scope="use", resource_metadata="\#(metadata)""#)
      #expect(
        try await peer.ask("GET", "\(Self.wellKnown)/mcp", ["Host": host]).json?["resource"]?.string
          == "http://\(host)/mcp")
      let bad = try await peer.askModern("tools/list", [:], ["Authorization": "Bearer a.b.c", "Host": host])
      #expect(bad.status == 401)
      #expect(
        bad.headers["www-authenticate"]
          == #"Bearer error="invalid_token", error_description="the token's header is not a JSON object in Base64url", "#
          + #"scope="use", resource_metadata="\#(metadata)""#)
    }
  }

  @Test func aTokenIsForTheEndpointItNames() async throws {
    let signer = try await Signer(.ed25519, id: "one")
    try await withSite(authorization: try Authorization(rules(signer))) { site in
      let peer = try site.peer()
      let port = site.address.port
      for (audience, status) in [
        ("http://127.0.0.1:\(port)/mcp", 200), ("http://localhost:\(port)/mcp", 200), ("http://[::1]:\(port)/mcp", 200),
        ("http://localhost:\(port)/stream", 401), ("http://localhost:\(port)", 401), ("http://localhost/mcp", 401),
        ("http://evil.example.com/mcp", 401), ("https://localhost:\(port)/mcp", 401),
      ] {
        let headers = Keys.header(try await token(signer, for: audience))
        // What a request says it was sent to names nothing.
        for host in ["localhost:\(port)", "localhost", "127.0.0.1:1"] {
          let answer = try await peer.askModern("tools/list", [:], headers.merging(["Host": host]) { $1 })
          #expect(answer.status == status, "\(audience) \(host)")
        }
      }
    }
  }

  @Test func aServerBehindAProxyGoesByItsOwnName() async throws {
    let signer = try await Signer(.ed25519, id: "one")
    let rules = rules(signer) {
      $0.resource = "https://mcp.example.com/api/mcp"
      $0.audiences = ["client-7"]
    }
    try await withSite(authorization: try Authorization(rules)) { site in
      let peer = try site.peer()
      for path in ["", "/api/mcp", "/mcp"] {
        let answer = try await peer.ask("GET", Self.wellKnown + path)
        #expect(answer.json?["resource"] == "https://mcp.example.com/api/mcp")
      }
      let challenge = try await peer.askModern("tools/list").headers["www-authenticate"]
      #expect(
        challenge
          == #"Bearer resource_metadata="https://mcp.example.com/.well-known/oauth-protected-resource/api/mcp""#)
      for (audience, status) in [
        ("https://mcp.example.com/api/mcp", 200), ("client-7", 200), ("http://localhost:\(site.address.port)/mcp", 401),
      ] {
        let headers = Keys.header(try await token(signer, for: audience))
        #expect(try await peer.askModern("tools/list", [:], headers).status == status)
      }
    }
  }

  @Test func theTokenOfAnotherSubjectIsAnotherCaller() async throws {
    let signer = try await Signer(.ed25519, id: "one")
    try await withSite(authorization: try Authorization(rules(signer) { $0.audiences = ["us"] })) { site in
      let peer = try site.peer()
      let first = Keys.header(try await token(signer, for: "us"))
      let renewed = Keys.header(try await token(signer, for: "us", scope: "use more"))
      let session = try await site.initialize("2025-11-25", peer, first)
      for headers in [first, renewed] {
        let answer = try await peer.ask(
          "POST", "/mcp", headers.merging(["Mcp-Session-Id": session]) { $1 }, body: legacy("tools/list"))
        #expect(answer.status == 200, "a renewed token is the same caller's")
      }
    }
  }

  @Test func aServerWithoutANameDoesNotStartWithTokens() async throws {
    let signer = try await Signer(.ed25519, id: "one")
    let service = Service(try makeFixture(), authorization: try Authorization(rules(signer)))
    let error = await #expect(throws: AuthorizationError.self) {
      try await service.serve(.http(host: "0.0.0.0", port: 0))
    }
    #expect(error?.message.contains("AuthorizationRules.resource") == true)
  }
}
