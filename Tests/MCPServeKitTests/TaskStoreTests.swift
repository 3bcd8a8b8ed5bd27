// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore
import Synchronization
import Testing

@testable import MCPServeKit

/// What every task store promises. A new store is one more case of `Kind`.
@Suite(.timeLimit(.minutes(1))) struct TaskStoreTests {
  enum Kind: CaseIterable {
    case memory

    func make(limit: Int = 100, bytes: Int = 1 << 20, _ clock: Clock) -> any TaskStore {
      switch self {
      case .memory: MemoryTaskStore(limit: limit, bytes: bytes) { clock.now }
      }
    }
  }

  final class Clock: Sendable {
    private let time = Atomic(1_000_000)
    var now: Int { time.load(ordering: .relaxed) }
    func advance(by milliseconds: Int) { time.add(milliseconds, ordering: .relaxed) }
  }

  private let clock = Clock()
  private let ada = TaskOwner(principal: "ada", session: nil)

  private func record(_ id: String, of owner: TaskOwner? = nil, lifetime: Int = 1000) -> TaskRecord {
    TaskRecord(
      id: id, owner: owner ?? ada, revision: .latest, created: clock.now, lifetime: lifetime, pollInterval: 10)
  }

  @Test(arguments: Kind.allCases)
  func whatIsInsertedIsFoundAtOnce(_ kind: Kind) async throws {
    let store = kind.make(clock)
    try await store.insert(record("a"))
    #expect(try await store.task("a") == record("a"))
    #expect(try await store.task("b") == nil)
    await #expect(throws: TaskStoreError.self) { try await store.insert(record("a")) }
  }

  @Test(arguments: Kind.allCases)
  func aTaskIsForgottenWhenItsTimeIsUp(_ kind: Kind) async throws {
    let store = kind.make(clock)
    try await store.insert(record("short", lifetime: 10))
    try await store.insert(record("long", lifetime: 20))
    clock.advance(by: 10)
    #expect(try await store.task("short") == nil)
    #expect(try await store.change("short") { _ in true } == nil)
    #expect(try await store.task("short", after: 1) == nil)
    #expect(try await store.tasks(of: ada, after: nil, count: 10).tasks.map(\.id) == ["long"])
  }

  @Test(arguments: Kind.allCases)
  func aChangeCountsAndOneThatIsNoneDoesNot(_ kind: Kind) async throws {
    let store = kind.make(clock)
    try await store.insert(record("a"))
    let changed = try await store.change("a") { $0.report("half", at: 5) }
    #expect(changed?.version == 2 && changed?.statusMessage == "half" && changed?.info.lastUpdatedAt != nil)
    #expect(try await store.change("a") { $0.report("half", at: 6) }?.version == 2)
  }

  @Test(arguments: Kind.allCases)
  func changesOfManyAreAllMade(_ kind: Kind) async throws {
    let store = kind.make(clock)
    try await store.insert(record("a"))
    await withThrowingTaskGroup { group in
      for number in 0..<50 { group.addTask { _ = try await store.change("a") { $0.report("\(number)", at: 1) } } }
    }
    #expect(try await store.task("a")?.version == 51)
  }

  @Test(arguments: Kind.allCases)
  func whoWaitsIsToldOfTheNextChange(_ kind: Kind) async throws {
    let store = kind.make(clock)
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
    let store = kind.make(clock)
    try await store.insert(record("a"))
    let waiting = Task { try await store.task("a", after: 1) }
    waiting.cancel()
    await #expect(throws: CancellationError.self) { _ = try await waiting.value }
  }

  @Test(arguments: Kind.allCases)
  func tasksAreListedByTheirOwnerInPages(_ kind: Kind) async throws {
    let store = kind.make(clock)
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
    let store = kind.make(limit: 2, clock)
    try await store.insert(record("a", lifetime: 10))
    try await store.insert(record("b"))
    let error = await #expect(throws: TaskStoreError.self) { try await store.insert(record("c")) }
    #expect(error?.code == .full)
    clock.advance(by: 10)
    try await store.insert(record("c"))
  }

  @Test(arguments: Kind.allCases)
  func thereIsALimitToTheirSize(_ kind: Kind) async throws {
    let store = kind.make(bytes: 5000, clock)
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

  @Test func whatIsOverStaysAsItIs() {
    var task = record("a")
    let isCancelled = task.cancel("enough", at: 1)
    let cancelled = task
    let changes = [task.end(.result([:]), at: 2), task.cancel("again", at: 2), task.report("working", at: 2)]
    let keys = task.ask([Question(.elicit, needs: [])], limit: 9, at: 2)
    #expect(isCancelled && changes == [false, false, false] && keys == nil)
    #expect(task == cancelled && task.outcome == nil)
  }

  @Test func aTaskWaitsWhileAnyQuestionIsOpen() {
    var task = record("a")
    let questions = [Question(.elicit, needs: [], name: "name"), Question(.rootsList, needs: [])]
    let keys = task.ask(questions, limit: 2, at: 1) ?? []
    #expect(keys == ["name-1", "roots-2"] && task.status == .inputRequired)
    let tooMany = task.ask(questions, limit: 2, at: 1)
    #expect(tooMany == nil)
    let isAnswered = [task.answer(keys[0], .success("Ada"), at: 2), task.answer(keys[0], .success("Eve"), at: 2)]
    var taken = task.take(keys)
    #expect(isAnswered == [true, false] && taken == nil && task.status == .inputRequired)
    let isRefused = task.answer(keys[1], .failure(.invalidParams("no")), at: 3)
    taken = task.take(keys)
    #expect(isRefused && taken?.first == ["result": "Ada"] && task.status == .working)
    let next = task.ask(questions, limit: 2, at: 4)
    #expect(next == ["name-3", "roots-4"], "no key is used twice")
  }

  @Test(arguments: [(Revision.v20251125, TaskState.Status.failed), (.v20260728, .completed)])
  func aToolThatFailedIsAFailedTaskOnlyIn2025(revision: Revision, status: TaskState.Status) {
    var task = TaskRecord(id: "a", owner: ada, revision: revision, created: 0, lifetime: 1, pollInterval: 1)
    let isEnded = task.end(.result(ToolResult.error("no").json), at: 1)
    #expect(isEnded && task.status == status)
  }
}
