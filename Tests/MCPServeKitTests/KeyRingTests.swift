// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import Synchronization
import Testing

@testable import MCPServeKit

/// When the keys of an issuer are fetched, and when not.
@Suite struct KeyRingTests {
  /// An issuer whose keys change, and a clock that moves when it is told to.
  private final class Source: Sendable {
    struct Gone: Error {}
    private struct State {
      var keys: String?
      var fetches = 0
      var now = ContinuousClock.now
    }
    private let state = Mutex(State())

    func publish(_ keys: String?) { state.withLock { $0.keys = keys } }
    func advance(_ time: Duration) { state.withLock { $0.now += time } }
    var fetches: Int { state.withLock { $0.fetches } }

    func ring() -> KeyRing {
      KeyRing("https://login.example.com", now: { self.state.withLock { $0.now } }) {
        let keys = self.state.withLock { state in
          state.fetches += 1
          return state.keys
        }
        guard let keys else { throw Gone() }
        return try JSONWebKeySet(Array(keys.utf8))
      }
    }
  }

  private func token(_ signer: Signer) async throws -> JSONWebToken {
    try JSONWebToken(try await signer.token("EdDSA", TokenTests.claims()))
  }

  @Test func keysAreFetchedOnceAndAgainWhenTheyAreOld() async throws {
    let signer = try await Signer(.ed25519, id: "one")
    let (source, token) = (Source(), try await token(signer))
    source.publish(Signer.set(signer))
    let ring = source.ring()
    for _ in 0..<5 { #expect(await ring.keys(for: token).keys.count == 1) }
    #expect(source.fetches == 1)
    source.advance(.seconds(599))
    #expect(ring.keysAtHand(for: token)?.keys.count == 1)
    source.advance(.seconds(1))
    #expect(ring.keysAtHand(for: token)?.version == nil)
    #expect(!ring.isCurrent(1))
    #expect(await ring.keys(for: token).version == 2)
    #expect(source.fetches == 2)
  }

  @Test func anUnknownKeyIsLookedForButNotTooOften() async throws {
    let old = try await Signer(.ed25519, id: "old")
    let new = try await Signer(.ed25519, id: "new")
    let source = Source()
    source.publish(Signer.set(old))
    let ring = source.ring()
    #expect(await ring.keys(for: try await token(old)).keys.count == 1)
    // Rotated: the new key signs, and is published.
    source.publish(Signer.set(new))
    #expect(await ring.keys(for: try await token(new)).keys.isEmpty)
    #expect(source.fetches == 1, "the keys were fetched just before")
    source.advance(.seconds(10))
    #expect(await ring.keys(for: try await token(new)).keys.count == 1)
    #expect(await ring.keys(for: try await token(old)).keys.isEmpty)
    #expect(source.fetches == 2)
  }

  @Test func theKeysKnownLastGoOnWhenTheIssuerIsGone() async throws {
    let signer = try await Signer(.ed25519, id: "one")
    let (source, token) = (Source(), try await token(signer))
    source.publish(Signer.set(signer))
    let ring = source.ring()
    #expect(await ring.keys(for: token).version == 1)
    source.publish(nil)
    source.advance(.seconds(700))
    for _ in 0..<3 { #expect(await ring.keys(for: token).keys.count == 1) }
    #expect(source.fetches == 2, "a fetch that failed is not repeated at once")
    #expect(ring.isCurrent(1))
    source.advance(.seconds(86_400))
    let finding = await ring.keys(for: token)
    #expect(finding.keys.isEmpty && finding.version == 0)
  }

  @Test func manyThatWaitForTheKeysFetchThemOnce() async throws {
    let signer = try await Signer(.ed25519, id: "one")
    let (source, token) = (Source(), try await token(signer))
    source.publish(Signer.set(signer))
    let ring = source.ring()
    await withTaskGroup(of: Int.self) { group in
      for _ in 0..<50 { group.addTask { await ring.keys(for: token).keys.count } }
      for await count in group { #expect(count == 1) }
    }
    #expect(source.fetches == 1)
  }

  @Test func withoutAnyKeysNothingIsDecided() async throws {
    let signer = try await Signer(.ed25519, id: "one")
    let source = Source()
    let authenticator = TokenAuthenticator(["https://login.example.com": source.ring()], leeway: .zero) {
      TokenTests.now
    }
    let credentials = Credentials(
      secret: try await signer.token("EdDSA", TokenTests.claims()), audiences: [TokenTests.audience])
    guard case .unavailable = await authenticator.verdict(on: credentials) else {
      Issue.record("decided without a key")
      return
    }
    source.publish(Signer.set(signer))
    source.advance(.seconds(10))
    guard case .accepted = await authenticator.verdict(on: credentials) else {
      Issue.record("not accepted")
      return
    }
  }

  @Test func aKeyThatWasWithdrawnEndsWhatItSigned() async throws {
    let (old, new) = (try await Signer(.ed25519, id: "old"), try await Signer(.ed25519, id: "new"))
    let source = Source()
    source.publish(Signer.set(old))
    let authenticator = TokenAuthenticator(["https://login.example.com": source.ring()], leeway: .zero) {
      TokenTests.now
    }
    let credentials = Credentials(
      secret: try await old.token("EdDSA", TokenTests.claims()), audiences: [TokenTests.audience])
    guard case .accepted = await authenticator.verdict(on: credentials) else {
      Issue.record("not accepted")
      return
    }
    source.publish(Signer.set(new))
    source.advance(.seconds(600))
    guard case .refused = await authenticator.verdict(on: credentials) else {
      Issue.record("a token of a withdrawn key is accepted")
      return
    }
  }

  @Test func metadataIsLookedForWhereRFC8414AndOpenIDPutIt() {
    #expect(
      KeySource.metadataPlaces(of: "https://a.example.com/tenant/") == [
        "https://a.example.com/.well-known/oauth-authorization-server/tenant",
        "https://a.example.com/.well-known/openid-configuration/tenant",
        "https://a.example.com/tenant/.well-known/openid-configuration",
      ])
    #expect(
      KeySource.metadataPlaces(of: "https://a.example.com") == [
        "https://a.example.com/.well-known/oauth-authorization-server",
        "https://a.example.com/.well-known/openid-configuration",
      ])
  }

  @Test(arguments: [
    ("https://a.example.com/x", true), ("http://127.0.0.1:9/x", true), ("http://localhost/x", true),
    ("http://[::1]:9/x", true), ("http://a.example.com/x", false), ("http://127.0.0.1@a.example.com/", false),
    ("http://127.0.0.1.example.com/", false), ("http://localhost.example.com/", false), ("file:///etc/passwd", false),
    ("javascript:alert(1)", false), ("", false),
  ])
  func keysComeOnlyFromPlacesNobodyOnTheWayCanForge(url: String, isTrusted: Bool) {
    #expect(KeySource.isTrustworthy(url) == isTrusted)
  }
}
