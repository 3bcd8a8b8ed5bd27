// SPDX-License-Identifier: GPL-3.0-or-later

/// JSON as editors keep it, made into JSON: comments, and commas before a closing bracket, become blanks, so that every
/// other byte stays where it was.
func withoutComments(_ text: [UInt8]) -> [UInt8] {
  var bytes = text
  var index = 0
  var comma: Int?
  func blank(_ range: Range<Int>) {
    for place in range where bytes[place] != UInt8(ascii: "\n") { bytes[place] = 0x20 }
  }
  while index < bytes.count {
    let start = index
    switch bytes[index] {
    case UInt8(ascii: "\""):
      index += 1
      while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
        index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
      }
      index += 1
      comma = nil
    case UInt8(ascii: "/") where index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "/"):
      while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { index += 1 }
      blank(start..<index)
    case UInt8(ascii: "/") where index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "*"):
      index += 2
      while index + 1 < bytes.count, !(bytes[index] == UInt8(ascii: "*") && bytes[index + 1] == UInt8(ascii: "/")) {
        index += 1
      }
      index = min(index + 2, bytes.count)
      blank(start..<index)
    case UInt8(ascii: ","):
      comma = index
      index += 1
    case UInt8(ascii: "}"), UInt8(ascii: "]"):
      if let comma { bytes[comma] = 0x20 }
      comma = nil
      index += 1
    case 0x20, 0x09, 0x0A, 0x0D: index += 1
    default:
      comma = nil
      index += 1
    }
  }
  return bytes
}
