// SPDX-License-Identifier: Apache-2.0
import Observability
import Synchronization

/// Keeps sessions in this process.
public final class MemorySessionStore: SessionStore {
  fileprivate struct State {
    var table = ExpiringTable<Session>()
    /// Those that were ended just now.
    var graves = ExpiringTable<Void>()
    /// The sessions of each principal, among them some that are over.
    var owned: [String: [String]] = [:]
    var limits: SessionLimits
  }

  private let state: Mutex<State>
  private let now: @Sendable () -> Moment

  /// Makes an empty store.
  /// - Parameters:
  ///   - limits: how many sessions it keeps, and for how long at most.
  ///   - now: tells the time; nil for the clock of the machine.
  public init(
    limits: SessionLimits = SessionLimits(), now: (@Sendable () -> ContinuousClock.Instant)? = nil
  ) {
    state = Mutex(State(limits: limits))
    self.now = Moment.clock(now)
  }

  /// Makes an empty store.
  /// - Parameters:
  ///   - limit: the most sessions it keeps.
  ///   - now: tells the time; nil for the clock of the machine.
  public convenience init(limit: Int, now: (@Sendable () -> ContinuousClock.Instant)? = nil) {
    var limits = SessionLimits()
    limits.total = limit
    self.init(limits: limits, now: now)
  }

  /// Holds to other limits from now on; sessions that are there stay, as long as they were to.
  public func setLimits(_ limits: SessionLimits) { state.withLock { $0.limits = limits } }

  /// How many sessions are kept, those included whose time is up but which were not swept away yet.
  public var count: Int { state.withLock { $0.table.count } }

  /// How many sessions are kept and not over.
  public var countAtHand: Int? {
    let now = now()
    return state.withLock { state in
      state.table.sweep(at: now, atMost: .max)
      return state.table.count
    }
  }

  /// Keeps a new session.
  public func insert(_ session: Session) async throws {
    let now = now()
    let key = session.id.rawValue
    let fault: SessionError? = state.withLock { state in
      let limits = state.limits
      state.table.sweep(at: now)
      state.graves.sweep(at: now)
      guard state.table.count < limits.total else { return .full(limits) }
      if let principal = session.principal {
        let owned = (state.owned[principal] ?? []).filter { state.table.holds($0, at: now) }
        state.owned[principal] = owned.isEmpty ? nil : owned
        guard owned.count < limits.perPrincipal else { return .fullForPrincipal(limits) }
      }
      guard !state.graves.holds(key, at: now),
        state.table.insert(session, for: key, lifetime: session.lifetime, until: now + limits.longestLife, at: now)
      else {
        return .duplicate(session.id)
      }
      if let principal = session.principal { state.own(key, principal, at: now) }
      return nil
    }
    if let fault { throw fault }
  }

  /// The session of that name.
  public func session(_ id: Session.ID) async throws -> Session? { sessionAtHand(id) }

  /// The session of that name: memory never has to wait.
  public func sessionAtHand(_ id: Session.ID) -> Session? {
    let now = now()
    return state.withLock { $0.table.value(for: id.rawValue, at: now) }
  }

  /// The version of that session.
  public func versionAtHand(_ id: Session.ID) -> Int? {
    let now = now()
    return state.withLock { $0.table.value(for: id.rawValue, at: now) { $0.version } }
  }

  /// Keeps a changed session.
  public func replace(_ session: Session) async throws -> Bool {
    let now = now()
    let key = session.id.rawValue
    return state.withLock { state in
      guard state.table.value(for: key, at: now, { $0.version }) == session.version else { return false }
      var changed = session
      changed.version += 1
      return state.table.replace(changed, for: key, lifetime: session.lifetime, at: now)
    }
  }

  /// Forgets a session.
  @discardableResult
  public func remove(_ id: Session.ID) async throws -> Bool {
    let now = now()
    return state.withLock { state in
      let wasThere = state.table.holds(id.rawValue, at: now)
      guard state.table.remove(id.rawValue) != nil, wasThere else { return false }
      if state.graves.count < state.limits.total {
        _ = state.graves.insert((), for: id.rawValue, lifetime: state.limits.graveTime, at: now)
      }
      return true
    }
  }

  /// All sessions, in portions.
  public func listing() -> AsyncThrowingStream<[StoredSession], any Error> {
    let position = Mutex(0)
    return AsyncThrowingStream { [self] in
      let now = now()
      let start = position.withLock { $0 }
      let (entries, next) = state.withLock { $0.table.entries(from: start, atMost: 500, at: now) }
      guard start < next else { return nil }
      position.withLock { $0 = next }
      return entries.map { StoredSession(session: $0.value, idle: $0.idle) }
    }
  }
}

extension MemorySessionStore: LimitedSessionStore {}

extension MemorySessionStore.State {
  /// Notes whose a session is. Principals without one are forgotten when there are many.
  mutating func own(_ key: String, _ principal: String, at now: Moment) {
    owned[principal, default: []].append(key)
    guard owned.count > 2 * table.count + 64 else { return }
    owned = owned.mapValues { $0.filter { table.holds($0, at: now) } }.filter { !$0.value.isEmpty }
  }
}
