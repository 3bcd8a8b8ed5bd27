// SPDX-License-Identifier: Apache-2.0
import EventIO
import MCPCore
import Synchronization

/// Runs authors' handlers on threads of their own, each with a time limit.
final class HandlerRunner: Sendable {
  private let pool: HandlerPool
  private let deadlines = Deadlines()
  private let limit: Duration
  private let longest: Duration

  init(_ options: Server.Options) {
    pool = HandlerPool(maximumThreads: options.threads)
    limit = options.requestTimeLimit
    longest = options.longestRequest
  }

  /// Runs `body` on the pool. It is cancelled, and no longer waited for, when the request is withdrawn or its time is up.
  ///
  /// The task has no parent that waits, because a body that blocks would make the peer wait past its time limit; the
  /// pool bounds how many of them there are.
  /// - Throws: what `body` throws, `CancellationError`, or an `RPCError` that names `name` and the time limit.
  func run<Value: Sendable>(
    _ name: @autoclosure () -> String, limit ownLimit: Duration?, in context: RequestContext,
    _ body: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    let outcome = Promise<Result<Value, any Error>>()
    let task = Task(executorPreference: pool) {
      do {
        outcome.keep(.success(try await body()))
      } catch {
        outcome.keep(.failure(error))
      }
    }
    context.onCancel {
      outcome.keep(.failure(CancellationError()))
      task.cancel()
    }
    let limit = ownLimit ?? limit
    let deadline = deadlines.add(context, limit: limit, longest: max(limit, longest)) {
      if outcome.keep(.failure(TimeUp())) { task.cancel() }
    }
    let result = await outcome.value()
    deadlines.remove(deadline)
    do {
      return try result.get()
    } catch is TimeUp {
      throw RPCError(.internalError, "\(name()) timed out after \(limit) without progress")
    }
  }
}

private struct TimeUp: Error {}

/// The time limits of the handlers that run now, watched by one task while there are any.
private final class Deadlines: Sendable {
  struct Entry {
    let context: RequestContext
    let limit: Duration
    let end: ContinuousClock.Instant
    var progress: Double
    var deadline: ContinuousClock.Instant
    let expire: @Sendable () -> Void
  }

  private struct State {
    var entries: [Int: Entry] = [:]
    var last = 0
    var isWatching = false
  }

  private let state = Mutex(State())

  func add(
    _ context: RequestContext, limit: Duration, longest: Duration, _ expire: @escaping @Sendable () -> Void
  ) -> Int {
    let now = ContinuousClock.now
    let (id, mustWatch) = state.withLock { state in
      state.last += 1
      state.entries[state.last] = Entry(
        context: context, limit: limit, end: now + longest, progress: context.latestProgress, deadline: now + limit,
        expire: expire)
      defer { state.isWatching = true }
      return (state.last, !state.isWatching)
    }
    if mustWatch { Task { await watch() } }
    return id
  }

  func remove(_ id: Int) { _ = state.withLock { $0.entries.removeValue(forKey: id) } }

  /// Looks at the entries when the next one may be due, at least four times a second; ends when there are none.
  @concurrent
  private func watch() async {
    while let pause = expireDue(at: .now) { try? await Task.sleep(for: min(pause, .milliseconds(250))) }
  }

  /// Ends what is due and tells how long to wait for the next; nil when nothing is left.
  private func expireDue(at now: ContinuousClock.Instant) -> Duration? {
    let (due, pause) = state.withLock { state -> ([@Sendable () -> Void], Duration?) in
      var due: [@Sendable () -> Void] = []
      var next = now + .milliseconds(250)
      for (id, entry) in state.entries {
        var entry = entry
        if entry.progress < entry.context.latestProgress {
          entry.progress = entry.context.latestProgress
          entry.deadline = min(now + entry.limit, entry.end)
          state.entries[id] = entry
        }
        if entry.deadline <= now {
          due.append(entry.expire)
          state.entries[id] = nil
        } else {
          next = min(next, entry.deadline)
        }
      }
      if state.entries.isEmpty { state.isWatching = false }
      return (due, state.isWatching ? next - now : nil)
    }
    for expire in due { expire() }
    return pause
  }
}
