// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Something that happens once, and whoever waits for it.
final class Happening: Sendable {
  private enum State {
    case awaited([CheckedContinuation<Void, Never>])
    case happened
  }

  private let state = Mutex(State.awaited([]))

  func happen() {
    let waiting = state.withLock { state -> [CheckedContinuation<Void, Never>] in
      guard case .awaited(let waiting) = state else { return [] }
      state = .happened
      return waiting
    }
    for continuation in waiting { continuation.resume() }
  }

  func wait() async {
    await withCheckedContinuation { continuation in
      let hasHappened = state.withLock { state in
        guard case .awaited(let waiting) = state else { return true }
        state = .awaited(waiting + [continuation])
        return false
      }
      if hasHappened { continuation.resume() }
    }
  }
}

/// A time that passes when told.
final class ManualTime: Sendable {
  private let time = Mutex(ContinuousClock.now)
  var now: ContinuousClock.Instant { time.withLock { $0 } }
  func advance(by duration: Duration) { time.withLock { $0 += duration } }
}
