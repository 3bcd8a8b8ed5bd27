// SPDX-License-Identifier: Apache-2.0

/// A session as its store knows it, for whoever looks after sessions.
public struct StoredSession: Sendable {
  /// What is remembered.
  public let session: Session
  /// For how long it has not been used.
  public let idle: Duration
  /// The server that opened it, where there are several.
  public let instance: String?

  /// Makes an entry of a list.
  public init(session: Session, idle: Duration, instance: String? = nil) {
    self.session = session
    self.idle = idle
    self.instance = instance
  }
}
