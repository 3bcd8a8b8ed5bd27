// SPDX-License-Identifier: Apache-2.0

extension Array<UInt8> {
  init(_ span: Span<UInt8>) {
    self = span.withUnsafeBufferPointer { Array($0) }
  }

  mutating func append(_ span: Span<UInt8>) {
    span.withUnsafeBufferPointer { append(contentsOf: $0) }
  }
}

extension String {
  init(_ span: Span<UInt8>) {
    self = span.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
  }
}

extension Span<UInt8> {
  func contains(_ byte: UInt8) -> Bool {
    var index = 0
    while index < count {
      if self[index] == byte { return true }
      index += 1
    }
    return false
  }

  /// Whether these are the bytes of an ASCII text.
  func isEqual(_ text: StaticString) -> Bool {
    guard count == text.utf8CodeUnitCount else { return false }
    return text.withUTF8Buffer { text in
      var index = 0
      while index < count {
        guard self[index] == text[index] else { return false }
        index += 1
      }
      return true
    }
  }

  /// Whether these are the bytes of a lower-case ASCII text, in any case.
  func isSame(_ text: StaticString) -> Bool {
    guard count == text.utf8CodeUnitCount else { return false }
    return text.withUTF8Buffer { text in
      var index = 0
      while index < count {
        guard self[index].asciiLowercased == text[index] else { return false }
        index += 1
      }
      return true
    }
  }

  /// Calls `body` with each item of a comma-separated list, without the spaces around it.
  func forEachListItem(_ body: (Span<UInt8>) -> Void) {
    var start = 0
    while start < count {
      var end = start
      while end < count, self[end] != UInt8(ascii: ",") { end += 1 }
      var (first, last) = (start, end)
      while first < last, self[first].isSpace { first += 1 }
      while last > first, self[last - 1].isSpace { last -= 1 }
      if first < last { body(extracting(first..<last)) }
      start = end + 1
    }
  }
}

extension UInt8 {
  var isDigit: Bool { self &- 0x30 < 10 }
  /// Whether it is a visible ASCII character.
  var isVisible: Bool { self > 0x20 && self < 0x7F }
}
