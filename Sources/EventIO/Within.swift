// SPDX-License-Identifier: Apache-2.0

/// Runs `body` for at most `time`; nil when it takes longer, and then it is cancelled and waited for. When the caller is
/// cancelled, what `body` makes of that is the result.
package func within<Value: Sendable>(
  _ time: Duration, _ body: @escaping @Sendable () async -> Value
) async -> Value? {
  await withTaskGroup(of: Ending<Value>.self) { group in
    group.addTask { .body(await body()) }
    group.addTask {
      let isOver: Void? = try? await Task.sleep(for: time)
      return isOver == nil ? .cancelled : .timeIsUp
    }
    defer { group.cancelAll() }
    while let ending = await group.next() {
      switch ending {
      case .body(let value): return value
      case .timeIsUp: return nil
      case .cancelled: continue
      }
    }
    return nil
  }
}

private enum Ending<Value: Sendable>: Sendable {
  case body(Value)
  case timeIsUp
  case cancelled
}
