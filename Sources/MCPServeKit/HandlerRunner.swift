// SPDX-License-Identifier: Apache-2.0
import EventIO
import MCPCore
import Synchronization

/// Runs authors' handlers on threads of their own, each with a time limit.
final class HandlerRunner: Sendable {
  private let pool: HandlerPool
  private let deadlines = Deadlines()
  /// For who brings no limit of their own.
  private let standard: Mutex<(limit: Duration, longest: Duration)>

  init(_ options: Server.Options) {
    pool = HandlerPool(maximumThreads: options.threads)
    standard = Mutex((options.requestTimeLimit, options.longestRequest))
  }

  /// How busy the pool is.
  var load: (threads: Int, limit: Int, waiting: Int) { pool.load }

  /// For handlers that begin from now on.
  func setLimits(_ limit: Duration, longest: Duration?) {
    standard.withLock { $0 = (limit, longest ?? $0.longest) }
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
    let standard = standard.withLock { $0 }
    let limit = ownLimit ?? standard.limit
    let deadline = deadlines.add(context, limit: limit, longest: max(limit, standard.longest)) {
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

/// Ends handlers whose time is up, by one task that runs while there are any.
private final class Deadlines: Sendable {
  private struct State {
    var limits = TimeLimits()
    var actions: [Int: @Sendable () -> Void] = [:]
    var isWatching = false
  }

  private let state = Mutex(State())

  func add(
    _ context: RequestContext, limit: Duration, longest: Duration, _ expire: @escaping @Sendable () -> Void
  ) -> Int {
    let (id, mustWatch) = state.withLock { state in
      let id = state.limits.add(limit: limit, longest: longest, at: .now) { context.pulse }
      state.actions[id] = expire
      defer { state.isWatching = true }
      return (id, !state.isWatching)
    }
    if mustWatch { Task { await watch() } }
    return id
  }

  func remove(_ id: Int) {
    state.withLock { state in
      state.limits.remove(id)
      state.actions[id] = nil
    }
  }

  /// Looks at the limits when the next one may be due, at least four times a second; ends when there are none.
  @concurrent
  private func watch() async {
    while let pause = expireDue() { try? await Task.sleep(for: min(pause, .milliseconds(250))) }
  }

  /// Ends what is due and tells how long to wait for the next; nil when nothing is left.
  private func expireDue() -> Duration? {
    let (actions, pause) = state.withLock { state in
      let (due, pause) = state.limits.expire(at: .now)
      state.isWatching = pause != nil
      return (due.compactMap { state.actions.removeValue(forKey: $0) }, pause)
    }
    for action in actions { action() }
    return pause
  }
}
