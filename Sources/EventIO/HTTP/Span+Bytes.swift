// SPDX-License-Identifier: Apache-2.0

extension Array<UInt8> {
  init(_ span: Span<UInt8>) {
    self = span.withUnsafeBufferPointer { Array($0) }
  }

  mutating func append(_ span: Span<UInt8>) {
    span.withUnsafeBufferPointer { append(contentsOf: $0) }
  }

  mutating func append(_ text: StaticString) {
    append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }
}

extension String {
  init(_ span: Span<UInt8>) {
    self = span.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
  }
}

extension Span<UInt8> {
  /// The eight bytes from `index` on, the first of them lowest.
  func word(at index: Int) -> UInt64 {
    UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
  }

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
  package func isSame(_ text: StaticString) -> Bool { isSame(text, in: 0..<count) }

  /// Whether the bytes in `range` are those of a lower-case ASCII text, in any case. Equal words need no second look.
  package func isSame(_ text: StaticString, in range: Range<Int>) -> Bool {
    guard range.count == text.utf8CodeUnitCount else { return false }
    return text.withUTF8Buffer { text in
      let text = text.span
      let start = range.lowerBound
      var index = 0
      while index &+ 8 <= text.count, word(at: start &+ index) == text.word(at: index) { index &+= 8 }
      while index < text.count {
        guard self[start &+ index].asciiLowercased == text[index] else { return false }
        index &+= 1
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

extension UInt64 {
  /// Of the eight bytes in a word, the first that is neither a letter, a digit nor `-`; nil without any.
  var firstUncommonNameByte: Int? {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let tops = ones << 7
    let low = self & ~tops
    // A sum has its byte's top bit set when the byte is at least the limit; seven bits never carry into the next byte.
    func isAtLeast(_ limit: UInt8, _ bytes: UInt64) -> UInt64 { bytes &+ ones &* UInt64(0x80 - limit) }
    let lowercased = low | ones &* 0x20
    let letters = isAtLeast(0x61, lowercased) & ~isAtLeast(0x7B, lowercased)
    let digits = isAtLeast(0x30, low) & ~isAtLeast(0x3A, low)
    let hyphens = isAtLeast(0x2D, low) & ~isAtLeast(0x2E, low)
    let found = (~(letters | digits | hyphens) | self) & tops
    return found == 0 ? nil : found.trailingZeroBitCount >> 3
  }

  /// Of the eight bytes in a word, the first that is a control character (tab and DEL included); nil without any.
  var firstControlByte: Int? {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let tops = ones << 7
    // Both are exact about the lowest byte they find, and only that one is asked for.
    let belowSpace = (self &- ones &* 0x20) & ~self
    let deletes = self ^ (ones &* 0x7F)
    let found = (belowSpace | ((deletes &- ones) & ~deletes)) & tops
    return found == 0 ? nil : found.trailingZeroBitCount >> 3
  }
}
