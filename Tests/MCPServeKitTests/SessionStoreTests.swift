// SPDX-License-Identifier: Apache-2.0
import MCPCore
import MCPServeKit
import Testing

/// What every session store promises. A new store is one more case of `Kind`.
struct SessionStoreTests {
  enum Kind: CaseIterable {
    case memory

    func make(limit: Int = 100, _ time: ManualTime) -> any SessionStore {
      switch self {
      case .memory: MemorySessionStore(limit: limit, now: { time.now })
      }
    }
  }

  private let time = ManualTime()

  private func session(lifetime: Duration = .seconds(60)) -> Session {
    Session(handshake: Handshake(revision: .v20250618), state: .initialized, lifetime: lifetime)
  }

  @Test(arguments: Kind.allCases)
  func whatIsInsertedIsFound(_ kind: Kind) async throws {
    let store = kind.make(time)
    let session = session()
    try await store.insert(session)
    let found = try #require(try await store.session(session.id))
    #expect(found.handshake.revision == .v20250618)
    #expect(found.state == .initialized)
    #expect(try await store.session(Session.ID(rawValue: "nobody")) == nil)
  }

  @Test(arguments: Kind.allCases)
  func anIdIsUsedOnce(_ kind: Kind) async throws {
    let store = kind.make(time)
    let session = session()
    try await store.insert(session)
    await #expect(throws: SessionError.self) { try await store.insert(session) }
  }

  @Test(arguments: Kind.allCases)
  func lookingUpExtendsTheLifetime(_ kind: Kind) async throws {
    let store = kind.make(time)
    let session = session()
    try await store.insert(session)
    for _ in 0..<5 {
      time.advance(by: .seconds(59))
      #expect(try await store.session(session.id) != nil)
    }
    time.advance(by: .seconds(60))
    #expect(try await store.session(session.id) == nil)
  }

  @Test(arguments: Kind.allCases)
  func aChangeIsKeptUnlessSomebodyWasFaster(_ kind: Kind) async throws {
    let store = kind.make(time)
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
    let store = kind.make(time)
    let original = session(lifetime: .seconds(10))
    try await store.insert(original)
    var changed = try #require(try await store.session(original.id))
    changed.lifetime = .seconds(100)
    #expect(try await store.replace(changed))
    time.advance(by: .seconds(99))
    #expect(try await store.session(original.id) != nil)
  }

  @Test(arguments: Kind.allCases)
  func whatIsRemovedIsGoneAndStaysGone(_ kind: Kind) async throws {
    let store = kind.make(time)
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
    let store = kind.make(limit: 3, time)
    for _ in 0..<3 { try await store.insert(session(lifetime: .seconds(10))) }
    let error = await #expect(throws: SessionError.self) { try await store.insert(session()) }
    #expect(error?.code == .full)
    time.advance(by: .seconds(10))
    try await store.insert(session())
  }

  @Test func idsAreLongAndDifferent() {
    let ids = Set((0..<1000).map { _ in Session.ID.random().rawValue })
    #expect(ids.count == 1000)
    #expect(ids.allSatisfy { $0.utf8.count == 32 && $0.utf8.allSatisfy { (0x21...0x7E).contains($0) } })
    let id = Session.ID.random()
    #expect("\(id)".utf8.count == 8)
  }
}
