// SPDX-License-Identifier: Apache-2.0
import MCPCore

/// Whose rules of authorization count.
struct AuthorizationRules: Sendable {
  /// The revision; the newest where it is not known.
  let revision: Revision
  /// Whether a server without metadata is treated by the rules of 2025-03-26.
  let fallsBackToHost: Bool

  /// - Parameter revision: nil for a server whose revision is not known.
  init(_ revision: Revision?) throws(ClientError) {
    self.revision = revision ?? .latest
    fallsBackToHost = revision?.hasAuthorizationOnItsHost ?? true
    guard self.revision.hasAuthorization else {
      throw ClientError(
        .unauthorized, "revision \(self.revision) has no authorization: choose a later one, or send a token")
    }
  }
}
