// SPDX-License-Identifier: Apache-2.0
import EventIO
import MCPCore
import Synchronization
import Testing

@testable import MCPServeKit

/// What is remembered of a store that may be changed by others, and may be away.
@Suite struct CachedSessionStoreTests {
  /// A store that counts how often it is asked, and fails when told.
  private final class Counting: SessionStore {
    struct Away: Error {}
    private let current: Mutex<MemorySessionStore>
    private let now: @Sendable () -> ContinuousClock.Instant
    let asked = Atomic(0)
    let isAway = Atomic(false)
    init(now: @escaping @Sendable () -> ContinuousClock.Instant) {
      self.now = now
      current = Mutex(MemorySessionStore(limit: 9, now: now))
    }
    var inner: MemorySessionStore { current.withLock { $0 } }
    func forgetAll() { current.withLock { $0 = MemorySessionStore(limit: 9, now: now) } }
    private func ask() throws {
      asked.add(1, ordering: .relaxed)
      if isAway.load(ordering: .relaxed) { throw Away() }
    }
    func insert(_ session: Session) async throws {
      try ask()
      try await inner.insert(session)
    }
    func session(_ id: Session.ID) async throws -> Session? {
      try ask()
      return try await inner.session(id)
    }
    func replace(_ session: Session) async throws -> Bool {
      try ask()
      return try await inner.replace(session)
    }
    func remove(_ id: Session.ID) async throws -> Bool {
      try ask()
      return try await inner.remove(id)
    }
    func listing() -> AsyncThrowingStream<[StoredSession], any Error> { inner.listing() }
  }

  private let time = ManualTime()
  private func made() -> (Counting, CachedSessionStore, Session) {
    let store = Counting(now: { [time] in time.now })
    let session = Session(
      handshake: Handshake(revision: .v20250618), state: .initialized, lifetime: .seconds(600))
    return (store, CachedSessionStore(store, now: { [time] in time.now }), session)
  }

  @Test func aSessionInUseIsAtHandForTwoSeconds() async throws {
    let (store, cache, session) = made()
    try await cache.insert(session)
    #expect(cache.sessionAtHand(session.id) != nil)
    time.advance(by: .seconds(2))
    #expect(cache.sessionAtHand(session.id) == nil)
    #expect(try await cache.session(session.id) != nil)
    #expect(cache.sessionAtHand(session.id) != nil)
    #expect(store.asked.load(ordering: .relaxed) == 2)
  }

  @Test func whatOthersChangeIsAskedForAgain() async throws {
    let (_, cache, session) = made()
    try await cache.insert(session)
    cache.changed(session.id)
    #expect(cache.sessionAtHand(session.id) == nil)
    #expect(try await cache.session(session.id) != nil)
    cache.changedAll()
    #expect(cache.sessionAtHand(session.id) == nil)
    cache.ended(session.id)
    #expect(cache.remembered.isEmpty)
  }

  @Test func whatIsReadWhileItIsChangedIsNotTakenForNew() async throws {
    /// A store whose answer is on its way for as long as it is told.
    final class Slow: SessionStore {
      let inner = MemorySessionStore(limit: 9)
      let (isRead, mayGoOn) = (Promise<Void>(), Promise<Void>())
      func insert(_ session: Session) async throws { try await inner.insert(session) }
      func session(_ id: Session.ID) async throws -> Session? {
        let found = try await inner.session(id)
        isRead.keep(())
        await mayGoOn.value()
        return found
      }
      func replace(_ session: Session) async throws -> Bool { try await inner.replace(session) }
      func remove(_ id: Session.ID) async throws -> Bool { try await inner.remove(id) }
      func listing() -> AsyncThrowingStream<[StoredSession], any Error> { inner.listing() }
    }
    let store = Slow()
    let cache = CachedSessionStore(store, now: { [time] in time.now })
    var session = made().2
    try await cache.insert(session)
    cache.changed(session.id)
    let reading = Task { [session] in try await cache.session(session.id) }
    await store.isRead.value()
    session.logLevel = .error
    #expect(try await cache.replace(session))
    store.mayGoOn.keep(())
    #expect(try await reading.value?.logLevel == nil)
    #expect(cache.sessionAtHand(session.id) == nil, "what was read is older: it is asked for again")
  }

  @Test func whatIsChangedHereIsToldToOthers() async throws {
    let (_, cache, session) = made()
    let told = Mutex<[CachedSessionStore.Change]>([])
    cache.tell { _, change in told.withLock { $0.append(change) } }
    try await cache.insert(session)
    #expect(try await cache.replace(session))
    #expect(try await !cache.replace(session), "somebody was faster")
    #expect(try await cache.remove(session.id))
    #expect(try await !cache.remove(session.id))
    #expect(told.withLock { $0 } == [.changed, .ended])
  }

