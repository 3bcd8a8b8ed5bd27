// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import Synchronization
import TestSupport
import Testing

@testable import MCPServeKit

/// Who is let in over HTTP, and what the others are told.
@Suite struct AuthorizationTests {
  static let places: [(String, String, String?)] = [
    ("POST", "/mcp", legacy("initialize")), ("POST", "/mcp", legacy("tools/list")), ("POST", "/stream", "[]"),
    ("POST", "/mcp", "no JSON"), ("GET", "/mcp", nil), ("DELETE", "/mcp", nil), ("GET", "/sse", nil),
    ("POST", "/messages?sessionId=x", "{}"), ("GET", "/tools/list", nil), ("POST", "/tools/call", legacy("tools/list")),
    ("POST", "/", legacy("ping")), ("GET", "/stream", nil),
  ]

  @Test(arguments: places)
  func nobodyIsAnsweredWithoutCredentials(method: String, path: String, body: String?) async throws {
    try await withSite(authorization: try Authorization(keyRules())) { site in
      let answer = try await site.peer().ask(method, path, body: body)
      #expect(answer.status == 401)
      #expect(answer.headers["www-authenticate"] == "Bearer")
      #expect(answer.json?["error"]?["message"]?.string?.contains("needs a token") == true)
      let wrong = try await site.peer().ask(method, path, Keys.header("nobody-0123456789"), body: body)
      #expect(wrong.status == 401)
      #expect(wrong.headers["www-authenticate"]?.contains(#"error="invalid_token""#) == true)
    }
  }

  @Test func healthIsForEverybody() async throws {
    try await withSite(authorization: try Authorization(keyRules())) { site in
      let peer = try site.peer()
      for path in ["/health", "/actuator/health"] { #expect(try await peer.ask("GET", path).status == 200) }
      #expect(try await peer.ask("GET", "/.well-known/oauth-protected-resource").status == 404)
    }
  }

  @Test func aKeyIsSentAsBearerOrAsXAPIKey() async throws {
    try await withSite(authorization: try Authorization(keyRules())) { site in
      let peer = try site.peer()
      for headers in [
        Keys.header(Keys.ada), ["X-API-Key": Keys.ada], ["Authorization": "bearer \(Keys.ada)"],
        ["Authorization": "BEARER  \(Keys.ada)"],
      ] {
        #expect(try await peer.askModern("tools/list", [:], headers).status == 200)
      }
    }
  }

  static let malformed: [[String: String]] = [
    ["Authorization": "Bearer"], ["Authorization": "Bearer a b"], ["Authorization": "Bearer a,b"],
    ["Authorization": "Bearer \"a\""], ["Authorization": "Bearer \(Keys.ada)", "X-API-Key": Keys.ada],
    ["X-API-Key": "two words"],
  ]

  @Test(arguments: malformed)
  func credentialsThatAreMalformedAreABadRequest(headers: [String: String]) async throws {
    try await withSite(authorization: try Authorization(keyRules())) { site in
      let answer = try await site.peer().askModern("tools/list", [:], headers)
      #expect(answer.status == 400)
      #expect(answer.headers["www-authenticate"]?.contains(#"error="invalid_request""#) == true)
    }
  }

  @Test func anotherSchemeIsNoCredentialAtAll() async throws {
    try await withSite(authorization: try Authorization(keyRules())) { site in
      let answer = try await site.peer().askModern("tools/list", [:], ["Authorization": "Basic YWRhOnNlY3JldA=="])
      #expect(answer.status == 401)
      #expect(answer.headers["www-authenticate"] == "Bearer")
    }
  }

  @Test(arguments: ["access_token", "token", "api_key", "key", "bearer"])
  func aTokenInTheQueryIsNotLookedAt(name: String) async throws {
    try await withSite(authorization: try Authorization(keyRules())) { site in
      let (headers, body) = modern("tools/list")
      let answer = try await site.peer().ask("POST", "/mcp?\(name)=\(Keys.ada)", headers, body: body)
      #expect(answer.status == 401)
    }
  }

  @Test func aForeignPageIsRefusedBeforeItsCredentialsAreLookedAt() async throws {
    try await withSite(authorization: try Authorization(keyRules())) { site in
      let headers = Keys.header(Keys.ada).merging(["Origin": "https://evil.example.com"]) { $1 }
      let peer = try site.peer()
      #expect(try await peer.askModern("tools/list", [:], headers).status == 403)
    }
  }

  @Test func requestsThatNeedAScopeAreRefusedWithAllOfThem() async throws {
    let rules = try keyRules {
      $0.requiredScopes = ["read", "use"]
      $0.impliedScopes = ["admin": ["use"], "use": ["read"]]
    }
    try await withSite(authorization: try Authorization(rules)) { site in
      let peer = try site.peer()
      for _ in 0..<2 {
        let answer = try await peer.askModern("tools/list", [:], Keys.header(Keys.ada))
        #expect(answer.status == 403)
        #expect(
          answer.headers["www-authenticate"] == #"Bearer error="insufficient_scope", scope="read use""#)
      }
      // What the boss has implies both.
      #expect(try await peer.askModern("tools/list", [:], Keys.header(Keys.boss)).status == 200)
      #expect(try await peer.ask("GET", "/mcp").headers["www-authenticate"] == #"Bearer scope="read use""#)
    }
  }

  @Test func newRulesHoldFromTheNextRequestOnTheSameConnection() async throws {
    let authorization = try Authorization(keyRules())
    try await withSite(authorization: authorization) { site in
      let peer = try site.peer()
      #expect(try await peer.askModern("tools/list", [:], Keys.header(Keys.ada)).status == 200)
      #expect(try await peer.askModern("tools/list", [:], Keys.header(Keys.ada)).status == 200)
      try authorization.replace(with: keyRules { $0.keys.removeAll { $0.name == "ada" } })
      #expect(try await peer.askModern("tools/list", [:], Keys.header(Keys.ada)).status == 401)
      try authorization.replace(with: AuthorizationRules())
      #expect(try await peer.askModern("tools/list", [:], Keys.header(Keys.bob)).status == 401, "no keys let nobody in")
      #expect(throws: AuthorizationError.self) {
        try authorization.replace(with: keyRules { $0.requiredScopes = ["two words"] })
      }
      try authorization.replace(with: keyRules())
      #expect(try await peer.askModern("tools/list", [:], Keys.header(Keys.ada)).status == 200)
    }
  }

