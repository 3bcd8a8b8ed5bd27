// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
public import MCPServeKit
import Observability
import Synchronization

/// Keeps tasks in Redis, so that any server tells how a task is, takes answers for it and ends it. The work itself stays with the
/// server that has begun it.
public final class RedisTaskStore: TaskStore {
  /// How tasks are kept.
  public struct Options: Sendable {
    /// What all keys begin with. Default `mcp`.
    public var prefix = "mcp"
    /// How many tasks there may be on all servers together. Default 10 000.
    public var limit = 10_000
    /// How much memory they may take, about. Default 64 MiB.
    public var bytes = 64 << 20

    /// Makes options with the defaults.
    public init() {}
  }

  private struct Kept {
    let record: TaskRecord
    let room: Int
    /// How long it lives.
    let left: Duration
  }

  private let client: RedisClient
  private let options: Options
  private let keys: TaskKeys
  private let clusterKeys: ClusterKeys
  private let waiters: TaskWaiters
  /// The server that does the work of the tasks begun here, and the run of it.
  private let worker: (node: String, boot: String)
  private let shift: @Sendable () -> Duration
  private let logger: Logger
  /// Whether Redis refused the last time: why is said once.
  private let isRefused = Atomic(false)

  /// Connects when it is first needed.
  /// - Parameter url: where Redis is, such as `redis://USER:PASSWORD@HOST:6379/0`.
  /// - Throws: an error that says what is wrong with the URL, and nothing that is secret in it.
  public convenience init(url: String, options: Options = Options()) throws {
    self.init(try RedisClient(RedisConfiguration(url: url)), options)
  }

  /// - Parameters:
  ///   - node: this server among the others, which end its tasks when it is gone; nil where nobody looks after them.
  ///   - shift: added to the time of Redis, so that a test need not wait.
  package init(
    _ client: RedisClient, _ options: Options, node: RedisNode? = nil,
    shift: @escaping @Sendable () -> Duration = { .zero }
  ) {
    self.client = client
    self.options = options
    self.shift = shift
    worker = (node?.node ?? "", node?.bootID ?? "")
    logger = node?.logger ?? .silent
    let isTagged = if case .cluster = client.configuration.topology { true } else { false }
    keys = TaskKeys(prefix: options.prefix, isTagged: isTagged)
    clusterKeys = ClusterKeys(prefix: options.prefix, client)
    waiters = TaskWaiters(client, channel: keys.channel)
  }

  /// Others change the same tasks.
  public var isShared: Bool { true }

  /// Keeps a new task.
  public func insert(_ task: TaskRecord) async throws {
    let indices = [keys.ends, keys.room, keys.ends(of: task.owner), keys.order(of: task.owner)]
    let (lifetime, room) = (RedisArgument.int(max(task.lifetime, 1)), Self.room(for: task))
    let outcome = try await run(
      TaskScripts.admit, indices, .text(task.id), lifetime, .int(room), .int(options.limit), .int(options.bytes))
    switch outcome.int {
    case 0: break
    case 1: throw TaskStoreError(.full, "there are \(options.limit) tasks, the limit: try again later")
    case 2: throw tooLarge
    case 3: throw duplicate
    default: throw malformed
    }
    do {
      let created = try await run(
        TaskScripts.create, [keys.task(task.id)], lifetime, .text(task.stored.text), .int(room), .text(worker.node),
        .text(worker.boot))
      guard created.int == 1 else { throw duplicate }
    } catch {
      // What stays by mistake goes when its time is up.
      _ = try? await run(TaskScripts.withdraw, indices, .text(task.id))
      throw error
    }
  }

  /// The task of that id; nil when there is none, or its time is up.
  public func task(_ id: String) async throws -> TaskRecord? { try await kept(id)?.record }

  /// Changes a task, when `change` says there is something to keep.
  public func change(_ id: String, _ change: @Sendable (inout TaskRecord) -> Bool) async throws -> TaskRecord? {
    let end = ContinuousClock.now + .seconds(30)
    while let kept = try await kept(id) {
      var record = kept.record
      guard change(&record) else { return kept.record }
      let room = max(kept.room, Self.room(for: record))
      if room > kept.room {
        let limit = record.endsBriefly ? Int.max : options.bytes
        let grown = try await run(TaskScripts.grow, [keys.room, keys.ends], .text(id), .int(room), .int(limit))
        if grown.int == 2 { return nil }
        guard grown.int == 1 else { throw tooLarge }
      }
      let version = kept.record.version
      record.version = version + 1
      let written = try await run(
        TaskScripts.write, [keys.task(id)], .int(version), .text(record.stored.text), .int(room), .text(keys.channel),
        .text(id))
      if written.int == 1 {
        waiters.wake(id)
        return record
      }
      guard end > .now else { throw TaskStoreError(.unavailable, "the task changes all the time: try again later") }
    }
    return nil
  }

