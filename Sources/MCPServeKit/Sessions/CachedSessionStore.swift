// SPDX-License-Identifier: Apache-2.0
import Observability
import Synchronization

/// Remembers what a store said for a short time, so that most requests of a session in use wait for nothing, and for longer in case
/// the store cannot be asked: what was found shortly before is then still served, and nothing that was not.
///
/// What others change is to be told by `changed` and `ended`; what is told by nobody is seen when the short time is over.
package final class CachedSessionStore: LimitedSessionStore {
  fileprivate struct Entry {
    var session: Session
    /// Until when it need not be asked for.
    var fresh: Moment
  }

  fileprivate struct State {
    var table = ExpiringTable<Entry>()
    /// Since when the store cannot be asked.
    var downSince: Moment?
    /// Counts what others have changed.
    var changes = 0
    /// Until when others believe that this server lives; nil where nobody has to.
    var heldUntil: Moment?
    /// Whether another server has the name of this one.
    var isReplaced = false

    /// Whether nothing may be done with sessions. While this server has seen all along that the store cannot be asked, others cannot
    /// take over either, as far as it knows; one that was asleep does not know.
    func isFenced(at now: Moment, grace: Duration) -> Bool {
      if isReplaced { return true }
      guard let heldUntil, heldUntil <= now else { return false }
      return downSince.map { $0 >= heldUntil || $0 + grace <= now } ?? true
    }
  }

  /// What is to be told to others that remember the same.
  package enum Change: Sendable { case changed, ended }

  private let store: any SessionStore
  private let memory: Duration
  private let grace: Duration
  private let limit: Int
  private let now: @Sendable () -> Moment
  private let state = Mutex(State())
  private let teller = Mutex<(@Sendable (Session.ID, Change) -> Void)?>(nil)
  private let restorer = Mutex<(@Sendable (Session) async throws -> Bool)?>(nil)

  /// - Parameters:
  ///   - memory: for how long a session is not asked for again.
  ///   - grace: for how long sessions are served while the store cannot be asked.
  ///   - limit: how many are remembered.
  package init(
    _ store: any SessionStore, memory: Duration = .seconds(2), grace: Duration = .seconds(60), limit: Int = 10_000,
    now: (@Sendable () -> ContinuousClock.Instant)? = nil
  ) {
    (self.store, self.memory, self.grace, self.limit, self.now) = (store, memory, grace, limit, Moment.clock(now))
  }

  /// Has `tell` called with what changed here.
  package func tell(_ tell: @escaping @Sendable (Session.ID, Change) -> Void) { teller.withLock { $0 = tell } }

  /// Has `restore` asked about a session that is remembered and that the store does not know: whether the store has lost it, and has
  /// it again.
  package func restore(_ restore: @escaping @Sendable (Session) async throws -> Bool) {
    restorer.withLock { $0 = restore }
  }

  package func setLimits(_ limits: SessionLimits) { (store as? any LimitedSessionStore)?.setLimits(limits) }

  package func makeID() throws -> Session.ID { try store.makeID() }

  package func insert(_ session: Session) async throws {
    try await asking { try await store.insert(session) }
    remember(session)
  }

  package func isGenuine(_ id: Session.ID) -> Bool { store.isGenuine(id) }

  package func session(_ id: Session.ID) async throws -> Session? {
    guard isGenuine(id) else { return nil }
    let before = state.withLock { $0.changes }
    do {
      guard let session = try await asking({ try await find(id) }) else {
        forget(id)
        return nil
      }
      // What was changed meanwhile may be newer than what was read.
      remember(session, isFresh: state.withLock { $0.changes } == before)
      return session
    } catch {
      if let known = sessionAtHand(id) { return known }
      throw error
    }
  }

  package func sessionAtHand(_ id: Session.ID) -> Session? {
    let now = now()
    return state.withLock { state in
      guard !state.isFenced(at: now, grace: grace), let entry = state.table.value(for: id.rawValue, at: now) else {
        return nil
      }
      if entry.fresh > now { return entry.session }
      guard let down = state.downSince, down + grace > now else { return nil }
      return entry.session
    }
  }

  package var countAtHand: Int? { store.countAtHand }

  package func replace(_ session: Session) async throws -> Bool {
    guard try await asking({ try await store.replace(session) }) else {
      changed(session.id)
      return false
    }
    var newer = session
    newer.version += 1
    // What somebody reads meanwhile may be older.
    state.withLock { $0.changes += 1 }
    remember(newer)
    tellOthers(session.id, .changed)
    return true
  }

  @discardableResult
  package func remove(_ id: Session.ID) async throws -> Bool {
    let existed = try await asking { try await store.remove(id) }
    forget(id)
    if existed { tellOthers(id, .ended) }
    return existed
  }

  package func listing() -> AsyncThrowingStream<[StoredSession], any Error> { store.listing() }
}

