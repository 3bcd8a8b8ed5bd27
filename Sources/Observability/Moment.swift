// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A moment of the monotonic clock, cheap to take: for durations that are measured all the time.
package struct Moment: Sendable, Hashable {
  /// Nanoseconds since some moment.
  package let nanoseconds: Int

  /// The moment of the call.
  package static var now: Moment {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Moment(nanoseconds: time.tv_sec * 1_000_000_000 + time.tv_nsec)
  }

  /// Nanoseconds since then.
  package var age: Int { Moment.now.nanoseconds - nanoseconds }
}
