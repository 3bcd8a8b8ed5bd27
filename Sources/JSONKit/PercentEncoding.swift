// SPDX-License-Identifier: Apache-2.0

/// Percent-encoding of RFC 3986.
package enum PercentEncoding {
  /// The text meant; nil when a `%` is not followed by two hexadecimal digits or the bytes are not UTF-8.
  package static func decoded(_ text: some StringProtocol) -> String? {
    guard text.utf8.contains(UInt8(ascii: "%")) else { return String(text) }
    var bytes: [UInt8] = []
    var units = text.utf8.makeIterator()
    while let unit = units.next() {
      guard unit == UInt8(ascii: "%") else {
        bytes.append(unit)
        continue
      }
      guard let high = units.next().flatMap(digit), let low = units.next().flatMap(digit) else { return nil }
      bytes.append(high << 4 | low)
    }
    return String(validating: bytes, as: UTF8.self)
  }

  /// `text` with everything but unreserved characters encoded.
  package static func encoded(_ text: String) -> String { encoded(Array(text.utf8)[...], keepingReserved: false) }

  /// The text with everything but unreserved characters encoded; with `keepingReserved`, reserved characters and what
  /// is encoded already stay as they are.
  static func encoded(_ bytes: ArraySlice<UInt8>, keepingReserved: Bool) -> String {
    var text: [UInt8] = []
    for (index, byte) in zip(bytes.indices, bytes) {
      let isKept = isUnreserved(byte) || keepingReserved && (isReserved(byte) || isTriplet(at: index, in: bytes))
      if isKept { text.append(byte) } else { append(byte, to: &text) }
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static func isTriplet(at index: Int, in bytes: ArraySlice<UInt8>) -> Bool {
    bytes[index] == UInt8(ascii: "%") && index + 2 < bytes.endIndex && digit(bytes[index + 1]) != nil
      && digit(bytes[index + 2]) != nil
  }

  private static func isReserved(_ byte: UInt8) -> Bool { ":/?#[]@!$&'()*+,;=".utf8.contains(byte) }

  /// The value of a hexadecimal digit.
  static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - 0x30
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - 0x61 + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - 0x41 + 10
    default: nil
    }
  }

  /// Appends `byte` as `%XX`.
  static func append(_ byte: UInt8, to text: inout [UInt8]) {
    let digits = Array("0123456789ABCDEF".utf8)
    text += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
  }

  /// Whether `byte` is a letter, a digit or one of `-._~`.
  static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
      UInt8(ascii: "~"):
      true
    default: false
    }
  }
}
