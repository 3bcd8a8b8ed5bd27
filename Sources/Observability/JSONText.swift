// SPDX-License-Identifier: Apache-2.0

/// JSON in the making, for what is only ever written. What peers send can neither end a string nor move a cursor.
struct JSONText {
  private(set) var bytes: [UInt8] = []

  init() { bytes.reserveCapacity(256) }

  /// Appends what is JSON already.
  mutating func append(_ text: String) {
    var text = text
    text.withUTF8 { bytes.append(contentsOf: $0) }
  }

  mutating func append(_ time: Timestamp) { time.write(to: &bytes) }

  /// Appends a string in quotes.
  mutating func append(string value: String) {
    bytes.append(0x22)
    for byte in value.utf8 {
      switch byte {
      case 0x22, 0x5C: bytes += [0x5C, byte]
      case 0x0A: append("\\n")
      case 0x0D: append("\\r")
      case 0x09: append("\\t")
      case 0..<0x20, 0x7F:
        let digits = String(byte, radix: 16)
        append("\\u00\(digits.utf8.count == 1 ? "0" : "")\(digits)")
      default: bytes.append(byte)
      }
    }
    bytes.append(0x22)
  }
}
