// SPDX-License-Identifier: Apache-2.0

extension ElicitationForm.Format {
  /// Whether `text` looks as it should: enough to catch mistakes of the keyboard, not to prove that it means something.
  public func accepts(_ text: String) -> Bool {
    switch self {
    case .email:
      let parts = text.split(separator: "@", omittingEmptySubsequences: false)
      return parts.count == 2 && !parts[0].isEmpty && !parts[1].isEmpty && !text.contains(where: \.isWhitespace)
    case .uri:
      guard let colon = text.firstIndex(of: ":"), text.index(after: colon) < text.endIndex else { return false }
      let scheme = text[..<colon].utf8
      return scheme.first.map(Self.isLetter) == true && !text.contains(where: \.isWhitespace)
        && scheme.allSatisfy { Self.isLetter($0) || Self.isDigit($0) || "+-.".utf8.contains($0) }
    case .date: return Self.isDate(Array(text.utf8))
    case .dateTime:
      let bytes = Array(text.utf8)
      guard bytes.count >= 20, Self.isDate(Array(bytes[..<10])), bytes[10] | 0x20 == UInt8(ascii: "t") else {
        return false
      }
      return Self.isTime(Array(bytes[11...]))
    }
  }

  /// The format for people: `an e-mail address`.
  public var phrase: String {
    switch self {
    case .email: "an e-mail address"
    case .uri: "a URI"
    case .date: "a date like 2026-07-28"
    case .dateTime: "a date and time like 2026-07-28T12:00:00Z"
    }
  }

  /// RFC 3339 `full-date`.
  private static func isDate(_ bytes: [UInt8]) -> Bool {
    guard fits(bytes, "0000-00-00"), let month = number(bytes[5..<7]), let day = number(bytes[8..<10]),
      let year = number(bytes[0..<4]), (1...12).contains(month)
    else { return false }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return (1...days[month - 1]).contains(day)
  }

  /// RFC 3339 `full-time`.
  private static func isTime(_ bytes: [UInt8]) -> Bool {
    guard bytes.count >= 9, fits(Array(bytes[..<8]), "00:00:00"), let hour = number(bytes[0..<2]),
      let minute = number(bytes[3..<5]), let second = number(bytes[6..<8]), hour < 24, minute < 60, second <= 60
    else { return false }
    var zone = bytes[8...]
    if zone.first == UInt8(ascii: ".") {
      let fraction = zone.dropFirst().prefix(while: isDigit)
      guard !fraction.isEmpty else { return false }
      zone = zone.dropFirst(1 + fraction.count)
    }
    if zone.count == 1, let last = zone.first { return last | 0x20 == UInt8(ascii: "z") }
    guard let sign = zone.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return false }
    return fits(Array(zone.dropFirst()), "00:00")
  }

  /// Whether `bytes` are like `pattern`, with any digit for each 0.
  private static func fits(_ bytes: [UInt8], _ pattern: String) -> Bool {
    bytes.count == pattern.utf8.count
      && zip(bytes, pattern.utf8).allSatisfy { $1 == UInt8(ascii: "0") ? isDigit($0) : $0 == $1 }
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int? { Int(String(decoding: digits, as: UTF8.self)) }
  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
  private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
}
