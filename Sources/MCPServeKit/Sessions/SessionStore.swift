// SPDX-License-Identifier: Apache-2.0

/// Keeps legacy sessions between requests. Every store passes the same tests.
public protocol SessionStore: Sendable {
  /// An id for a new session.
  func makeID() throws -> Session.ID
  /// Keeps a new session. Its longest life begins.
  /// - Throws: `SessionError` `.full` when there are too many, of its principal or in all; `.duplicate` when the id is in use,
  ///   or was until just now.
  func insert(_ session: Session) async throws
  /// The session of that name, whose lifetime begins anew; nil when there is none or its time is up.
  func session(_ id: Session.ID) async throws -> Session?
  /// The same, when the store can tell without waiting; nil when `session(_:)` has to be asked.
  func sessionAtHand(_ id: Session.ID) -> Session?
  /// The version of what `sessionAtHand` would return, for those who have a session of that version and need not copy it. Its lifetime
  /// begins anew as well.
  func versionAtHand(_ id: Session.ID) -> Int?
  /// Whether there may be a session of that name. False only for what none of the servers can have made.
  func isGenuine(_ id: Session.ID) -> Bool
  /// How many sessions are kept, when the store can tell without waiting; nil when it cannot. For metrics.
  var countAtHand: Int? { get }
  /// Keeps a changed session; false when somebody changed or removed it since it was read.
  func replace(_ session: Session) async throws -> Bool
  /// Forgets a session; false when there was none.
  ///
  /// For a while nothing brings it back, `insert` included.
  @discardableResult
  func remove(_ id: Session.ID) async throws -> Bool
  /// All sessions, in portions that are read as they are asked for and may be empty. Their lifetimes go on as before. One that is
  /// there all along comes once; one that comes or goes meanwhile may be missed.
  func listing() -> AsyncThrowingStream<[StoredSession], any Error>
}

extension SessionStore {
  /// One nobody can guess.
  public func makeID() throws -> Session.ID { .random() }
  /// Always to be asked.
  public func sessionAtHand(_ id: Session.ID) -> Session? { nil }
  /// That of the session.
  public func versionAtHand(_ id: Session.ID) -> Int? { sessionAtHand(id)?.version }
  /// Any may be.
  public func isGenuine(_ id: Session.ID) -> Bool { true }
  /// Not known.
  public var countAtHand: Int? { nil }
}

/// A store whose limits may change while it is used.
package protocol LimitedSessionStore: SessionStore {
  /// Holds to other limits from now on; sessions that are there stay, as long as they were to.
  func setLimits(_ limits: SessionLimits)
}

/// Why a session cannot be kept.
public struct SessionError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kind of fault. Open: new kinds may be added.
  public struct Code: RawRepresentable, Sendable, Hashable {
    /// The code for programs.
    public let rawValue: String
    /// Makes a code.
    public init(rawValue: String) { self.rawValue = rawValue }
    /// There are too many sessions.
    public static let full = Code(rawValue: "full")
    /// The id is in use.
    public static let duplicate = Code(rawValue: "duplicate")
    /// Others may take this server for dead, so it must not act upon sessions.
    public static let fenced = Code(rawValue: "node_fenced")
  }

  /// The kind of fault.
  public let code: Code
  /// Says what is wrong and what to do about it.
  public let message: String

  /// Makes an error.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The message.
  public var description: String { message }
}
