// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import MCPServeKit
import Observability
import TestSupport
import Testing

@testable import MCPRedis

/// What every session store promises. A new store is one more case of `Kind`.
struct SessionStoreTests {
  enum Kind: CaseIterable {
    case memory, redis, cluster

    /// A store, and what it needs to live.
    func make(_ time: PassingTime, _ limits: SessionLimits = SessionLimits()) throws -> (any SessionStore, any Sendable)
    {
      var options = RedisSessionStore.Options()
      options.limits = limits
      switch self {
      case .memory: return (MemorySessionStore(limits: limits, now: { time.now }), 0)
      case .redis:
        let server = try RedisServer()
        return (RedisSessionStore(try server.client(), options, shift: { time.passed }), server)
      case .cluster:
        let cluster = try RedisCluster()
        var configuration = RedisConfiguration(.cluster([cluster.servers[0].endpoint]))
        configuration.limits.commandTime = .seconds(20)
        return (RedisSessionStore(try RedisClient(configuration), options, shift: { time.passed }), cluster)
      }
    }
  }

  private let time = PassingTime()

  private func session(of principal: String? = nil, lifetime: Duration = .seconds(60)) -> Session {
    Session(
      principal: principal, handshake: Handshake(revision: .v20250618), state: .initialized, lifetime: lifetime)
  }

  @Test(arguments: Kind.allCases)
  func whatIsInsertedIsFound(_ kind: Kind) async throws {
    let (store, server) = try kind.make(time)
    defer { withExtendedLifetime(server) {} }
    let session = session()
    try await store.insert(session)
    let found = try #require(try await store.session(session.id))
    #expect(found.handshake.revision == .v20250618)
    #expect(found.state == .initialized)
    #expect(try await store.session(Session.ID(rawValue: "nobody")) == nil)
  }

  /// Asked for its version alone, a session is used as when it is asked for.
  @Test func aVersionAtHandIsThatOfTheSessionAndCountsAsUse() async throws {
    let store = MemorySessionStore(now: { [time] in time.now })
    let session = session(lifetime: .seconds(10))
    try await store.insert(session)
    #expect(store.versionAtHand(session.id) == 0)
    #expect(try await store.replace(session))
    time.advance(by: .seconds(9))
    #expect(store.versionAtHand(session.id) == 1)
    time.advance(by: .seconds(9))
    #expect(store.versionAtHand(session.id) == 1, "the look before began its lifetime anew")
    time.advance(by: .seconds(11))
    #expect(store.versionAtHand(session.id) == nil)
    #expect(store.versionAtHand(Session.ID(rawValue: "nobody")) == nil)
  }

  @Test(arguments: Kind.allCases)
  func anIdIsUsedOnce(_ kind: Kind) async throws {
    let (store, server) = try kind.make(time)
    defer { withExtendedLifetime(server) {} }
    let session = session()
    try await store.insert(session)
    await #expect(throws: SessionError.self) { try await store.insert(session) }
  }

  @Test(arguments: Kind.allCases)
  func lookingUpExtendsTheLifetime(_ kind: Kind) async throws {
    let (store, server) = try kind.make(time)
    defer { withExtendedLifetime(server) {} }
    let session = session(lifetime: .seconds(600))
    try await store.insert(session)
    for _ in 0..<5 {
      // What is left is far more than asking takes.
      time.advance(by: .seconds(500))
      #expect(try await store.session(session.id) != nil)
    }
    time.advance(by: .seconds(600))
    #expect(try await store.session(session.id) == nil)
  }

  @Test(arguments: Kind.allCases)
  func aChangeIsKeptUnlessSomebodyWasFaster(_ kind: Kind) async throws {
    let (store, server) = try kind.make(time)
    defer { withExtendedLifetime(server) {} }
    let original = session()
    try await store.insert(original)
    var one = try #require(try await store.session(original.id))
    var other = one
    one.logLevel = .error
    other.logLevel = .debug
    #expect(try await store.replace(one))
    #expect(try await store.replace(other) == false)
    #expect(try await store.session(original.id)?.logLevel == .error)
  }

