// SPDX-License-Identifier: Apache-2.0
import EventIO
import MCPCore
import Observability
import Synchronization

/// Accepts the tokens of some issuers.
///
/// A token is taken only from the issuer that signed it, and only when it is for this server (RFC 8707, RFC 9068).
final class TokenAuthenticator: Authenticator {
  /// A token whose signature was good.
  private struct Known {
    let claims: TokenClaims
    /// The version of its issuer's keys that it was verified with.
    let version: Int
  }

  /// How many verified tokens are remembered.
  private static let mostKnown = 4_096
  /// How long a connection may go on without its token being looked at again, so that a key that was withdrawn ends it.
  private static let recheck = Duration.seconds(60)

  private let rings: [String: KeyRing]
  private let leeway: Double
  private let now: @Sendable () -> Double
  private let known = Mutex<[[UInt8]: Known]>([:])

  /// - Parameter now: the time in seconds since 1970.
  init(
    _ rings: [String: KeyRing], leeway: Duration,
    now: @escaping @Sendable () -> Double = { Double(Timestamp.now.milliseconds) / 1000 }
  ) {
    self.rings = rings
    self.leeway = Double(leeway.milliseconds) / 1000
    self.now = now
  }

  func verdictAtHand(on credentials: Credentials) -> Verdict? {
    verdict(on: credentials) { ring, token in ring.keysAtHand(for: token) }
  }

  func verdict(on credentials: Credentials) async -> Verdict {
    if let verdict = verdictAtHand(on: credentials) { return verdict }
    // What is at hand now, or was fetched: the rest goes as before.
    if let token = try? JSONWebToken(credentials.secret), let issuer = token.claims["iss"]?.string,
      let ring = rings[issuer]
    {
      let finding = await ring.keys(for: token)
      return verdict(on: credentials) { _, _ in finding } ?? .unavailable("the keys of \(issuer) cannot be fetched")
    }
    return .refused("the token cannot be verified")
  }

  private func verdict(
    on credentials: Credentials, _ find: (KeyRing, JSONWebToken) -> KeyRing.Finding?
  ) -> Verdict? {
    do {
      let digest = try digest(of: Array(credentials.secret.utf8))
      if let known = known.withLock({ $0[digest] }), let ring = rings[known.claims.issuer],
        ring.isCurrent(known.version)
      {
        return try accept(known.claims, credentials)
      }
      let token = try JSONWebToken(credentials.secret)
      let claims = try TokenClaims(token.claims)
      guard let ring = rings[claims.issuer], rings.keys.contains(where: { $0.utf8.elementsEqual(claims.issuer.utf8) })
      else { throw TokenFault("the token is of an issuer that is not accepted here") }
      let verdict = try accept(claims, credentials)
      guard let finding = find(ring, token) else { return nil }
      guard finding.version > 0 else { return .unavailable("the keys of \(claims.issuer) cannot be fetched") }
      guard finding.keys.contains(where: token.isSigned) else {
        throw TokenFault("the token's signature is not one of its issuer's")
      }
      remember(Known(claims: claims, version: finding.version), as: digest)
      return verdict
    } catch let error as TokenFault {
      return .refused(error.description)
    } catch {
      return .unavailable("\(error)")
    }
  }

  /// What a token whose signature is good is worth.
  private func accept(_ claims: TokenClaims, _ credentials: Credentials) throws(TokenFault) -> Verdict {
    let now = now()
    try claims.check(audiences: credentials.audiences, leeway: leeway, now: now)
    let rest = min(claims.expiry + leeway - now, 3600)
    let principal = Principal("\(claims.issuer) \(claims.subject)", scopes: claims.scopes)
    return .accepted(principal, for: min(.milliseconds(Int(rest * 1000)), Self.recheck))
  }

  private func remember(_ token: Known, as digest: [UInt8]) {
    let now = now()
    known.withLock { known in
      if known.count >= Self.mostKnown {
        known = known.filter { $0.value.claims.expiry + leeway > now }
        // All are in use: whoever comes next is verified again.
        if known.count >= Self.mostKnown { known = [:] }
      }
      known[digest] = token
    }
  }
}
