// SPDX-License-Identifier: Apache-2.0

/// How many sessions a store keeps, and for how long at most.
public struct SessionLimits: Sendable, Hashable {
  /// Sessions at the same time. Default 10 000.
  public var total = 10_000
  /// Sessions of one principal at the same time, where callers say who they are. Default 100.
  public var perPrincipal = 100
  /// How long a session lives, however much it is used. Default 24 h.
  public var longestLife: Duration = .seconds(86_400)
  /// For how long it is remembered that a session was ended, so that nothing that comes late brings it back. Default 60 s.
  public var graveTime: Duration = .seconds(60)

  /// Makes limits with the defaults.
  public init() {}

  init(_ limits: ServeLimits) {
    total = limits.sessions
    perPrincipal = limits.sessionsPerPrincipal
    longestLife = limits.sessionLongestLife
  }
}

extension SessionError {
  /// There are as many sessions as there may be.
  package static func full(_ limits: SessionLimits) -> SessionError {
    SessionError(.full, "\(limits.total) sessions are open, the limit: end one, or try again later")
  }

  /// The principal has as many sessions as it may have.
  package static func fullForPrincipal(_ limits: SessionLimits) -> SessionError {
    SessionError(
      .full, "\(limits.perPrincipal) sessions of this caller are open, the limit: end one, or try again later")
  }

  /// Others may take this server for dead.
  package static let fenced = SessionError(
    .fenced, "this server was silent for so long that others may have taken over: try again, here or at another")

  /// The id is in use, or was until just now.
  package static func duplicate(_ id: Session.ID) -> SessionError {
    SessionError(.duplicate, "session \(id) exists already, or did until just now")
  }
}