// MARK: - What others say

extension CachedSessionStore {
  /// Somebody else has changed the session: it is asked for when it is needed next.
  package func changed(_ id: Session.ID) {
    state.withLock { state in
      state.changes += 1
      guard let entry = state.table.remove(id.rawValue) else { return }
      keep(entry.session, fresh: now(), in: &state)
    }
  }

  /// Somebody else has ended the session.
  package func ended(_ id: Session.ID) { forget(id) }

  /// Something may have been missed: everything is asked for again.
  package func changedAll() {
    let now = now()
    state.withLock { state in
      state.changes += 1
      for session in state.sessions(at: now) {
        state.table.remove(session.id.rawValue)
        keep(session, fresh: now, in: &state)
      }
    }
  }

  /// Since when the store cannot be asked; nil when it can, as far as is known.
  package var downSince: Moment? { state.withLock { $0.downSince } }

  /// The store was asked something by somebody else: whether it answered.
  package func noteStore(answers: Bool) {
    let now = now()
    state.withLock { $0.downSince = answers ? nil : $0.downSince ?? now }
  }

  /// Others believe that this server lives until then; what it does with sessions later is refused until this is called again.
  package func hold(until end: ContinuousClock.Instant) {
    state.withLock { ($0.heldUntil, $0.isReplaced) = (Moment(end), false) }
  }

  /// Another server has the name of this one.
  package func replaced() { state.withLock { $0.isReplaced = true } }

  /// Whether the store has been away for longer than sessions are served without it.
  package var isBeyondGrace: Bool { downSince.map { $0 + grace <= now() } ?? false }

  /// The sessions that are remembered and not over.
  package var remembered: [Session] {
    let now = now()
    return state.withLock { $0.sessions(at: now) }
  }
}

extension CachedSessionStore {
  /// Notes whether the store answers.
  private func asking<Value>(_ ask: () async throws -> Value) async throws -> Value {
    let now = now()
    if state.withLock({ $0.isFenced(at: now, grace: grace) }) { throw SessionError.fenced }
    do {
      let value = try await ask()
      noteStore(answers: true)
      return value
    } catch let error as SessionError {
      noteStore(answers: true)
      throw error
    } catch {
      noteStore(answers: false)
      throw error
    }
  }

  /// The session as the store knows it, or should.
  private func find(_ id: Session.ID) async throws -> Session? {
    if let session = try await store.session(id) { return session }
    let now = now()
    guard let known = state.withLock({ $0.table.value(for: id.rawValue, at: now)?.session }),
      let restore = restorer.withLock({ $0 }), try await restore(known)
    else { return nil }
    return try await store.session(id)
  }

  private func remember(_ session: Session, isFresh: Bool = true) {
    let now = now()
    state.withLock { state in
      state.table.remove(session.id.rawValue)
      keep(session, fresh: isFresh ? now + memory : now, in: &state)
    }
  }

  private func keep(_ session: Session, fresh: Moment, in state: inout State) {
    let now = now()
    state.table.sweep(at: now)
    guard state.table.count < limit else { return }
    _ = state.table.insert(
      Entry(session: session, fresh: fresh), for: session.id.rawValue, lifetime: session.lifetime, at: now)
  }

  private func forget(_ id: Session.ID) {
    state.withLock { state in
      state.changes += 1
      state.table.remove(id.rawValue)
    }
  }

  private func tellOthers(_ id: Session.ID, _ change: Change) { teller.withLock { $0 }?(id, change) }
}

extension CachedSessionStore.State {
  fileprivate func sessions(at now: Moment) -> [Session] {
    table.entries(from: 0, atMost: .max >> 1, at: now).entries.map(\.value.session)
  }
}
