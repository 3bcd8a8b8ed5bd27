// SPDX-License-Identifier: Apache-2.0
package import JSONKit

/// What a token says of its holder, in the form it has to have. Whether it is true is for its signature to say.
package struct TokenClaims: Sendable {
  let issuer: String
  package let subject: String
  let audiences: [String]
  let scopes: Set<String>
  /// In seconds since 1970.
  package let expiry: Double
  let notBefore: Double?

  /// The most scopes a token may carry, and audiences.
  private static let mostValues = 256

  package init(_ claims: JSONObject) throws(TokenFault) {
    guard let issuer = claims["iss"]?.string else { throw TokenFault("the token does not say who issued it") }
    // OpenID Connect Core section 2. Text that is composed differently and looks the same would be taken for one subject.
    guard let subject = claims["sub"]?.string, (1...255).contains(subject.utf8.count),
      subject.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
    else { throw TokenFault("the token does not say who it is about, in 1 to 255 characters of ASCII") }
    guard let expiry = claims["exp"]?.double, expiry.isFinite else {
      throw TokenFault("the token does not say when it expires")
    }
    (self.issuer, self.subject, self.expiry) = (issuer, subject, expiry)
    if let time = claims["nbf"] {
      guard let seconds = time.double, seconds.isFinite else { throw TokenFault("the token's nbf is no time") }
      notBefore = seconds
    } else {
      notBefore = nil
    }
    audiences = try Self.strings(claims["aud"], "aud") { [$0] }
    // RFC 8693 section 4.2: `scope` is one string; others write `scp`, and both also as an array.
    let member = claims["scope"] == nil ? "scp" : "scope"
    let scopes = try Self.strings(claims[member], member) { $0.split(separator: " ").map(String.init) }
    self.scopes = Set(scopes.filter(\.isScope))
  }

  /// - Throws: `TokenFault` when it is over, has not begun, or is for somebody else.
  func check(audiences accepted: [String], leeway: Double, now: Double) throws(TokenFault) {
    guard now < expiry + leeway else { throw TokenFault("the token has expired") }
    if let notBefore, now + leeway < notBefore { throw TokenFault("the token is not valid yet") }
    guard audiences.contains(where: { audience in accepted.contains { $0.hasBytes(of: audience) } }) else {
      throw TokenFault("the token is for another audience")
    }
  }

  private static func strings(
    _ json: JSON?, _ name: String, _ split: (String) -> [String]
  ) throws(TokenFault) -> [String] {
    let strings: [String]
    switch json {
    case nil: return []
    case .string(let text)?: strings = split(text)
    case .array(let elements)?:
      strings = elements.compactMap(\.string)
      guard strings.count == elements.count else { throw TokenFault("the token's \(name) holds more than strings") }
    default: throw TokenFault("the token's \(name) is neither a string nor an array")
    }
    guard strings.count <= mostValues else {
      throw TokenFault("the token's \(name) has more than \(mostValues) values")
    }
    return strings
  }
}
