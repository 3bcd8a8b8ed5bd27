// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A moment of the clock that only goes on, while the machine sleeps too, as that of `ContinuousClock` does; cheap to take.
package struct Moment: Sendable, Hashable {
  /// Nanoseconds since some moment.
  package let nanoseconds: Int

  package init(nanoseconds: Int) { self.nanoseconds = nanoseconds }

  /// The moment of the call.
  package static var now: Moment {
    var time = timespec()
    clock_gettime(CLOCK_BOOTTIME, &time)
    return Moment(nanoseconds: time.tv_sec * 1_000_000_000 + time.tv_nsec)
  }

  /// Nanoseconds since then.
  package var age: Int { Moment.now.nanoseconds - nanoseconds }
}

extension Moment: Comparable {
  package static func < (left: Moment, right: Moment) -> Bool { left.nanoseconds < right.nanoseconds }
}

/// Unlike `ContinuousClock.Instant` its size is known when compiling, and comparing two calls nothing: what holds many of them, or
/// is asked with every request, holds these.
extension Moment {
  private static let origin = (moment: Moment.now, instant: ContinuousClock.now)

  /// The moment `instant` names, the same each time.
  package init(_ instant: ContinuousClock.Instant) {
    self = Self.origin.moment + Self.origin.instant.duration(to: instant)
  }

  /// What tells the moment: `now`, or the clock of the machine.
  package static func clock(_ now: (@Sendable () -> ContinuousClock.Instant)?) -> @Sendable () -> Moment {
    guard let now else { return { .now } }
    return { Moment(now()) }
  }

  /// The moment that much later; the last there is when it is later still.
  package static func + (moment: Moment, duration: Duration) -> Moment {
    moment.adding(nanoseconds: duration.nanoseconds)
  }

  /// The same with a duration that is there as a number.
  package func adding(nanoseconds duration: Int) -> Moment {
    let (sum, isOver) = nanoseconds.addingReportingOverflow(duration)
    return Moment(nanoseconds: isOver ? .max : sum)
  }

  /// How long it is until `other`; negative when that was before.
  package func duration(to other: Moment) -> Duration { .nanoseconds(other.nanoseconds - nanoseconds) }
}