  @Test(arguments: Kind.allCases)
  func aChangeMayChangeTheLifetime(_ kind: Kind) async throws {
    let (store, server) = try kind.make(time)
    defer { withExtendedLifetime(server) {} }
    let original = session(lifetime: .seconds(10))
    try await store.insert(original)
    var changed = try #require(try await store.session(original.id))
    changed.lifetime = .seconds(1000)
    #expect(try await store.replace(changed))
    // What is left is more than asking takes on a busy machine.
    time.advance(by: .seconds(970))
    #expect(try await store.session(original.id) != nil)
  }

  @Test(arguments: Kind.allCases)
  func whatIsRemovedIsGoneAndStaysGone(_ kind: Kind) async throws {
    let (store, server) = try kind.make(time)
    defer { withExtendedLifetime(server) {} }
    let session = session()
    try await store.insert(session)
    let read = try #require(try await store.session(session.id))
    #expect(try await store.remove(session.id))
    #expect(try await store.remove(session.id) == false)
    #expect(try await store.replace(read) == false)
    #expect(try await store.session(session.id) == nil)
  }

  @Test(arguments: Kind.allCases)
  func theLimitHoldsAndExpiryMakesRoom(_ kind: Kind) async throws {
    var limits = SessionLimits()
    limits.total = 3
    let (store, server) = try kind.make(time, limits)
    defer { withExtendedLifetime(server) {} }
    for _ in 0..<3 { try await store.insert(session(lifetime: .seconds(10))) }
    let error = await #expect(throws: SessionError.self) { try await store.insert(session()) }
    #expect(error?.code == .full)
    time.advance(by: .seconds(10))
    try await store.insert(session())
    try await store.insert(session(lifetime: .seconds(1000)))
    let used = session()
    try await store.insert(used)
    time.advance(by: .seconds(50))
    #expect(try await store.session(used.id) != nil)
    time.advance(by: .seconds(50))
    // One has had its time, and one was used meanwhile.
    try await store.insert(session())
    await #expect(throws: SessionError.self) { try await store.insert(session()) }
  }

  @Test(arguments: Kind.allCases)
  func aPrincipalHasALimitOfItsOwn(_ kind: Kind) async throws {
    var limits = SessionLimits()
    limits.perPrincipal = 2
    let (store, server) = try kind.make(time, limits)
    defer { withExtendedLifetime(server) {} }
    let first = session(of: "ada")
    try await store.insert(first)
    try await store.insert(session(of: "ada", lifetime: .seconds(10)))
    let error = await #expect(throws: SessionError.self) { try await store.insert(session(of: "ada")) }
    #expect(error?.code == .full && error?.message.contains("ada") == false)
    try await store.insert(session(of: "eve"))
    for _ in 0..<3 { try await store.insert(session()) }
    time.advance(by: .seconds(10))
    try await store.insert(session(of: "ada"))
    await #expect(throws: SessionError.self) { try await store.insert(session(of: "ada")) }
    #expect(try await store.remove(first.id))
    try await store.insert(session(of: "ada"))
  }

  @Test(arguments: Kind.allCases)
  func whatIsRememberedComesBackAsItWas(_ kind: Kind) async throws {
    let (store, server) = try kind.make(time)
    defer { withExtendedLifetime(server) {} }
    let handshake = Handshake(
      revision: .v20251125, clientInfo: ["name": "tëst", "version": "1", "x": [1, 2.50, nil]],
      clientCapabilities: ["sampling": [:], "roots": ["listChanged": true]])
    let session = Session(
      principal: "https://issuer.example|ada", handshake: handshake, state: .initializing, lifetime: .seconds(10))
    try await store.insert(session)
    var found = try #require(try await store.session(session.id))
    #expect(found.principal == session.principal && found.state == .initializing && !found.isReady)
    #expect(found.handshake.revision == .v20251125 && found.handshake.clientInfo == handshake.clientInfo)
    #expect(found.handshake.clientCapabilities == handshake.clientCapabilities)
    #expect(found.logLevel == nil && found.subscriptions.isEmpty && found.lifetime == .seconds(10))
    (found.state, found.isReady, found.logLevel) = (.initialized, true, .warning)
    found.subscriptions = ["file:///a b", "test://\"quoted\""]
    found.lifetime = .seconds(1800)
    #expect(try await store.replace(found))
    var again = try #require(try await store.session(session.id))
    #expect(again.state == .initialized && again.isReady && again.logLevel == .warning)
    #expect(again.subscriptions == found.subscriptions && again.lifetime == .seconds(1800))
    #expect(again.opened.components.seconds - session.opened.components.seconds < 60)
    again.logLevel = nil
    again.subscriptions = []
    #expect(try await store.replace(again))
    let last = try #require(try await store.session(session.id))
    #expect(last.logLevel == nil && last.subscriptions.isEmpty && last.version == 2)
  }

