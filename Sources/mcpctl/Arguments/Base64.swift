// SPDX-License-Identifier: GPL-3.0-or-later

private let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

/// `bytes` in Base64 with padding (RFC 4648 section 4).
func base64(_ bytes: [UInt8]) -> String {
  var text: [UInt8] = []
  text.reserveCapacity((bytes.count + 2) / 3 * 4)
  for start in stride(from: 0, to: bytes.count, by: 3) {
    let group = bytes[start..<min(start + 3, bytes.count)]
    let padded = group + Array(repeating: 0, count: 3 - group.count)
    let bits = padded.reduce(0) { $0 << 8 | Int($1) }
    for place in 0..<4 {
      text.append(place > group.count ? UInt8(ascii: "=") : alphabet[bits >> (18 - 6 * place) & 63])
    }
  }
  return String(decoding: text, as: UTF8.self)
}

/// The bytes `text` stands for in Base64, line ends ignored; nil when it is something else.
func bytes(base64 text: String) -> [UInt8]? {
  var bytes: [UInt8] = []
  var bits = 0
  var count = 0
  var padding = 0
  for character in text.utf8 where character != 0x0A && character != 0x0D {
    if character == UInt8(ascii: "=") {
      padding += 1
      continue
    }
    guard padding == 0, let value = sextet(character) else { return nil }
    bits = (bits << 6 | value) & 0xFFFFFF
    count += 1
    if count % 4 != 1 { bytes.append(UInt8(truncatingIfNeeded: bits >> [0, 0, 4, 2][count % 4])) }
  }
  return count % 4 == 1 || padding > 2 ? nil : bytes
}

private func sextet(_ character: UInt8) -> Int? {
  switch character {
  case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(character) - 65
  case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(character) - 71
  case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(character) + 4
  case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
  case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
  default: nil
  }
}
