// SPDX-License-Identifier: Apache-2.0
import EventIO
import Observability
import Synchronization

/// Keeps tasks in memory, for one process.
public final class MemoryTaskStore: TaskStore {
  private struct Entry {
    var record: TaskRecord
    let ordinal: Int
    var size: Int
    /// Those who wait for the next change.
    var waiters: [Promise<Void>] = []
  }

  private struct State {
    var entries: [String: Entry] = [:]
    /// The ids of an owner's tasks, oldest first.
    var owned: [TaskOwner: [(ordinal: Int, id: String)]] = [:]
    var bytes = 0
    var lastOrdinal = 0
    var isSwept = false
  }

  private let limit: Int
  private let byteLimit: Int
  private let now: @Sendable () -> Int
  private let state = Mutex(State())

  /// Makes an empty store.
  /// - Parameters:
  ///   - limit: how many tasks there may be. Default 10 000.
  ///   - bytes: how much memory they may take, about. Default 64 MiB.
  public convenience init(limit: Int = 10_000, bytes: Int = 64 << 20) {
    self.init(limit: limit, bytes: bytes) { Timestamp.now.milliseconds }
  }

  init(limit: Int, bytes: Int, now: @escaping @Sendable () -> Int) {
    self.limit = limit
    byteLimit = bytes
    self.now = now
  }

  /// Keeps a new task.
  public func insert(_ task: TaskRecord) async throws {
    if state.withLock({ $0.entries.count >= limit || $0.bytes + task.size > byteLimit }) { sweep() }
    let mustSweep = try state.withLock { state in
      guard state.entries[task.id] == nil else { throw TaskStoreError(.duplicate, "the task exists already") }
      let size = task.size
      guard state.entries.count < limit else {
        throw TaskStoreError(.full, "there are \(limit) tasks, the limit: try again later")
      }
      guard state.bytes + size <= byteLimit else { throw tooLarge }
      state.lastOrdinal += 1
      state.entries[task.id] = Entry(record: task, ordinal: state.lastOrdinal, size: size)
      state.owned[task.owner, default: []].append((state.lastOrdinal, task.id))
      state.bytes += size
      defer { state.isSwept = true }
      return !state.isSwept
    }
    guard mustSweep else { return }
    // Ends with the last task, or with the store; nobody has to wait for it.
    Task { [weak self] in
      while let pause = self?.sweep(isLastLook: true) {
        try? await Task.sleep(for: .milliseconds(min(max(pause, 100), 1000)))
      }
    }
  }

  /// The task of that id; nil when there is none, or its time is up.
  public func task(_ id: String) async throws -> TaskRecord? { current(id) }

  /// Changes a task, when `change` says there is something to keep.
  public func change(
    _ id: String, _ change: @Sendable (inout TaskRecord) -> Bool
  ) async throws -> TaskRecord? {
    let (record, waiters) = try state.withLock { state -> (TaskRecord?, [Promise<Void>]) in
      guard let entry = state.entries[id], entry.record.expiry > now() else { return (nil, []) }
      var record = entry.record
      guard change(&record) else { return (entry.record, []) }
      let size = record.size
      // What makes room is let through whatever there is.
      guard size <= entry.size || record.endsBriefly || state.bytes - entry.size + size <= byteLimit else {
        throw tooLarge
      }
      record.version = entry.record.version + 1
      state.bytes += size - entry.size
      state.entries[id] = Entry(record: record, ordinal: entry.ordinal, size: size)
      return (record, entry.waiters)
    }
    for waiter in waiters { waiter.keep(()) }
    return record
  }

  /// Waits until a task is newer than `version`.
  public func task(_ id: String, after version: Int) async throws -> TaskRecord? {
    while true {
      try Task.checkCancellation()
      let waiter = Promise<Void>()
      let found = state.withLock { state -> TaskRecord?? in
        guard let record = state.entries[id]?.record, record.expiry > now() else { return .some(nil) }
        guard record.version <= version else { return record }
        state.entries[id]?.waiters.append(waiter)
        return nil
      }
      if let found { return found }
      await waiter.value(onCancel: ())
      state.withLock { $0.entries[id]?.waiters.removeAll { $0 === waiter } }
    }
  }

  /// A page of the tasks of one owner.
  public func tasks(
    of owner: TaskOwner, after cursor: String?, count: Int
  ) async throws -> (tasks: [TaskRecord], next: String?) {
    try state.withLock { state in
      var after = 0
      if let cursor {
        guard cursor.utf8.count <= 20, let ordinal = Int(cursor, radix: 36), ordinal > 0, ordinal <= state.lastOrdinal,
          String(ordinal, radix: 36) == cursor
        else { throw TaskStoreError(.badCursor, "invalid cursor: use the nextCursor of the page before, or none") }
        after = ordinal
      }
      let rest = (state.owned[owner] ?? []).drop { $0.ordinal <= after }
      let page = rest.prefix(max(count, 1))
      let records = page.compactMap { state.entries[$0.id]?.record }.filter { $0.expiry > now() }
      return (records, page.endIndex < rest.endIndex ? page.last.map { String($0.ordinal, radix: 36) } : nil)
    }
  }

  private func current(_ id: String) -> TaskRecord? {
    state.withLock { state in
      guard let record = state.entries[id]?.record, record.expiry > now() else { return nil }
      return record
    }
  }

  private var tooLarge: TaskStoreError {
    TaskStoreError(.full, "tasks take more than \(byteLimit) bytes, the limit: try again later")
  }
}

// MARK: - What is over

extension MemoryTaskStore {
  /// Forgets what is over, and tells those who wait for it.
  /// - Parameter isLastLook: whether nobody looks again when nothing is left.
  /// - Returns: how long, in milliseconds, until more is; nil when nothing is left.
  @discardableResult
  func sweep(isLastLook: Bool = false) -> Int? {
    let now = now()
    let (waiters, pause) = state.withLock { state -> ([Promise<Void>], Int?) in
      var waiters: [Promise<Void>] = []
      var next: Int?
      for (id, entry) in state.entries {
        guard entry.record.expiry <= now else {
          next = min(next ?? .max, entry.record.expiry)
          continue
        }
        waiters += entry.waiters
        state.bytes -= entry.size
        state.entries[id] = nil
        let owner = entry.record.owner
        state.owned[owner]?.removeAll { $0.id == id }
        if state.owned[owner]?.isEmpty == true { state.owned[owner] = nil }
      }
      if isLastLook, next == nil { state.isSwept = false }
      return (waiters, next.map { $0 - now })
    }
    for waiter in waiters { waiter.keep(()) }
    return pause
  }
}
