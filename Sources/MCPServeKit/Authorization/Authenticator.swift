// SPDX-License-Identifier: Apache-2.0
public import MCPCore

/// Says who a request over HTTP comes from, by what its header carries.
///
/// `Authorization` brings two of its own, for API keys and for tokens of `AuthorizationRules.issuers`. Another may ask a
/// database, or an authorization server about opaque tokens.
public protocol Authenticator: Sendable {
  /// The verdict, when it can be given without waiting; nil has `verdict` asked. Called on an event loop: it must not block.
  func verdictAtHand(on credentials: Credentials) -> Verdict?
  /// The verdict. Called off the loop, and must end by itself within some seconds.
  func verdict(on credentials: Credentials) async -> Verdict
}

extension Authenticator {
  /// Has `verdict` asked.
  public func verdictAtHand(on credentials: Credentials) -> Verdict? { nil }
}

/// What a caller sent to say who it is.
public struct Credentials: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
  /// The token or key. Never to be logged, nor to be passed on to another server.
  public let secret: String
  /// Who a token has to be for: this server, by the names it is reached under.
  public let audiences: [String]

  /// Makes credentials.
  public init(secret: String, audiences: [String]) {
    self.secret = secret
    self.audiences = audiences
  }

  /// Says nothing of the secret.
  public var description: String { "credentials" }
  /// Says nothing of the secret.
  public var debugDescription: String { description }
}

/// What an authenticator makes of credentials.
public enum Verdict: Sendable {
  /// They are this caller's. The same credentials need not be looked at again for that long.
  case accepted(Principal, for: Duration)
  /// They are nobody's here. The text says why, to the caller too: it must hold nothing of the secret.
  case refused(String)
  /// It cannot be told now. The text is for the server's own log.
  case unavailable(String)
}
