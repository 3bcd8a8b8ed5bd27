// SPDX-License-Identifier: Apache-2.0

/// A JSON number as it was spelled: `1.10`, `1e400` and 64-bit integers pass through unchanged.
public struct JSONNumber: Sendable, Hashable {
  /// The number's JSON spelling.
  public let text: String

  /// Wraps a spelling already known to follow the grammar of RFC 8259 section 6.
  package init(validated text: String) { self.text = text }

  /// Makes an integer.
  public init(_ value: some BinaryInteger) { text = String(value) }

  /// Makes an integer.
  public init(_ value: Int) { text = String(digitsOf: value) }

  /// Makes the shortest spelling that reads back as `value`; nil for infinities and NaN, which JSON cannot say.
  /// Whole numbers below 2^53 are written without a fraction.
  public init?(_ value: Double) {
    guard value.isFinite else { return nil }
    let isWhole = value == value.rounded() && value.magnitude < 9_007_199_254_740_992
    text = isWhole ? String(digitsOf: Int(value)) : "\(value)"
  }

  /// The exact integer value; nil when there is a fraction or it does not fit `Int`.
  public var int: Int? { Int(text) ?? ExactNumber(self).int }
  /// The nearest double; infinite when the number is out of its range.
  public var double: Double { shortDouble ?? Double(text) ?? 0 }

  /// The nearest double of a number short enough for its digits and the power of ten below them to be exact.
  private var shortDouble: Double? {
    guard text.utf8.count <= 16 else { return nil }
    var digits: Int64 = 0
    var divisor = 1.0
    var isFraction = false
    var isNegative = false
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        digits = digits &* 10 &+ Int64(byte &- 0x30)
        if isFraction { divisor *= 10 }
      case UInt8(ascii: "."): isFraction = true
      case UInt8(ascii: "-"): isNegative = true
      default: return nil
      }
    }
    guard digits <= 1 << 53 else { return nil }
    let value = Double(digits) / divisor
    return isNegative ? -value : value
  }
}

extension String {
  /// The decimal spelling.
  init(digitsOf value: Int) { self = value.withDigits { String(decoding: $0, as: UTF8.self) } }
}

extension Int {
  /// Hands the decimal spelling to `body`: the general one takes five times as long, and every response has an id.
  @inline(__always)
  func withDigits<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
      var start = digits.count
      var rest = magnitude
      repeat {
        start -= 1
        digits.initializeElement(at: start, to: UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
        rest /= 10
      } while rest > 0
      if self < 0 {
        start -= 1
        digits.initializeElement(at: start, to: UInt8(ascii: "-"))
      }
      return body(UnsafeBufferPointer(rebasing: digits[start...]))
    }
  }
}
