// SPDX-License-Identifier: Apache-2.0
import EventIO

/// What a head says about who sends it. Nothing but these two headers is looked at: never the query, which ends up in logs.
///
/// Spec: 2026-07-28, basic/authorization, "Access Token Usage"; RFC 6750 section 2.1.
enum PresentedCredentials: Sendable {
  case none
  case secret(String)
  /// Something no credentials look like; why.
  case malformed(String)

  init(_ headers: HTTPHeaders) {
    let bearers = headers.values(of: "authorization")
    let keys = headers.values(of: "x-api-key")
    guard bearers.count + keys.count <= 1 else {
      self = .malformed("send Authorization or X-API-Key, and once")
      return
    }
    if let key = keys.first {
      self = Self.isToken(key) ? .secret(key) : .malformed("X-API-Key holds no key")
    } else if let field = bearers.first {
      self.init(authorization: field)
    } else {
      self = .none
    }
  }

  private init(authorization field: String) {
    let scheme = field.prefix { $0 != " " }
    guard scheme.lowercased() == "bearer" else {
      // Another scheme than ours, or none: there is nothing here we could look at.
      self = .none
      return
    }
    let token = field.dropFirst(scheme.count).drop { $0 == " " }
    self =
      Self.isToken(token)
      ? .secret(String(token)) : .malformed("Authorization is not Bearer, one space and one token")
  }

  /// RFC 6750: a token is made of these; a comma or a space would begin something else.
  private static func isToken(_ text: some StringProtocol) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "\"") }
  }
}
