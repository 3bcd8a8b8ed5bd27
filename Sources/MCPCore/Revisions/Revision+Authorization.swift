// SPDX-License-Identifier: Apache-2.0

/// What a revision says about authorization over HTTP.
extension Revision {
  /// Servers may want a token.
  public var hasAuthorization: Bool { self >= .v20250326 }
  /// A server's metadata say who issues its tokens (RFC 9728), and a token is asked for with the server's name (RFC 8707).
  public var hasResourceMetadata: Bool { self >= .v20250618 }
  /// A server without such metadata is its own authorization server (2025-03-26 only).
  public var hasAuthorizationOnItsHost: Bool { self == .v20250326 }
  /// Metadata of an authorization server may be where OpenID Connect has them.
  public var hasOpenIDDiscovery: Bool { self >= .v20251125 }
  /// An authorization server has to say that it knows PKCE with S256.
  public var demandsS256: Bool { self >= .v20251125 }
}
