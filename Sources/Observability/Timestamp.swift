// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A moment, written as RFC 3339 in UTC with milliseconds.
package struct Timestamp: Sendable, Hashable, CustomStringConvertible {
  /// Milliseconds since 1970-01-01T00:00:00Z.
  package let milliseconds: Int

  package init(milliseconds: Int) { self.milliseconds = milliseconds }

  /// The moment of the call.
  package static var now: Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(milliseconds: time.tv_sec * 1000 + time.tv_nsec / 1_000_000)
  }

  /// Nanoseconds since 1970.
  package static var nanosecondsNow: Int {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }

  package var description: String {
    var bytes: [UInt8] = []
    write(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends the moment as text.
  func write(to bytes: inout [UInt8]) {
    let (days, rest) = (milliseconds / 86_400_000, milliseconds % 86_400_000)
    // Days to a civil date: eras of 400 years, years that begin in March.
    let shifted = days + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    bytes.append(decimal: year, digits: 4, then: UInt8(ascii: "-"))
    bytes.append(decimal: month, digits: 2, then: UInt8(ascii: "-"))
    bytes.append(decimal: day, digits: 2, then: UInt8(ascii: "T"))
    bytes.append(decimal: rest / 3_600_000, digits: 2, then: UInt8(ascii: ":"))
    bytes.append(decimal: rest / 60_000 % 60, digits: 2, then: UInt8(ascii: ":"))
    bytes.append(decimal: rest / 1000 % 60, digits: 2, then: UInt8(ascii: "."))
    bytes.append(decimal: rest % 1000, digits: 3, then: UInt8(ascii: "Z"))
  }
}

extension [UInt8] {
  fileprivate mutating func append(decimal number: Int, digits: Int, then next: UInt8) {
    var divisor = 1
    for _ in 1..<digits { divisor *= 10 }
    while divisor > 0 {
      append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / divisor % 10))
      divisor /= 10
    }
    append(next)
  }
}

/// Writes one moment after the other: what is the same within a second is spelled once.
struct TimestampText {
  private var second = Int.min
  /// `2026-07-28T12:00:00.`
  private var prefix: [UInt8] = []

  /// Appends the moment as text.
  mutating func write(_ time: Timestamp, to output: inout LineOutput) {
    let (second, rest) = (time.milliseconds / 1000, time.milliseconds % 1000)
    if second != self.second {
      prefix = []
      Timestamp(milliseconds: second * 1000).write(to: &prefix)
      prefix.removeLast(4)
      self.second = second
    }
    prefix.withUnsafeBytes { output.append($0) }
    output.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest / 100))
    output.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest / 10 % 10))
    output.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
    output.append(UInt8(ascii: "Z"))
  }
}
