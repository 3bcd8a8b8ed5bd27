// SPDX-License-Identifier: Apache-2.0
package import EventIO
package import JSONKit

/// A signed token (RFC 7519, RFC 7515), taken apart and not believed yet.
///
/// Only asymmetric signatures are read: a token that is not signed, or signed with a shared secret, cannot be expressed.
package struct JSONWebToken: Sendable {
  /// The longest token, in bytes.
  package static let limit = 8 << 10
  private static let jsonLimits = JSONLimits(depth: 16, bytes: limit, values: 1_000)

  package let algorithm: SignatureAlgorithm
  /// The key it says it was signed with; nil when it does not say.
  package let keyID: String?
  package let claims: JSONObject
  private let signedText: [UInt8]
  private let signature: [UInt8]

  package init(_ text: String) throws(TokenFault) {
    guard text.utf8.count <= Self.limit else { throw TokenFault("the token is longer than \(Self.limit) bytes") }
    let parts = text.split(separator: ".", maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count == 3 else { throw TokenFault("the token is not a signed JWT") }
    let header = try Self.object(parts[0], "header")
    guard let algorithm = header["alg"]?.string.flatMap(SignatureAlgorithm.init) else {
      throw TokenFault("the token is not signed with an algorithm that is accepted here")
    }
    // RFC 7515 section 4.1.11: whoever does not know an extension must refuse.
    guard header["crit"] == nil else { throw TokenFault("the token needs extensions that are not known here") }
    // RFC 8725 section 3.11: what was made for something else is not taken for an access token.
    if let type = header["typ"] {
      guard let type = type.string?.lowercased(), ["jwt", "at+jwt", "application/at+jwt"].contains(type) else {
        throw TokenFault("the token is not an access token")
      }
    }
    switch header["kid"] {
    case nil: keyID = nil
    case .string(let id)? where id.utf8.count <= 512: keyID = id
    default: throw TokenFault("the token's kid is not a short string")
    }
    claims = try Self.object(parts[1], "payload")
    guard let signature = Base64.url.bytes(parts[2]), !signature.isEmpty else {
      throw TokenFault("the token's signature is not Base64url")
    }
    self.algorithm = algorithm
    self.signature = signature
    signedText = Array("\(parts[0]).\(parts[1])".utf8)
  }

  /// Whether the holder of a key signed it.
  package func isSigned(by key: VerificationKey) -> Bool { key.verifies(signature, of: signedText, by: algorithm) }

  private static func object(_ part: Substring, _ name: String) throws(TokenFault) -> JSONObject {
    guard let bytes = Base64.url.bytes(part), let json = try? JSON(parsing: bytes, limits: jsonLimits),
      case .object(let object) = json
    else { throw TokenFault("the token's \(name) is not a JSON object in Base64url") }
    return object
  }
}
