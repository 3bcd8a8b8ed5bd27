// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A pending call of a loop's timer.
package struct LoopTimer: Sendable {
  fileprivate let watch: LoopOwned<Watch?>
  fileprivate let loop: EventLoop

  /// Forgets the call if it has not begun.
  package func cancel() {
    loop.execute { [watch] in watch.value = nil }
  }
}

extension EventLoop {
  /// Calls `action` on the loop's thread once `delay` has passed.
  @discardableResult
  package func schedule(after delay: Duration, _ action: @escaping @Sendable () -> Void) -> LoopTimer {
    let watch = LoopOwned<Watch?>(nil, on: self)
    execute { [self] in
      watch.value = Watch(self, after: delay) {
        watch.value = nil
        action()
      }
    }
    return LoopTimer(watch: watch, loop: self)
  }

  /// Calls `action` on the loop's thread each time `interval` has passed, until cancelled.
  package func schedule(every interval: Duration, _ action: @escaping @Sendable () -> Void) -> LoopTimer {
    let watch = LoopOwned<Watch?>(nil, on: self)
    execute { [self] in watch.value = Watch(self, every: interval, action) }
    return LoopTimer(watch: watch, loop: self)
  }
}

extension timeval {
  /// A time span for C, never negative and at least a microsecond.
  init(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    let microseconds = attoseconds / 1_000_000_000_000
    self.init(tv_sec: max(0, Int(seconds)), tv_usec: seconds < 0 ? 1 : max(seconds == 0 ? 1 : 0, Int(microseconds)))
  }
}
