// SPDX-License-Identifier: Apache-2.0

/// An authorization server whose tokens are accepted.
public struct TokenIssuer: Sendable, Hashable {
  /// Where the public keys it signs with are found.
  public enum Keys: Sendable, Hashable {
    /// Where its metadata says (RFC 8414, or OpenID Connect Discovery).
    case discovered
    /// At an `https` URL, or `http` on this machine.
    case url(String)
    /// In a file, read again as often as a URL would be.
    case file(String)
    /// Given: a JSON Web Key Set.
    case text(String)
  }

  /// Its identifier, which its tokens have to carry byte for byte: an `https` URL, or `http` on this machine.
  public var name: String
  /// Where its keys are. Default: where its metadata says.
  public var keys: Keys
  /// A file of certificates to trust instead of the system's when its keys are fetched.
  public var certificateAuthorities: String?

  /// Names an issuer.
  public init(_ name: String, keys: Keys = .discovered, certificateAuthorities: String? = nil) {
    self.name = name
    self.keys = keys
    self.certificateAuthorities = certificateAuthorities
  }
}
