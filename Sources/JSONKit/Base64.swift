// SPDX-License-Identifier: Apache-2.0

/// Bytes as text (RFC 4648).
package enum Base64 {
  /// Section 4: with padding.
  case standard
  /// Section 5: for URLs and names, without padding.
  case url

  /// `bytes` as text.
  package func text(_ bytes: [UInt8]) -> String {
    let alphabet = self == .standard ? Self.standardAlphabet : Self.urlAlphabet
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    var bits: UInt32 = 0
    var count = 0
    for byte in bytes {
      bits = bits << 8 | UInt32(byte)
      count += 8
      while count >= 6 {
        count -= 6
        text.append(alphabet[Int(bits >> count & 63)])
      }
    }
    if count > 0 { text.append(alphabet[Int(bits << (6 - count) & 63)]) }
    if self == .standard { while !text.count.isMultiple(of: 4) { text.append(UInt8(ascii: "=")) } }
    return String(decoding: text, as: UTF8.self)
  }

  /// The bytes `text` stands for; nil when it is no Base64 of this kind in its only spelling.
  package func bytes(_ text: some StringProtocol) -> [UInt8]? {
    var units = Array(text.utf8)[...]
    if self == .standard {
      guard units.count.isMultiple(of: 4) else { return nil }
      units = Self.withoutPadding(units)
    }
    let (plus, slash) = self == .standard ? ("+", "/") : ("-", "_") as (Unicode.Scalar, Unicode.Scalar)
    let decoded = Self.decode(units) { unit in
      switch unit {
      case UInt8(ascii: plus): 62
      case UInt8(ascii: slash): 63
      default: Self.letterOrDigit(unit)
      }
    }
    guard let decoded, decoded.rest == 0 else { return nil }
    return decoded.bytes
  }

  /// The bytes of what other programs write: either alphabet, with padding or without, on any number of lines; nil when
  /// it is something else.
  package static func bytes(lenient text: String) -> [UInt8]? {
    let units = text.utf8.filter { $0 != 0x0A && $0 != 0x0D }
    let decoded = decode(withoutPadding(units[...])) { unit in
      switch unit {
      case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
      case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
      default: letterOrDigit(unit)
      }
    }
    return decoded?.bytes
  }
}

extension Base64 {
  private static let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
  private static let standardAlphabet = Array((letters + "+/").utf8)
  private static let urlAlphabet = Array((letters + "-_").utf8)

  /// The whole bytes, and the bits left over; nil for a unit without a value, and for one unit too many.
  private static func decode(
    _ units: ArraySlice<UInt8>, _ value: (UInt8) -> UInt32?
  ) -> (bytes: [UInt8], rest: UInt32)? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(units.count * 3 / 4)
    var bits: UInt32 = 0
    var count = 0
    for unit in units {
      guard let value = value(unit) else { return nil }
      bits = bits << 6 | value
      count += 6
      guard count >= 8 else { continue }
      count -= 8
      bytes.append(UInt8(truncatingIfNeeded: bits >> count))
    }
    return count < 6 ? (bytes, bits & (1 << count - 1)) : nil
  }

  /// Up to two `=` are padding; what is more has no value.
  private static func withoutPadding(_ units: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    units.dropLast(units.suffix(2).reversed().prefix { $0 == UInt8(ascii: "=") }.count)
  }

  private static func letterOrDigit(_ unit: UInt8) -> UInt32? {
    switch unit {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(unit) - 65
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(unit) - 71
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(unit) + 4
    default: nil
    }
  }
}
