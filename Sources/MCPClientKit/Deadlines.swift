// SPDX-License-Identifier: Apache-2.0
import MCPCore
import Synchronization

/// Watches the deadlines of all requests of one conversation with a single timer.
///
/// A timer of its own for every request would cost more than the request: cancelled sleeps linger until their time.
final class Deadlines: Sendable {
  typealias Instant = ContinuousClock.Instant

  private struct Watch {
    let idle: Duration
    let end: Instant
    var deadline: Instant
    /// Whether no progress came, and none was needed for the idle time-out to come first.
    var isIdle: Bool
    let expired: @Sendable (_ isIdle: Bool) -> Void
  }
  private struct State {
    var watches: [RequestID: Watch] = [:]
    var timer: Task<Void, Never>?
    var wakesAt: Instant?
  }

  private let state = Mutex(State())

  deinit { state.withLock { $0.timer }?.cancel() }

  /// Calls `expired` when `id` was neither kept alive for `idle` nor forgotten within `total`.
  func watch(
    _ id: RequestID, idle: Duration, total: Duration, expired: @escaping @Sendable (_ isIdle: Bool) -> Void
  ) {
    let now = Instant.now
    let end = now.advanced(by: total)
    let deadline = min(now.advanced(by: idle), end)
    state.withLock { state in
      state.watches[id] = Watch(idle: idle, end: end, deadline: deadline, isIdle: idle <= total, expired: expired)
      if let wakesAt = state.wakesAt, wakesAt <= deadline { return }
      setTimer(&state, to: deadline)
    }
  }

  /// The request has shown progress.
  func keepAlive(_ id: RequestID) {
    state.withLock { state in
      guard let watch = state.watches[id] else { return }
      state.watches[id]?.deadline = min(Instant.now.advanced(by: watch.idle), watch.end)
      state.watches[id]?.isIdle = false
    }
  }

  func forget(_ id: RequestID) { state.withLock { $0.watches[id] = nil } }

  private func setTimer(_ state: inout State, to deadline: Instant) {
    state.timer?.cancel()
    state.wakesAt = deadline
    state.timer = Task { [weak self] in
      try? await Task.sleep(until: deadline, clock: .continuous)
      if !Task.isCancelled { self?.expire() }
    }
  }

  private func expire() {
    let now = Instant.now
    let expired = state.withLock { state -> [Watch] in
      let expired = state.watches.filter { $0.value.deadline <= now }
      for id in expired.keys { state.watches[id] = nil }
      state.timer = nil
      state.wakesAt = nil
      if let next = state.watches.values.lazy.map(\.deadline).min() { setTimer(&state, to: next) }
      return Array(expired.values)
    }
    for watch in expired { watch.expired(watch.isIdle || watch.deadline < watch.end) }
  }
}
