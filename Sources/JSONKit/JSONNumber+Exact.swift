// SPDX-License-Identifier: Apache-2.0

/// A decimal number of any size, exactly: equal when the values are, ordered by value.
///
/// Written `±0.d₁d₂d₃… × 10^magnitude` with d₁ not 0: the first 19 digits are in `leading`, the others in `rest`.
struct ExactNumber: Hashable {
  private(set) var isNegative = false
  private(set) var magnitude = 0
  private(set) var leading: UInt64 = 0
  private(set) var rest: [UInt8] = []

  /// Beyond this exponents are taken for this, so that no sum of them overflows.
  private static let largestExponent = 1_000_000_000

  /// Reads a number that follows the grammar of JSON.
  init(_ number: JSONNumber) {
    var count = 0
    var isFraction = false
    var exponent = 0
    var exponentIsNegative = false
    var isExponent = false
    for byte in number.text.utf8 {
      switch byte {
      case UInt8(ascii: "-"): if isExponent { exponentIsNegative = true } else { isNegative = true }
      case UInt8(ascii: "+"): break
      case UInt8(ascii: "."): isFraction = true
      case UInt8(ascii: "e"), UInt8(ascii: "E"): isExponent = true
      default:
        let digit = byte &- 0x30
        if isExponent {
          exponent = min(exponent * 10 + Int(digit), Self.largestExponent)
        } else {
          append(digit, count: &count, isFraction: isFraction)
        }
      }
    }
    finish(count: count, exponent: exponentIsNegative ? -exponent : exponent)
  }

  private mutating func append(_ digit: UInt8, count: inout Int, isFraction: Bool) {
    if count == 0, digit == 0 {
      if isFraction { magnitude -= 1 }
      return
    }
    if !isFraction { magnitude += 1 }
    if count < 19 { leading = leading * 10 + UInt64(digit) } else { rest.append(digit) }
    count += 1
  }

  private mutating func finish(count: Int, exponent: Int) {
    guard count > 0 else {
      self = ExactNumber()
      return
    }
    if count < 19 { leading *= Self.power(of: 10, 19 - count) }
    while rest.last == 0 { rest.removeLast() }
    magnitude += exponent
  }

  private init() {}

  private static func power(of base: UInt64, _ exponent: Int) -> UInt64 {
    (0..<exponent).reduce(1) { power, _ in power * base }
  }
}

extension ExactNumber: Comparable {
  static func < (left: ExactNumber, right: ExactNumber) -> Bool {
    guard left.isNegative == right.isNegative else { return left.isNegative }
    return left.isNegative ? right.isCloserToZero(than: left) : left.isCloserToZero(than: right)
  }

  private func isCloserToZero(than other: ExactNumber) -> Bool {
    if leading == 0 || other.leading == 0 { return leading < other.leading }
    if magnitude != other.magnitude { return magnitude < other.magnitude }
    if leading != other.leading { return leading < other.leading }
    return rest.lexicographicallyPrecedes(other.rest)
  }
}

extension ExactNumber {
  /// All digits as an integer without trailing zeros, and the power of ten it is multiplied by.
  ///
  /// The integer is given in two parts: up to 19 digits, and those after them.
  private var scaled: (digits: UInt64, rest: [UInt8], exponent: Int) {
    guard leading != 0 else { return (0, [], 0) }
    guard rest.isEmpty else { return (leading, rest, magnitude - 19 - rest.count) }
    var digits = leading
    var count = 19
    while digits % 10 == 0 {
      digits /= 10
      count -= 1
    }
    return (digits, [], magnitude - count)
  }

  /// Whether there is no fraction; `1.0` and `1e2` have none.
  var isInteger: Bool { scaled.exponent >= 0 }

  /// The value as an `Int`; nil when there is a fraction or it does not fit.
  var int: Int? {
    let (digits, rest, exponent) = scaled
    guard rest.isEmpty, exponent >= 0, exponent < 19 else { return nil }
    let (value, overflow) = digits.multipliedReportingOverflow(by: Self.power(of: 10, exponent))
    guard !overflow else { return nil }
    return isNegative ? Int(exactly: -Int128(value)) : Int(exactly: value)
  }

  /// Whether this divided by `divisor` is an integer; nil when the divisor is zero or has more than 19 digits.
  func isMultiple(of divisor: ExactNumber) -> Bool? {
    let (by, byRest, byExponent) = divisor.scaled
    guard by != 0, byRest.isEmpty else { return nil }
    let (digits, rest, exponent) = scaled
    if digits == 0 { return true }
    let shift = exponent - byExponent
    if shift < 0 { return false }  // no factor of ten is left in the digits
    var remainder = digits % by
    for digit in rest { remainder = Self.product(remainder, 10, modulo: by, plus: UInt64(digit)) }
    return Self.product(remainder, Self.powerOfTen(shift, modulo: by), modulo: by) == 0
  }

  private static func product(_ left: UInt64, _ right: UInt64, modulo: UInt64, plus: UInt64 = 0) -> UInt64 {
    UInt64((UInt128(left) * UInt128(right) + UInt128(plus)) % UInt128(modulo))
  }

  private static func powerOfTen(_ exponent: Int, modulo: UInt64) -> UInt64 {
    var result = 1 % modulo
    var base = 10 % modulo
    var exponent = exponent
    while exponent > 0 {
      if exponent & 1 == 1 { result = product(result, base, modulo: modulo) }
      base = product(base, base, modulo: modulo)
      exponent >>= 1
    }
    return result
  }
}
