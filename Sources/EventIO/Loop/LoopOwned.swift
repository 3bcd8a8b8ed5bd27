// SPDX-License-Identifier: Apache-2.0

/// Holds a value that only the thread of one loop touches.
package final class LoopOwned<Value>: @unchecked Sendable {
  // `@unchecked` because every access checks that it is on the loop's thread.
  private let loop: EventLoop
  private var stored: Value

  /// May be made anywhere, like the value.
  package init(_ value: Value, on loop: EventLoop) {
    self.loop = loop
    stored = value
  }

  package var value: Value {
    get {
      loop.checkIsolated()
      return stored
    }
    set {
      loop.checkIsolated()
      stored = newValue
    }
  }
}