  @Test func whileTheStoreIsAwayWhatWasUsedIsServedForAMinute() async throws {
    let (store, cache, session) = made()
    try await cache.insert(session)
    store.isAway.store(true, ordering: .relaxed)
    time.advance(by: .seconds(3))
    #expect(try await cache.session(session.id) != nil)
    #expect(cache.sessionAtHand(session.id) != nil, "nobody waits for a store that is away")
    await #expect(throws: Counting.Away.self) { try await cache.session(.random()) }
    #expect(!cache.isBeyondGrace)
    time.advance(by: .seconds(60))
    #expect(cache.isBeyondGrace)
    await #expect(throws: Counting.Away.self) { try await cache.session(session.id) }
    store.isAway.store(false, ordering: .relaxed)
    #expect(try await cache.session(session.id) != nil)
    #expect(cache.downSince == nil)
  }

  @Test func aServerThatMayBeTakenForDeadActsOnNoSession() async throws {
    let (store, cache, session) = made()
    cache.hold(until: time.now + .seconds(10))
    try await cache.insert(session)
    time.advance(by: .seconds(10))
    #expect(cache.sessionAtHand(session.id) == nil)
    let error = await #expect(throws: SessionError.self) { try await cache.session(session.id) }
    #expect(error?.code == .fenced)
    await #expect(throws: SessionError.self) { try await cache.remove(session.id) }
    await #expect(throws: SessionError.self) { try await cache.replace(session) }
    #expect(store.asked.load(ordering: .relaxed) == 1, "nothing is asked either")
    // One that slept does not know for how long there was nobody to ask.
    cache.noteStore(answers: false)
    #expect(cache.sessionAtHand(session.id) == nil)
    cache.hold(until: time.now + .seconds(10))
    cache.noteStore(answers: true)
    #expect(try await cache.session(session.id) != nil)
    cache.replaced()
    await #expect(throws: SessionError.self) { try await cache.session(session.id) }
  }

  @Test func aStoreThatIsAwayForAllIsNoReasonToStopAtOnce() async throws {
    let (store, cache, session) = made()
    cache.hold(until: time.now + .seconds(10))
    try await cache.insert(session)
    store.isAway.store(true, ordering: .relaxed)
    time.advance(by: .seconds(5))
    #expect(try await cache.session(session.id) != nil)
    time.advance(by: .seconds(30))
    #expect(cache.sessionAtHand(session.id) != nil)
    time.advance(by: .seconds(30))
    await #expect(throws: SessionError.fenced) { try await cache.session(session.id) }
  }

  @Test func whatAStoreHasLostIsGivenBack() async throws {
    let (store, cache, session) = made()
    try await cache.insert(session)
    // Anybody may write what is lost; a session that was ended is not.
    store.forgetAll()
    cache.restore { session in
      try await store.inner.insert(session)
      return true
    }
    #expect(try await cache.session(session.id) != nil)
    store.forgetAll()
    cache.restore { _ in false }
    #expect(try await cache.session(session.id) == nil, "the store has lost nothing: somebody has ended it")
    #expect(cache.remembered.isEmpty)
  }
}

/// Ids that are signed.
@Suite struct SignedSessionIDTests {
  private let ids = SignedSessionIDs(node: "n-1", keys: [Array("one".utf8), Array("two".utf8)])

  @Test func anIDSaysWhoMadeIt() throws {
    let id = try ids.make()
    #expect(ids.isGenuine(id))
    #expect(id.node == "n-1")
    #expect(id.description.hasPrefix("n-1."))
    #expect(id.rawValue.utf8.allSatisfy { (0x21...0x7E).contains($0) })
    #expect(try ids.make() != id)
  }

  @Test func whatIsChangedIsNotGenuine() throws {
    let text = try ids.make().rawValue
    for index in text.indices {
      let changed = text[..<index] + (text[index] == "A" ? "B" : "A") + text[text.index(after: index)...]
      #expect(!ids.isGenuine(Session.ID(rawValue: String(changed))))
    }
    for word in ["", "v1", "v1....", text + "A", String(text.dropLast()), String(repeating: "v1.a.b.c.d", count: 99)] {
      #expect(!ids.isGenuine(Session.ID(rawValue: word)))
    }
  }

  @Test func anyKeyOfTheRingVerifies() throws {
    let id = try ids.make()
    #expect(SignedSessionIDs(node: "n2", keys: [Array("new".utf8), Array("one".utf8)]).isGenuine(id))
    #expect(!SignedSessionIDs(node: "n-1", keys: [Array("new".utf8)]).isGenuine(id))
  }
}
