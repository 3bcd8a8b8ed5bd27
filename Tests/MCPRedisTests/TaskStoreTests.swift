// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore
import Synchronization
import TestSupport
import Testing

@testable import MCPRedis
@testable import MCPServeKit

/// What every task store promises. A new store is one more case of `Kind`.
@Suite(.timeLimit(.minutes(3))) struct TaskStoreTests {
  enum Kind: CaseIterable {
    case memory, redis, cluster

    /// A store, and what it needs to live.
    func make(limit: Int = 100, bytes: Int = 1 << 20, _ clock: Clock) throws -> (any TaskStore, any Sendable) {
      var options = RedisTaskStore.Options()
      (options.limit, options.bytes) = (limit, bytes)
      switch self {
      case .memory: return (MemoryTaskStore(limit: limit, bytes: bytes) { clock.now }, 0)
      case .redis:
        let server = try RedisServer()
        return (RedisTaskStore(try server.client(), options, shift: { clock.passed }), server)
      case .cluster:
        let cluster = try RedisCluster()
        var configuration = RedisConfiguration(.cluster([cluster.servers[0].endpoint]))
        configuration.limits.commandTime = .seconds(20)
        return (RedisTaskStore(try RedisClient(configuration), options, shift: { clock.passed }), cluster)
      }
    }
  }

  final class Clock: Sendable {
    private let time = Atomic(1_000_000)
    var now: Int { time.load(ordering: .relaxed) }
    var passed: Duration { .milliseconds(now - 1_000_000) }
    func advance(by milliseconds: Int) { time.add(milliseconds, ordering: .relaxed) }
  }

  private let clock = Clock()
  private let ada = TaskOwner(principal: "ada", session: nil)

  private func record(_ id: String, of owner: TaskOwner? = nil, lifetime: Int = 600_000) -> TaskRecord {
    TaskRecord(
      id: id, owner: owner ?? ada, revision: .latest, created: clock.now, lifetime: lifetime, pollInterval: 10)
  }

  @Test(arguments: Kind.allCases)
  func whatIsInsertedIsFoundAtOnce(_ kind: Kind) async throws {
    let (store, server) = try kind.make(clock)
    defer { withExtendedLifetime(server) {} }
    try await store.insert(record("a"))
    #expect(try await store.task("a") == record("a"))
    #expect(try await store.task("b") == nil)
    await #expect(throws: TaskStoreError.self) { try await store.insert(record("a")) }
  }

  @Test(arguments: Kind.allCases)
  func aTaskIsForgottenWhenItsTimeIsUp(_ kind: Kind) async throws {
    let (store, server) = try kind.make(clock)
    defer { withExtendedLifetime(server) {} }
    try await store.insert(record("short", lifetime: 60_000))
    try await store.insert(record("long", lifetime: 120_000))
    clock.advance(by: 60_000)
    #expect(try await store.task("short") == nil)
    #expect(try await store.change("short") { _ in true } == nil)
    #expect(try await store.task("short", after: 1) == nil)
    #expect(try await store.tasks(of: ada, after: nil, count: 10).tasks.map(\.id) == ["long"])
  }

  @Test(arguments: Kind.allCases)
  func aChangeCountsAndOneThatIsNoneDoesNot(_ kind: Kind) async throws {
    let (store, server) = try kind.make(clock)
    defer { withExtendedLifetime(server) {} }
    try await store.insert(record("a"))
    let changed = try await store.change("a") { $0.report("half", at: 5) }
    #expect(changed?.version == 2 && changed?.statusMessage == "half" && changed?.info.lastUpdatedAt != nil)
    #expect(try await store.change("a") { $0.report("half", at: 6) }?.version == 2)
  }

  @Test(arguments: Kind.allCases)
  func changesOfManyAreAllMade(_ kind: Kind) async throws {
    let (store, server) = try kind.make(clock)
    defer { withExtendedLifetime(server) {} }
    try await store.insert(record("a"))
    await withThrowingTaskGroup { group in
      for number in 0..<50 { group.addTask { _ = try await store.change("a") { $0.report("\(number)", at: 1) } } }
    }
    #expect(try await store.task("a")?.version == 51)
  }

  @Test(arguments: Kind.allCases)
  func whoWaitsIsToldOfTheNextChange(_ kind: Kind) async throws {
    let (store, server) = try kind.make(clock)
    defer { withExtendedLifetime(server) {} }
    try await store.insert(record("a"))
    async let first = store.task("a", after: 1)
    async let second = store.task("a", after: 1)
    _ = try await store.change("a") { $0.end(.result([:]), at: 5) }
    #expect(try await first?.status == .completed)
    #expect(try await second?.status == .completed)
    #expect(try await store.task("a", after: 1)?.version == 2, "what has happened is not waited for")
  }

  @Test(arguments: Kind.allCases)
  func aWaitCanBeCancelled(_ kind: Kind) async throws {
    let (store, server) = try kind.make(clock)
    defer { withExtendedLifetime(server) {} }
    try await store.insert(record("a"))
    let waiting = Task { try await store.task("a", after: 1) }
    waiting.cancel()
    await #expect(throws: CancellationError.self) { _ = try await waiting.value }
  }

  @Test(arguments: Kind.allCases)
  func tasksAreListedByTheirOwnerInPages(_ kind: Kind) async throws {
    let (store, server) = try kind.make(clock)
    defer { withExtendedLifetime(server) {} }
    let bob = TaskOwner(principal: "bob", session: nil)
    for id in ["a", "b", "c"] { try await store.insert(record(id)) }
    try await store.insert(record("d", of: bob))
    let page = try await store.tasks(of: ada, after: nil, count: 2)
    #expect(page.tasks.map(\.id) == ["a", "b"])
    let next = try await store.tasks(of: ada, after: page.next, count: 2)
    #expect(next.tasks.map(\.id) == ["c"] && next.next == nil)
    #expect(try await store.tasks(of: bob, after: nil, count: 9).tasks.map(\.id) == ["d"])
    for cursor in ["", "0", "zz", "-1", "+1", "no such page at all"] {
      let error = await #expect(throws: TaskStoreError.self) { try await store.tasks(of: ada, after: cursor, count: 2) }
      #expect(error?.code == .badCursor)
    }
  }

  @Test(arguments: Kind.allCases)
  func thereIsALimitToTheirNumber(_ kind: Kind) async throws {
    let (store, server) = try kind.make(limit: 2, clock)
    defer { withExtendedLifetime(server) {} }
    try await store.insert(record("a", lifetime: 60_000))
    try await store.insert(record("b"))
    let error = await #expect(throws: TaskStoreError.self) { try await store.insert(record("c")) }
    #expect(error?.code == .full)
    clock.advance(by: 60_000)
    try await store.insert(record("c"))
  }

  @Test(arguments: Kind.allCases)
  func thereIsALimitToTheirSize(_ kind: Kind) async throws {
    let (store, server) = try kind.make(bytes: 5000, clock)
    defer { withExtendedLifetime(server) {} }
    try await store.insert(record("a"))
    let large: JSONObject = ["text": .string(String(repeating: "x", count: 5000))]
    let error = await #expect(throws: TaskStoreError.self) {
      try await store.change("a") { $0.end(.result(large), at: 1) }
    }
    #expect(error?.code == .full)
    #expect(try await store.task("a")?.status == .working, "it is as before")
    for id in ["b", "c", "d"] { try await store.insert(record(id)) }
    await #expect(throws: TaskStoreError.self) { try await store.insert(record("e")) }
  }

  @Test(arguments: Kind.allCases)
  func aTaskCanBeCancelledAndFailWhenThereIsNoRoom(_ kind: Kind) async throws {
    let (store, server) = try kind.make(bytes: 4200, clock)
    defer { withExtendedLifetime(server) {} }
    for id in ["a", "b", "c", "d"] { try await store.insert(record(id)) }
    let message = String(repeating: "x", count: 300)
    await #expect(throws: TaskStoreError.self) { try await store.change("a") { $0.report(message, at: 1) } }
    let error = RPCError(.internalError, message)
    #expect(try await store.change("a") { $0.end(.error(error), at: 1) }?.status == .failed)
    #expect(try await store.change("b") { $0.cancel("not wanted", at: 1) }?.status == .cancelled)
    await #expect(throws: TaskStoreError.self) { try await store.change("c") { $0.end(.result([:]), at: 1) } }
    let large = RPCError(.internalError, "no", data: .string(String(repeating: "x", count: 2000)))
    await #expect(throws: TaskStoreError.self) { try await store.change("d") { $0.end(.error(large), at: 1) } }
  }
}