  /// Waits until a task is newer than `version`. While Redis is away it waits for as long as the task lives.
  public func task(_ id: String, after version: Int) async throws -> TaskRecord? {
    var end: ContinuousClock.Instant?
    while true {
      try Task.checkCancellation()
      let waiter = waiters.begin(id)
      defer { waiters.leave(id, waiter) }
      do {
        guard let kept = try await kept(id) else { return nil }
        guard kept.record.version <= version else { return kept.record }
        end = .now + kept.left
      } catch let error as TaskStoreError {
        try Task.checkCancellation()
        guard error.code == .unavailable, let end, end > .now else { throw error }
      }
      await waiter.value(onCancel: ())
    }
  }

  /// A page of the tasks of one owner.
  public func tasks(
    of owner: TaskOwner, after cursor: String?, count: Int
  ) async throws -> (tasks: [TaskRecord], next: String?) {
    let unknown = TaskStoreError(.badCursor, "invalid cursor: use the nextCursor of the page before, or none")
    var after = 0
    if let cursor {
      guard cursor.utf8.count <= 12, let number = Int(cursor, radix: 36), number > 0,
        String(number, radix: 36) == cursor
      else { throw unknown }
      after = number
    }
    let count = max(count, 1)
    let answer = try await run(
      TaskScripts.list, [keys.room, keys.ends(of: owner), keys.order(of: owner)], .int(after), .int(count + 1))
    guard let found = answer.strings else {
      if answer.isNull, after > 0 { throw unknown }
      return ([], nil)
    }
    let entries = stride(from: 0, to: found.count - 1, by: 2).map { (id: found[$0], number: found[$0 + 1]) }
    var records: [TaskRecord] = []
    for entry in entries.prefix(count) {
      if let record = try await task(entry.id), record.owner == owner { records.append(record) }
    }
    let last = entries.count > count ? Int(entries[count - 1].number) : nil
    return (records, last.map { String($0, radix: 36) })
  }
}

// MARK: - The dead

extension RedisTaskStore {
  /// Ends the tasks whose work a server did that is gone. One that cannot be ended does not keep the others from it.
  /// - Parameter boot: who has its name now, whose tasks are not meant.
  package func bury(tasksOf node: String, except boot: String) async throws {
    guard let ids = try await client.send(RedisCommand("ZRANGE", .key(keys.ends), 0, -1)).strings else { return }
    for id in ids {
      let known = try await client.send(RedisCommand("HMGET", .key(keys.task(id)), "node", "bootId")).array
      guard known?.first?.string == node, boot.isEmpty || known?.last?.string != boot else { continue }
      // Who has the name by now works on its own tasks.
      let instance = RedisCommand("HGET", .key(clusterKeys.instance(node)), "bootId")
      if let living = try await client.send(instance).string, living == known?.last?.string { continue }
      let now = try await client.time()
      do {
        _ = try await change(id) { $0.end(.error(.nodeLost("worked on this task")), at: now) }
      } catch let error as TaskStoreError where error.code != .unavailable {
        logger.warning(
          "a task of a server that is gone was not ended: it goes when its time is up",
          [("task", id), ("node", node), ("error", error.message)])
      }
    }
  }
}

// MARK: - Asking

extension RedisTaskStore {
  private func kept(_ id: String) async throws -> Kept? {
    let answer = try await run(TaskScripts.read, [keys.task(id)])
    if answer.isNull { return nil }
    guard let parts = answer.array, parts.count == 3, let text = parts[0].bytes,
      let json = try? JSON(parsing: text, limits: Self.readable),
      let record = TaskRecord(stored: json), let room = parts[1].int, let left = parts[2].int
    else { throw malformed }
    return Kept(record: record, room: room, left: .milliseconds(left))
  }

  /// What Redis says, or that it says nothing now.
  private func run(
    _ script: RedisScript, _ keys: [String], _ arguments: RedisArgument...
  ) async throws(TaskStoreError) -> RedisValue {
    do throws(RedisError) {
      let answer = try await client.run(script, keys: keys, [.int(shift().milliseconds)] + arguments)
      isRefused.store(false, ordering: .relaxed)
      return answer
    } catch {
      if error.code != .cancelled, !isRefused.exchange(true, ordering: .relaxed) {
        logger.warning("tasks are not available now", [("error", error.message)])
      }
      throw TaskStoreError(.unavailable, "tasks are not available now: try again later")
    }
  }

  /// What is in a record may be as deep as a message; the record is around it.
  private static let readable = JSONLimits(depth: 192)

  /// What a task takes, and a little more, so that not every change has to ask for room.
  private static func room(for task: TaskRecord) -> Int { (task.size + 255) / 256 * 256 }

  private var tooLarge: TaskStoreError {
    TaskStoreError(.full, "tasks take more than \(options.bytes) bytes, the limit: try again later")
  }
  private var duplicate: TaskStoreError { TaskStoreError(.duplicate, "the task exists already") }
  private var malformed: TaskStoreError {
    TaskStoreError(.malformed, "Redis did not tell the task as it should: did another program write its key?")
  }
}
