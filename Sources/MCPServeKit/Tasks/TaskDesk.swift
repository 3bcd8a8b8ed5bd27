// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import Observability
import Synchronization

/// Begins tasks, changes them, and knows those that are at work in this process.
final class TaskDesk: Sendable {
  private struct State {
    /// The tasks at work here, by their ids.
    var running: [String: RequestContext] = [:]
    /// The requests that wait for a task's result.
    var listeners: [String: [RequestContext]] = [:]
  }

  let options: TaskOptions
  let store: any TaskStore
  /// Tells everybody who may want to know how a task is.
  private let announce: @Sendable (Announcement) -> Void
  private let state = Mutex(State())

  init(_ options: TaskOptions, announce: @escaping @Sendable (Announcement) -> Void) {
    self.options = options
    store = options.store ?? MemoryTaskStore()
    self.announce = announce
  }

  private var now: Int { Timestamp.now.milliseconds }
}

// MARK: - The life of a task

extension TaskDesk {
  /// Begins a task for `call` and has `work` done for it, which nobody waits for: the number of tasks and their lifetime
  /// bound it.
  /// - Throws: `RPCError` when there are too many tasks.
  func begin(
    _ call: RequestContext, lifetime: Int, logger: Logger,
    _ work: @escaping @Sendable (RequestContext) async -> TaskRecord.Outcome?
  ) async throws -> TaskState {
    let record = TaskRecord(
      id: Self.newID(), owner: call.owner, revision: call.revision, created: now,
      lifetime: lifetime, pollInterval: options.pollInterval.milliseconds)
    let context = context(of: record.id, for: call)
    let isLet = state.withLock { state in
      guard state.running.count < options.running else { return false }
      state.running[record.id] = context
      return true
    }
    guard isLet else {
      throw RPCError(.internalError, "\(options.running) tasks are at work, the limit: try again later")
    }
    do {
      try await store.insert(record)
    } catch {
      state.withLock { $0.running[record.id] = nil }
      throw told(error)
    }
    // Ends with the task, or when its time is up.
    if store.isShared { Task { await watch(record.id, context) } }
    Task {
      let outcome = await work(context)
      _ = context.finish()
      await end(record.id, outcome, logger)
      state.withLock { $0.running[record.id] = nil }
    }
    return record.info
  }

  /// A name nobody guesses. None begins with a dash, which command lines take for an option.
  private static func newID() -> String {
    while true {
      let id = Base64.url.text(StateKeys.Key.random().bytes)
      if !id.hasPrefix("-") { return id }
    }
  }

  /// How many tasks are at work, and how many may be.
  var runningCount: Int { state.withLock { $0.running.count } }
  var runningLimit: Int { options.running }

  /// What the handler of a task knows: what its call knew, with other ways to talk.
  private func context(of id: String, for call: RequestContext) -> RequestContext {
    var meta = call.meta
    // So that every report of progress reaches the sink, which knows whether the client wants it.
    if meta[MetaKey.progressToken] == nil { meta[MetaKey.progressToken] = .string(id) }
    return RequestContext(
      id: call.id, revision: call.revision, method: call.method, params: call.params, meta: meta,
      clientInfo: call.clientInfo, clientCapabilities: call.clientCapabilities, sessionID: call.sessionID,
      principal: call.principal, logger: call.serverLogger, logLevel: call.revision.hasCoreTasks ? call.logLevel : nil,
      sink: TaskSink(desk: self, id: id, call: call), inquirer: TaskInquirer(desk: self, id: id), trace: call.trace)
  }

  /// Another server may be asked to end the task early, or find that its time is up.
  private func watch(_ id: String, _ context: RequestContext) async {
    var version = 1
    while state.withLock({ $0.running[id] != nil }) {
      do {
        guard let record = try await store.task(id, after: version) else { return }
        version = record.version
        guard record.status.isFinal else { continue }
        if record.status == .cancelled { context.cancel(reason: Self.cancelled) }
        return
      } catch let error as TaskStoreError where error.code == .unavailable {
        // It may be cancelled when the store is back.
        guard (try? await Task.sleep(for: .seconds(1))) != nil else { return }
      } catch {
        return
      }
    }
  }

  private static let cancelled = "the client cancelled the task"

