// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// The answers that wait for their peer to take them, so that a peer that takes none is not read from any more.
final class Backlog: Sendable {
  private struct State {
    var count = 0
    var waiter: CheckedContinuation<Void, Never>?
  }

  private let limit: Int
  private let state = Mutex(State())

  init(limit: Int) { self.limit = limit }

  func begin() { state.withLock { $0.count += 1 } }

  func end() {
    let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
      state.count -= 1
      guard state.count < limit else { return nil }
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume()
  }

  /// Waits until fewer answers wait than the limit, or the task is cancelled. To be called by one task.
  func room() async {
    guard state.withLock({ $0.count >= limit }) else { return }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let hasRoom = state.withLock { state in
          guard state.count >= limit, !Task.isCancelled else { return true }
          state.waiter = continuation
          return false
        }
        if hasRoom { continuation.resume() }
      }
    } onCancel: {
      takeWaiter()?.resume()
    }
  }

  private func takeWaiter() -> CheckedContinuation<Void, Never>? {
    state.withLock { state in
      defer { state.waiter = nil }
      return state.waiter
    }
  }
}
