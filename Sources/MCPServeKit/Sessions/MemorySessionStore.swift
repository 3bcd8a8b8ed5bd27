// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Keeps sessions in this process.
public final class MemorySessionStore: SessionStore {
  private let table: Mutex<ExpiringTable<Session>>
  private let limit: Atomic<Int>
  private let now: @Sendable () -> ContinuousClock.Instant

  /// Makes an empty store.
  /// - Parameters:
  ///   - limit: the most sessions it keeps. Default 10 000.
  ///   - now: tells the time.
  public init(limit: Int = 10_000, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
    self.limit = Atomic(limit)
    self.now = now
    table = Mutex(ExpiringTable())
  }

  /// Keeps at most so many from now on; those that are there stay.
  public func setLimit(_ limit: Int) { self.limit.store(limit, ordering: .relaxed) }

  /// How many sessions are kept, those included whose time is up but which were not swept away yet.
  public var count: Int { table.withLock { $0.count } }

  /// How many sessions are kept and not over.
  public var countAtHand: Int? {
    let now = now()
    return table.withLock { table in
      table.sweep(at: now, atMost: .max)
      return table.count
    }
  }

  /// Keeps a new session.
  public func insert(_ session: Session) async throws {
    let (now, limit) = (now(), limit.load(ordering: .relaxed))
    let fault: SessionError? = table.withLock { table in
      table.sweep(at: now)
      guard table.count < limit else {
        return SessionError(.full, "\(limit) sessions are open, the limit: end one, or try again later")
      }
      guard table.insert(session, for: session.id.rawValue, lifetime: session.lifetime, at: now) else {
        return SessionError(.duplicate, "session \(session.id) exists already")
      }
      return nil
    }
    if let fault { throw fault }
  }

  /// The session of that name.
  public func session(_ id: Session.ID) async throws -> Session? { sessionAtHand(id) }

  /// The session of that name: memory never has to wait.
  public func sessionAtHand(_ id: Session.ID) -> Session? {
    let now = now()
    return table.withLock { $0.value(for: id.rawValue, at: now) }
  }

  /// Keeps a changed session.
  public func replace(_ session: Session) async throws -> Bool {
    let now = now()
    return table.withLock { table in
      guard let stored = table.value(for: session.id.rawValue, at: now), stored.version == session.version else {
        return false
      }
      var session = session
      session.version += 1
      table.remove(session.id.rawValue)
      return table.insert(session, for: session.id.rawValue, lifetime: session.lifetime, at: now)
    }
  }

  /// Forgets a session.
  @discardableResult
  public func remove(_ id: Session.ID) async throws -> Bool {
    table.withLock { $0.remove(id.rawValue) != nil }
  }
}
