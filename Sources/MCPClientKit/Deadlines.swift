// SPDX-License-Identifier: Apache-2.0
import MCPCore
import Synchronization

/// Watches the deadlines of all requests of one client with a single timer.
///
/// A timer of its own for every request would cost more than the request: cancelled sleeps linger until their time.
final class Deadlines: Sendable {
  typealias Instant = DeadlineTable.Instant

  private struct State {
    var table = DeadlineTable()
    var actions: [RequestID: @Sendable (DeadlineTable.Expiry) -> Void] = [:]
    var timer: Task<Void, Never>?
    var wakesAt: Instant?
  }

  private let state = Mutex(State())

  deinit { state.withLock { $0.timer }?.cancel() }

  /// Calls `expired` when `id` was neither kept alive for `idle` nor forgotten within `total`.
  func watch(
    _ id: RequestID, idle: Duration, total: Duration, expired: @escaping @Sendable (DeadlineTable.Expiry) -> Void
  ) {
    state.withLock { state in
      let deadline = state.table.watch(id, idle: idle, total: total, from: .now)
      state.actions[id] = expired
      if let wakesAt = state.wakesAt, wakesAt <= deadline { return }
      setTimer(&state, to: deadline)
    }
  }

  /// The request has shown progress.
  func keepAlive(_ id: RequestID) { state.withLock { $0.table.keepAlive(id, at: .now) } }

  /// The server waits for us: idle time does not count until `release`.
  func hold() { state.withLock { $0.table.hold(at: .now) } }

  /// The reverse of `hold`.
  func release() {
    state.withLock { state in
      state.table.release(at: .now)
      if let next = state.table.next, state.wakesAt.map({ next < $0 }) ?? true { setTimer(&state, to: next) }
    }
  }

  func forget(_ id: RequestID) {
    state.withLock { state in
      state.table.forget(id)
      state.actions[id] = nil
    }
  }

  private func setTimer(_ state: inout State, to deadline: Instant) {
    state.timer?.cancel()
    state.wakesAt = deadline
    state.timer = Task { [weak self] in
      try? await Task.sleep(until: deadline, clock: .continuous)
      if !Task.isCancelled { self?.expire() }
    }
  }

  private func expire() {
    let actions = state.withLock { state in
      let expired = state.table.expired(at: .now)
      state.timer = nil
      state.wakesAt = nil
      if let next = state.table.next { setTimer(&state, to: next) }
      return expired.compactMap { id, expiry in state.actions.removeValue(forKey: id).map { ($0, expiry) } }
    }
    for (action, expiry) in actions { action(expiry) }
  }
}
