// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import Synchronization
import Testing

@testable import MCPServeKit

/// Tokens as authorization servers write them, and as attackers do.
@Suite struct TokenTests {
  static let issuer = "https://login.example.com"
  static let audience = "https://mcp.example.com/mcp"
  static let now = 1_800_000_000.0

  static func claims(_ changes: JSONObject = [:]) -> JSONObject {
    var claims: JSONObject = [
      "iss": .string(issuer), "sub": "ada", "aud": .string(audience), "exp": 1_800_000_300, "nbf": 1_799_999_990,
      "scope": "read write",
    ]
    for member in changes.members { claims[member.name] = member.value.isNull ? JSON?.none : member.value }
    return claims
  }

  private func authenticator(_ keys: String, leeway: Duration = .seconds(30)) -> TokenAuthenticator {
    let ring = KeyRing(Self.issuer) { try JSONWebKeySet(Array(keys.utf8)) }
    return TokenAuthenticator([Self.issuer: ring], leeway: leeway) { Self.now }
  }

  private func verdict(_ token: String, _ authenticator: TokenAuthenticator) async -> Verdict {
    await authenticator.verdict(on: Credentials(secret: token, audiences: [Self.audience]))
  }

  private func refusal(_ token: String, _ authenticator: TokenAuthenticator) async throws -> String {
    guard case .refused(let why) = await verdict(token, authenticator) else { return "not refused" }
    #expect(token.utf8.count < 16 || !why.contains(token))
    return why
  }

