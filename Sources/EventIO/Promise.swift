// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// A value that comes once, from any thread, to at most one waiting task. The first `keep` wins, later ones are ignored.
package final class Promise<Value: Sendable>: Sendable {
  private enum State {
    case empty
    case awaited(CheckedContinuation<Value, Never>)
    case kept(Value)
  }

  private let state = Mutex(State.empty)

  package init() {}

  /// Whether the value is there.
  package var isKept: Bool {
    state.withLock { state in
      if case .kept = state { true } else { false }
    }
  }

  /// Delivers the value; false when there was one already.
  @discardableResult
  package func keep(_ value: Value) -> Bool {
    let (isFirst, continuation) = state.withLock { state -> (Bool, CheckedContinuation<Value, Never>?) in
      switch state {
      case .empty:
        state = .kept(value)
        return (true, nil)
      case .awaited(let continuation):
        state = .kept(value)
        return (true, continuation)
      case .kept:
        return (false, nil)
      }
    }
    continuation?.resume(returning: value)
    return isFirst
  }

  /// Waits for the value, whatever becomes of the task: for waits that are short by construction.
  package func value() async -> Value {
    await withCheckedContinuation { continuation in
      let value = state.withLock { state -> Value? in
        if case .kept(let value) = state { return value }
        state = .awaited(continuation)
        return nil
      }
      if let value { continuation.resume(returning: value) }
    }
  }

  /// Waits for the value; when the task is cancelled meanwhile, that value is `cancelled`.
  package func value(onCancel cancelled: Value) async -> Value {
    await withTaskCancellationHandler {
      await value()
    } onCancel: {
      keep(cancelled)
    }
  }
}