  @Test func anAuthenticatorOfOnesOwnIsAskedToo() async throws {
    struct Directory: Authenticator {
      func verdict(on credentials: Credentials) async -> Verdict {
        switch credentials.secret {
        case "opaque": .accepted(Principal("someone", scopes: ["read"]), for: .zero)
        case "down": .unavailable("the directory is down")
        default: .refused("the directory does not know this token")
        }
      }
    }
    var rules = AuthorizationRules()
    rules.authorizationServers = ["https://login.example.com"]
    let authorization = try Authorization(rules, authenticators: [Directory()])
    try await withSite(authorization: authorization) { site in
      let peer = try site.peer()
      for _ in 0..<2 { #expect(try await peer.askModern("tools/list", [:], Keys.header("opaque")).status == 200) }
      let down = try await peer.askModern("tools/list", [:], Keys.header("down"))
      #expect(down.status == 503 && down.headers["retry-after"] == "5")
      let unknown = try await peer.askModern("tools/list", [:], Keys.header("else"))
      #expect(unknown.status == 401)
      #expect(unknown.headers["www-authenticate"]?.contains("the directory does not know this token") == true)
      #expect(unknown.headers["www-authenticate"]?.contains("resource_metadata=") == true)
    }
  }

  @Test func keysAreHeldAsTheirDigestsAndComparedWhole() throws {
    let (key, secret) = try APIKey.random(name: "ci", scopes: ["b", "a"])
    #expect(secret.hasPrefix("mcpk_") && secret.utf8.count == 48)
    #expect(!key.line.contains(secret) && key.line.hasPrefix("ci sha256:") && key.line.hasSuffix(" a b"))
    #expect(try APIKey(line: key.line) == key)
    #expect(
      try APIKey(line: "x sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad").description
        == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    let authenticator = KeyAuthenticator(keys: [key])
    for wrong in [secret + "x", String(secret.dropLast()), "", key.description, String(key.description.dropFirst(7))] {
      guard case .refused? = authenticator.verdictAtHand(on: Credentials(secret: wrong, audiences: [])) else {
        Issue.record("'\(wrong)' is accepted")
        continue
      }
    }
    #expect("\(Credentials(secret: secret, audiences: []))" == "credentials")
  }

  @Test(arguments: [
    "ci", "ci mcpk_secret", "ci sha256:12", "ci sha256:zz" + String(repeating: "0", count: 62),
    "c/i sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    "ci sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad sc\"ope",
  ])
  func aLineThatIsNoKeyIsRefused(line: String) {
    #expect(throws: AuthorizationError.self) { try APIKey(line: line) }
  }

  @Test func rulesThatCannotBeFollowedNameWhatIsWrong() throws {
    let cases: [((inout AuthorizationRules) throws -> Void, String)] = [
      ({ $0.keys.append(try APIKey(name: "ada", secret: Keys.bob)) }, "two keys are called 'ada'"),
      ({ $0.issuers = [TokenIssuer("http://login.example.com")] }, "https"),
      ({ $0.issuers = [TokenIssuer("https://a.example.com", keys: .url("http://a.example.com/k"))] }, "https"),
      (
        {
          $0.issuers = [TokenIssuer("https://a.example.com"), TokenIssuer("https://a.example.com", keys: .text("{}"))]
        },
        "named twice"
      ),
      ({ $0.authorizationServers = ["ftp://a"] }, "https"), ({ $0.resource = "mcp.example.com" }, "resource"),
      ({ $0.resource = "https://mcp.example.com/#x" }, "fragment"),
      ({ $0.requiredScopes = ["a b"] }, "'a b' is no scope"),
      ({ $0.access = [AccessRule("*", needs: ["\""])] }, "is no scope"),
    ]
    for (change, part) in cases {
      let error = #expect(throws: AuthorizationError.self) { try Authorization(try keyRules(change)) }
      #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
    }
    #expect(throws: AuthorizationError.self) { try APIKey(name: "x", secret: "short") }
  }
}