  @Test(arguments: Kind.allCases)
  func aSessionThatWasEndedIsNotBroughtBack(_ kind: Kind) async throws {
    let (store, server) = try kind.make(time)
    defer { withExtendedLifetime(server) {} }
    let session = session()
    try await store.insert(session)
    #expect(try await store.remove(session.id))
    let error = await #expect(throws: SessionError.self) { try await store.insert(session) }
    #expect(error?.code == .duplicate)
    #expect(try await store.session(session.id) == nil)
    #expect(try await store.remove(Session.ID(rawValue: "nobody")) == false)
  }

  @Test(arguments: Kind.allCases)
  func aSessionThatIsOverIsGone(_ kind: Kind) async throws {
    let (store, server) = try kind.make(time)
    defer { withExtendedLifetime(server) {} }
    let session = session(lifetime: .seconds(10))
    try await store.insert(session)
    let read = try #require(try await store.session(session.id))
    time.advance(by: .seconds(10))
    #expect(try await store.replace(read) == false)
    #expect(try await store.remove(session.id) == false)
    #expect(try await store.session(session.id) == nil)
  }

  @Test(arguments: Kind.allCases)
  func noSessionLivesLongerThanTheLongestLife(_ kind: Kind) async throws {
    var limits = SessionLimits()
    limits.longestLife = .seconds(1000)
    let (store, server) = try kind.make(time, limits)
    defer { withExtendedLifetime(server) {} }
    let session = session(lifetime: .seconds(800))
    try await store.insert(session)
    time.advance(by: .seconds(500))
    var read = try #require(try await store.session(session.id))
    read.lifetime = .seconds(10_000)
    #expect(try await store.replace(read))
    time.advance(by: .seconds(400))
    #expect(try await store.session(session.id) != nil)
    time.advance(by: .seconds(100))
    #expect(try await store.session(session.id) == nil)
  }

  @Test(arguments: Kind.allCases)
  func allSessionsAreListedAndNoneLivesLongerForIt(_ kind: Kind) async throws {
    let (store, server) = try kind.make(time)
    defer { withExtendedLifetime(server) {} }
    var ids: Set<String> = []
    for number in 0..<700 {
      let session = session(of: "p\(number % 70)", lifetime: .seconds(number < 600 ? 60 : 5))
      try await store.insert(session)
      if number < 600 { ids.insert(session.id.rawValue) }
    }
    let ended = ids.removeFirst()
    #expect(try await store.remove(Session.ID(rawValue: ended)))
    time.advance(by: .seconds(30))
    for _ in 0..<2 {
      var listed: [StoredSession] = []
      for try await portion in store.listing() { listed += portion }
      #expect(Set(listed.map(\.session.id.rawValue)) == ids && listed.count == ids.count)
      #expect(listed.allSatisfy { $0.idle >= .seconds(29) && $0.idle < .seconds(60) && $0.session.principal != nil })
    }
    time.advance(by: .seconds(30))
    for try await portion in store.listing() { #expect(portion.isEmpty) }
    #expect(try await store.session(Session.ID(rawValue: ids.first ?? "")) == nil)
  }

  @Test func idsAreLongAndDifferent() {
    let ids = Set((0..<1000).map { _ in Session.ID.random().rawValue })
    #expect(ids.count == 1000)
    #expect(ids.allSatisfy { $0.utf8.count == 32 && $0.utf8.allSatisfy { (0x21...0x7E).contains($0) } })
    let id = Session.ID.random()
    #expect("\(id)".utf8.count == 8)
  }
}
