// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore
import Synchronization
import TestSupport
import Testing

@testable import MCPServeKit

/// Tasks whose store cannot be asked for a while.
@Suite(.timeLimit(.minutes(1))) struct TaskTroubleTests {
  /// Keeps tasks in memory, and can be away.
  private final class Store: TaskStore {
    let memory = MemoryTaskStore()
    let refusesChanges = Atomic(false)
    let refusesLooks = Atomic(false)
    private let away = TaskStoreError(.unavailable, "away")
    var isShared: Bool { true }

    func insert(_ task: TaskRecord) async throws { try await memory.insert(task) }
    func task(_ id: String) async throws -> TaskRecord? { try await memory.task(id) }
    func change(_ id: String, _ change: @Sendable (inout TaskRecord) -> Bool) async throws -> TaskRecord? {
      if refusesChanges.load(ordering: .relaxed) { throw away }
      return try await memory.change(id, change)
    }
    func task(_ id: String, after version: Int) async throws -> TaskRecord? {
      if refusesLooks.exchange(false, ordering: .relaxed) { throw away }
      return try await memory.task(id, after: version)
    }
    func tasks(
      of owner: TaskOwner, after cursor: String?, count: Int
    ) async throws -> (tasks: [TaskRecord], next: String?) {
      try await memory.tasks(of: owner, after: cursor, count: count)
    }
  }

  private func begin(_ site: Site) async throws -> String {
    let answer = try await ask(site, "tools/call", ["name": "hang"])
    return try #require(answer["result"]?["taskId"]?.string)
  }

  private func ask(_ site: Site, _ method: String, _ params: JSONObject) async throws -> JSON {
    let request = modern(method, params, capabilities: ["extensions": ["io.modelcontextprotocol/tasks": [:]]])
    return try #require(try await site.peer().ask("POST", "/mcp", request.headers, body: request.body).json)
  }

  @Test func workIsWithdrawnEvenWhenTheStoreCannotBeTold() async throws {
    let store = Store()
    var options = TaskOptions()
    options.store = store
    try await withSite(try makeTaskFixture(options)) { site in
      let id = try await begin(site)
      store.refusesChanges.store(true, ordering: .relaxed)
      #expect(try await ask(site, "tasks/cancel", ["taskId": .string(id)])["error"] != nil)
      #expect(try await store.task(id)?.status == .working)
      store.refusesChanges.store(false, ordering: .relaxed)
      while site.server.tasks.runningCount > 0 { await Task.yield() }
      #expect(try await store.task(id)?.status == .cancelled, "it is told when it is back")
    }
  }

  @Test func aTaskIsCancelledElsewhereAfterTheStoreWasAway() async throws {
    let store = Store()
    store.refusesLooks.store(true, ordering: .relaxed)
    var options = TaskOptions()
    options.store = store
    try await withSite(try makeTaskFixture(options)) { site in
      let id = try await begin(site)
      while store.refusesLooks.load(ordering: .relaxed) { await Task.yield() }
      _ = try await store.change(id) { $0.cancel("not wanted", at: 1) }
      while site.server.tasks.runningCount > 0 { await Task.yield() }
    }
  }
}
