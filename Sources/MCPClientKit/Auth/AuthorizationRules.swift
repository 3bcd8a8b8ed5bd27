// SPDX-License-Identifier: Apache-2.0
import MCPCore

/// Where authorization differs between the revisions.
struct AuthorizationRules: Sendable {
  /// Whether to look for metadata of the protected resource (2025-06-18 and later).
  let asksResource: Bool
  /// Whether a server without such metadata may be its own authorization server (2025-03-26).
  let fallsBackToHost: Bool
  /// Whether metadata of OpenID Connect will do (2025-11-25 and later).
  let triesOpenID: Bool
  /// Whether the authorization server has to say that it knows S256 (2025-11-25 and later).
  let demandsS256: Bool
  /// What to send as `MCP-Protocol-Version` while looking.
  let revision: Revision

  /// - Parameter revision: nil for a server whose revision is not known: the newest rules, and those of 2025-03-26 for a
  ///   server that has no metadata.
  init(_ revision: Revision?) throws(ClientError) {
    guard revision != .v20241105 else {
      throw ClientError(.unauthorized, "revision 2024-11-05 has no authorization: choose a later one, or send a token")
    }
    self.revision = revision ?? .latest
    asksResource = self.revision > .v20250326
    fallsBackToHost = revision == nil || revision == .v20250326
    triesOpenID = self.revision >= .v20251125
    demandsS256 = self.revision >= .v20251125
  }
}