  @Test(arguments: [
    (Signer.Kind.rsa, ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"]), (.p256, ["ES256"]), (.p384, ["ES384"]),
    (.ed25519, ["EdDSA"]),
  ])
  func everyAlgorithmOfOpenSSLIsVerified(kind: Signer.Kind, algorithms: [String]) async throws {
    let signer = try await Signer(kind, id: "one")
    for algorithm in algorithms {
      let token = try await signer.token(algorithm, Self.claims())
      guard case .accepted(let principal, _) = await verdict(token, authenticator(Signer.set(signer))) else {
        Issue.record("\(algorithm) is not accepted")
        continue
      }
      #expect(principal.name == "\(Self.issuer) ada")
      #expect(principal.scopes == ["read", "write"])
      // A bit of the signature or of the claims, and it is worth nothing.
      let parts = token.split(separator: ".")
      var changed = Base64.url.bytes(parts[2]) ?? []
      changed[changed.count / 2] ^= 1
      let forged = [
        "\(parts[0]).\(parts[1]).\(Base64.url.text(changed))",
        "\(unsigned(["alg": .string(algorithm), "kid": "one"], Self.claims(["sub": "eve"]))).\(parts[2])",
      ]
      for token in forged {
        #expect(try await refusal(token, authenticator(Signer.set(signer))).contains("signature"))
      }
    }
  }

  @Test func whatIsNotSignedWithAKeyOfTheIssuerIsRefused() async throws {
    let signer = try await Signer(.rsa, id: "one")
    let stranger = try await Signer(.rsa, id: "one")
    let authenticator = authenticator(Signer.set(signer))
    for name in ["none", "None", "NONE", "nOnE", ""] {
      let bare = unsigned(["alg": .string(name)], Self.claims())
      #expect(try await refusal("\(bare).", authenticator).contains("not signed with"))
      #expect(try await refusal("\(bare).AAAA", authenticator).contains("not signed with"))
    }
    // The public key, which everybody has, as a shared secret.
    for secret in [signer.publicPEM, signer.publicPEM.split(separator: "\n").joined(separator: "\n")] {
      for name in ["HS256", "RS256"] {
        let forged = try await sharedSecretToken(secret, ["alg": .string(name), "kid": "one"], Self.claims())
        #expect(try await refusal(forged, authenticator).contains(name == "RS256" ? "signature" : "not signed with"))
      }
    }
    let foreign = try await stranger.token("RS256", Self.claims())
    #expect(try await refusal(foreign, authenticator).contains("signature"))
    // A key that comes along is nobody's.
    let own = try await stranger.token(
      "RS256", Self.claims(), header: ["jwk": .object(stranger.jwk), "jku": "https://e.com"])
    #expect(try await refusal(own, authenticator).contains("signature"))
  }

  @Test func aKeyIsOnlyForItsOwnAlgorithms() async throws {
    let rsa = try await Signer(.rsa, id: "one")
    let p256 = try await Signer(.p256, id: "one")
    let p384 = try await Signer(.p384, id: "one")
    let ed25519 = try await Signer(.ed25519, id: "one")
    // The signature is good, the key set has the key, and the header names another algorithm.
    for (signer, algorithm, claimed) in [
      (rsa, "RS256", "PS256"), (rsa, "PS256", "RS256"), (rsa, "RS256", "ES256"), (p256, "ES256", "ES384"),
      (p384, "ES384", "ES256"), (ed25519, "EdDSA", "ES256"), (p256, "ES256", "RS256"),
    ] {
      let token = try await signer.token(algorithm, Self.claims(), header: ["alg": .string(claimed)])
      #expect(try await refusal(token, authenticator(Signer.set(signer))).contains("signature"), "\(claimed)")
    }
    // A key that is meant for one algorithm alone.
    var jwk = rsa.jwk
    jwk["alg"] = "PS256"
    let keys = JSON.object(["keys": [.object(jwk)]]).text
    #expect(try await refusal(rsa.token("RS256", Self.claims()), authenticator(keys)).contains("signature"))
    guard case .accepted = await verdict(try await rsa.token("PS256", Self.claims()), authenticator(keys)) else {
      Issue.record("PS256 is not accepted")
      return
    }
  }

  @Test func keysThatAreWeakOrForSomethingElseAreLeftOut() async throws {
    let good = try await Signer(.ed25519, id: "good")
    let short = try await Signer(.shortRSA, id: "short")
    let curve = try await Signer(.p521, id: "curve")
    let other = try await Signer(.p256, id: "other")
    var encryption = other.jwk
    encryption["use"] = "enc"
    var offCurve = other.jwk
    offCurve["y"] = other.jwk["x"]
    let secret: JSONObject = ["kty": "oct", "k": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "kid": "shared"]
    for jwk in [short.jwk, curve.jwk, encryption, offCurve, secret, ["kty": "RSA"], [:]] {
      #expect(throws: TokenFault.self) { try JSONWebKeySet(Array(JSON.object(["keys": [.object(jwk)]]).text.utf8)) }
    }
    let mixed = JSON.object(["keys": [.object(short.jwk), .object(secret), .object(good.jwk)]]).text
    guard case .accepted = await verdict(try await good.token("EdDSA", Self.claims()), authenticator(mixed)) else {
      Issue.record("the good key is not found")
      return
    }
    #expect(try await refusal(short.token("RS256", Self.claims()), authenticator(mixed)).contains("signature"))
  }

  static let badClaims: [(JSONObject, String)] = [
    (["aud": "https://other.example.com/mcp"], "another audience"), (["aud": nil], "another audience"),
    (["aud": ["https://a.example.com", "https://b.example.com"]], "another audience"),
    (["aud": .string(audience + "/")], "another audience"), (["aud": 7], "neither a string nor an array"),
    (["iss": "https://evil.example.com"], "issuer"), (["iss": .string(issuer + "/")], "issuer"),
    (["iss": nil], "issued"),
    (["exp": 1_799_999_969], "expired"), (["exp": nil], "expires"), (["exp": "never"], "expires"),
    (["exp": 0], "expired"), (["nbf": 1_800_000_031], "not valid yet"), (["nbf": "soon"], "no time"),
    (["sub": nil], "who it is about"), (["sub": ""], "who it is about"), (["sub": "a\nb"], "who it is about"),
    (["scope": 3], "neither a string nor an array"),
  ]

  @Test(arguments: badClaims)
  func claimsThatDoNotFitAreRefusedWithTheReason(changes: JSONObject, why: String) async throws {
    let signer = try await Signer(.ed25519, id: "one")
    let token = try await signer.token("EdDSA", Self.claims(changes))
    #expect(try await refusal(token, authenticator(Signer.set(signer))).contains(why))
  }

  static let goodClaims: [(JSONObject, Set<String>)] = [
    (["aud": ["https://other.example.com", .string(audience)]], ["read", "write"]),
    (["exp": 1_799_999_971], ["read", "write"]), (["nbf": 1_800_000_029], ["read", "write"]),
    (["nbf": nil, "exp": 1_800_000_000.5], ["read", "write"]), (["scope": nil, "scp": ["read"]], ["read"]),
    (["scope": nil, "scp": "read list"], ["read", "list"]), (["scope": nil], []), (["scope": "a\"b ok"], ["ok"]),
  ]

  @Test(arguments: goodClaims)
  func clocksMayDifferALittleAndScopesAreWrittenInSeveralWays(changes: JSONObject, scopes: Set<String>) async throws {
    let signer = try await Signer(.ed25519, id: "one")
    let token = try await signer.token("EdDSA", Self.claims(changes))
    guard case .accepted(let principal, _) = await verdict(token, authenticator(Signer.set(signer))) else {
      Issue.record("not accepted")
      return
    }
    #expect(principal.scopes == scopes)
  }

  @Test func whatIsNoTokenIsRefused() async throws {
    let signer = try await Signer(.ed25519, id: "one")
    let authenticator = authenticator(Signer.set(signer))
    let token = try await signer.token("EdDSA", Self.claims())
    let parts = token.split(separator: ".")
    let texts = [
      "", ".", "..", "a.b.c", "\(parts[0]).\(parts[1])", token + ".x", token + "=",
      "\(parts[0])=.\(parts[1]).\(parts[2])",
      "\(parts[0]).\(Base64.url.text(Array("[]".utf8))).\(parts[2])", "\(parts[0]).\(parts[1]).",
    ]
    for text in texts { #expect(try await refusal(text, authenticator) != "not refused", "\(text)") }
    for header: JSONObject in [
      ["crit": ["b64"], "b64": false], ["typ": "dpop+jwt"], ["typ": "logout+jwt"], ["kid": 3],
    ] {
      let odd = try await signer.token("EdDSA", Self.claims(), header: header)
      #expect(try await refusal(odd, authenticator) != "not refused", "\(header)")
    }
  }

  @Test func aTokenHasALongestLength() async throws {
    let signer = try await Signer(.ed25519, id: "one")
    let authenticator = authenticator(Signer.set(signer))
    let bare = try await signer.token("EdDSA", Self.claims(["pad": ""]))
    // What is added to the claims grows by a third in Base64.
    let room = (JSONWebToken.limit - bare.utf8.count) / 4 * 3
    let longest = try await signer.token("EdDSA", Self.claims(["pad": .string(String(repeating: "x", count: room))]))
    #expect((JSONWebToken.limit - 4...JSONWebToken.limit).contains(longest.utf8.count))
    guard case .accepted = await verdict(longest, authenticator) else {
      Issue.record("a token of \(longest.utf8.count) bytes is refused")
      return
    }
    let longer = try await signer.token("EdDSA", Self.claims(["pad": .string(String(repeating: "x", count: room + 6))]))
    #expect(try await refusal(longer, authenticator).contains("longer than 8192 bytes"))
  }

  @Test func aVerifiedTokenIsTakenAtHandUntilItExpires() async throws {
    let signer = try await Signer(.ed25519, id: "one")
    let time = Mutex(Self.now)
    let keys = Signer.set(signer)
    let ring = KeyRing(Self.issuer) { try JSONWebKeySet(Array(keys.utf8)) }
    let authenticator = TokenAuthenticator([Self.issuer: ring], leeway: .seconds(30)) { time.withLock { $0 } }
    let credentials = Credentials(secret: try await signer.token("EdDSA", Self.claims()), audiences: [Self.audience])
    if case _? = authenticator.verdictAtHand(on: credentials) { Issue.record("at hand without a key") }
    guard case .accepted = await authenticator.verdict(on: credentials) else {
      Issue.record("not accepted")
      return
    }
    guard case .accepted? = authenticator.verdictAtHand(on: credentials) else {
      Issue.record("not at hand")
      return
    }
    let elsewhere = Credentials(secret: credentials.secret, audiences: ["https://other.example.com"])
    guard case .refused? = authenticator.verdictAtHand(on: elsewhere) else {
      Issue.record("a verified token is accepted for another audience")
      return
    }
    time.withLock { $0 += 331 }
    guard case .refused(let why)? = authenticator.verdictAtHand(on: credentials) else {
      Issue.record("an expired token is accepted")
      return
    }
    #expect(why.contains("expired"))
  }
}