  /// - Parameter outcome: nil when the work was withdrawn, which the store may not know yet.
  private func end(_ id: String, _ outcome: TaskRecord.Outcome?, _ logger: Logger) async {
    let lastTry = ContinuousClock.now + options.longestLifetime
    do {
      while true {
        do {
          try await change(id) { [now] record in
            guard let outcome else { return record.cancel(Self.cancelled, at: now) }
            return record.end(outcome, at: now)
          }
          return
        } catch let error as TaskStoreError where error.code == .unavailable && lastTry > .now {
          // The work is done; its result waits for the store.
          try await Task.sleep(for: .seconds(1))
        }
      }
    } catch {
      logger.error("a task's result cannot be kept", [("error", "\(error)")])
      let why =
        switch (error as? TaskStoreError)?.code {
        case .full?: "it is too large, or tasks take too much room together"
        case .unavailable?: "the store of tasks could not be asked for too long"
        default: "the store of tasks refused it"
        }
      let failure = TaskRecord.Outcome.error(RPCError(.internalError, "the result could not be kept: \(why)"))
      _ = try? await change(id) { [now] in $0.end(failure, at: now) }
    }
  }

  /// Ends a task early. What it does is withdrawn, even when the store cannot be told yet; whether it stops is up to its handler.
  func cancel(_ id: String) async throws {
    defer { state.withLock { $0.running[id] }?.cancel(reason: Self.cancelled) }
    try await change(id) { [now] in $0.cancel(Self.cancelled, at: now) }
  }

  func report(_ message: String, of id: String) async {
    // What is being done is told again; nothing is lost with one report.
    _ = try? await change(id) { [now] in $0.report(message, at: now) }
  }

  /// Changes a task and announces how it then is.
  @discardableResult
  func change(_ id: String, _ body: @Sendable (inout TaskRecord) -> Bool) async throws -> TaskRecord? {
    let isNews = Atomic(false)
    let record = try await store.change(id) { record in
      let before = (record.status, record.statusMessage)
      let isChanged = body(&record)
      isNews.store(before != (record.status, record.statusMessage), ordering: .relaxed)
      return isChanged
    }
    if let record, isNews.load(ordering: .relaxed) { announce(.task(record)) }
    return record
  }

  /// What a peer is told when the store fails.
  func told(_ error: any Error) -> any Error {
    guard let error = error as? TaskStoreError else { return error }
    return error.code == .badCursor ? RPCError.invalidParams(error.message) : RPCError(.internalError, error.message)
  }
}

// MARK: - Questions

extension TaskDesk {
  func ask(_ questions: [Question], of id: String) async throws -> (keys: [String], version: Int) {
    let keys = Mutex<[String]?>(nil)
    let record = try await change(id) { [now, options] record in
      let asked = record.ask(questions, limit: options.openQuestions, at: now)
      keys.withLock { $0 = asked }
      return asked != nil
    }
    guard let record, !record.status.isFinal else { throw CancellationError() }
    guard let keys = keys.withLock({ $0 }) else {
      throw QuestionError(.tooMany, "the task has \(options.openQuestions) open questions, the limit")
    }
    return (keys, record.version - 1)
  }

  func answers(to keys: [String], of id: String, since version: Int) async throws -> [JSON] {
    var version = version
    while let record = try await store.task(id, after: version), !record.status.isFinal {
      version = record.version
      var copy = record
      guard copy.take(keys) != nil else { continue }
      let answers = Mutex<[JSON]?>(nil)
      _ = try await store.change(id) { record in
        let taken = record.take(keys)
        answers.withLock { $0 = taken }
        return taken != nil
      }
      if let answers = answers.withLock({ $0 }) { return answers }
    }
    throw CancellationError()
  }

  func withdraw(_ keys: [String], of id: String) async {
    // A task that is gone has no questions.
    _ = try? await change(id) { [now] in $0.withdraw(keys, at: now) }
  }

  /// Notes that a question is being put to the client, or is not any more; false when somebody did already.
  func mark(_ key: String, of id: String, isSent: Bool) async throws -> Bool {
    let isMarked = Atomic(false)
    _ = try await store.change(id) { record in
      let isChanged = record.mark(key, isSent: isSent)
      isMarked.store(isChanged, ordering: .relaxed)
      return isChanged
    }
    return isMarked.load(ordering: .relaxed)
  }

  func answer(_ id: String, _ answers: [(key: String, answer: Result<JSON, RPCError>)]) async throws {
    try await change(id) { [now] record in
      var isChanged = false
      for (key, answer) in answers where record.answer(key, answer, at: now) { isChanged = true }
      return isChanged
    }
  }
}

// MARK: - Who waits

extension TaskDesk {
  func listener(of id: String) -> RequestContext? { state.withLock { $0.listeners[id]?.last } }

  func listen(_ context: RequestContext, to id: String) {
    state.withLock { $0.listeners[id, default: []].append(context) }
  }

  func stopListening(_ context: RequestContext, to id: String) {
    state.withLock { state in
      state.listeners[id]?.removeAll { $0 === context }
      if state.listeners[id]?.isEmpty == true { state.listeners[id] = nil }
    }
  }
}

extension RequestContext {
  /// Whose task a call of this request begins.
  var owner: TaskOwner {
    TaskOwner(principal: principal?.name, session: revision.era == .legacy ? sessionID ?? conversation : nil)
  }
}
