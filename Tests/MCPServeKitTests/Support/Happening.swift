// SPDX-License-Identifier: Apache-2.0
import EventIO
import Synchronization

/// Something that happens once and is awaited by one.
final class Happening: Sendable {
  private let promise = Promise<Void>()
  func happen() { promise.keep(()) }
  func wait() async { await promise.value() }
}

/// A time that passes when told.
final class ManualTime: Sendable {
  private let time = Mutex(ContinuousClock.now)
  var now: ContinuousClock.Instant { time.withLock { $0 } }
  func advance(by duration: Duration) { time.withLock { $0 += duration } }
}
