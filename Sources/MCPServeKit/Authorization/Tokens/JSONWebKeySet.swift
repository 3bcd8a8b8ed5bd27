// SPDX-License-Identifier: Apache-2.0
package import EventIO
import JSONKit

/// The public keys somebody signs with (RFC 7517). Keys for something else, and of kinds that are not accepted, are left out.
package struct JSONWebKeySet: Sendable {
  /// The longest document, in bytes.
  static let limit = 256 << 10
  /// The most keys in one.
  static let mostKeys = 100
  /// How many keys are tried for a token that does not say which it was signed with.
  private static let mostTries = 4

  private struct Entry: Sendable {
    let id: String?
    let algorithm: SignatureAlgorithm?
    let key: VerificationKey
  }

  private let entries: [Entry]

  /// - Throws: `TokenFault` when it is no key set, or holds no key that can be used.
  package init(_ bytes: [UInt8]) throws(TokenFault) {
    guard bytes.count <= Self.limit else { throw TokenFault("the key set is larger than \(Self.limit) bytes") }
    let limits = JSONLimits(depth: 16, bytes: Self.limit, values: 10_000)
    guard let keys = (try? JSON(parsing: bytes, limits: limits))?["keys"]?.array else {
      throw TokenFault("this is no key set: it needs a JSON object with an array 'keys'")
    }
    guard keys.count <= Self.mostKeys else { throw TokenFault("the key set has more than \(Self.mostKeys) keys") }
    entries = keys.compactMap { $0.object.flatMap(Self.entry) }
    guard !entries.isEmpty else {
      throw TokenFault("the key set has no key for signatures of RSA, P-256, P-384 or Ed25519")
    }
  }

  /// The keys that may have signed a token: of its id, of its algorithm's kind, and meant for that algorithm.
  package func candidates(for token: JSONWebToken) -> [VerificationKey] {
    entries.lazy.filter { entry in
      entry.key.kind == token.algorithm.keyKind && (entry.algorithm ?? token.algorithm) == token.algorithm
        && (token.keyID == nil || entry.id == token.keyID)
    }.prefix(Self.mostTries).map(\.key)
  }

  private static func entry(_ jwk: JSONObject) -> Entry? {
    if let use = jwk["use"], use != "sig" { return nil }
    if let operations = jwk["key_ops"]?.array, !operations.contains("verify") { return nil }
    var algorithm: SignatureAlgorithm?
    if let name = jwk["alg"] {
      guard let known = name.string.flatMap(SignatureAlgorithm.init) else { return nil }
      algorithm = known
    }
    guard let key = key(jwk) else { return nil }
    return Entry(id: jwk["kid"]?.string, algorithm: algorithm, key: key)
  }

  private static func key(_ jwk: JSONObject) -> VerificationKey? {
    func number(_ name: String) -> [UInt8]? { jwk[name]?.string.flatMap { Base64.url.bytes($0) } }
    switch (jwk["kty"]?.string, jwk["crv"]?.string) {
    case ("RSA"?, _):
      guard let modulus = number("n"), let exponent = number("e") else { return nil }
      return try? VerificationKey(rsaModulus: modulus, exponent: exponent)
    case ("EC"?, let curve?):
      let kind: VerificationKey.Kind
      switch curve {
      case "P-256": kind = .p256
      case "P-384": kind = .p384
      default: return nil
      }
      guard let x = number("x"), let y = number("y") else { return nil }
      return try? VerificationKey(kind, x: x, y: y)
    case ("OKP"?, "Ed25519"?): return number("x").flatMap { try? VerificationKey(ed25519: $0) }
    default: return nil
    }
  }
}
