// SPDX-License-Identifier: Apache-2.0

extension String {
  /// Whether both have the same UTF-8; `==` also takes differently composed characters for the same.
  @inline(__always)
  package func hasBytes(of other: String) -> Bool {
    let (low, high) = words
    let (otherLow, otherHigh) = other.words
    // Short strings are values and names are mostly shared: the same words are the same text.
    if low == otherLow, high == otherHigh { return true }
    guard utf8.count == other.utf8.count else { return false }
    if SmallString.areBoth(high, otherHigh) { return false }
    return comparesBytes(with: other)
  }

  /// Apart, because the spans keep both strings alive, which those who need none should not pay for.
  @inline(never)
  private func comparesBytes(with other: String) -> Bool { utf8.span.bytes.hasBytes(of: other.utf8.span.bytes) }
}

extension String {
  /// The two words it is represented by.
  @inline(__always)
  private var words: (low: UInt64, high: UInt64) {
    withUnsafeBytes(of: self) { words in
      (words.load(as: UInt64.self), words.load(fromByteOffset: 8, as: UInt64.self))
    }
  }
}

extension RawSpan {
  /// The eight bytes at `index`, the first the lowest; traps past the end.
  @inline(__always)
  private func word(at index: Int) -> UInt64 {
    UInt64(littleEndian: unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
  }

  @inline(__always)
  private func byte(at index: Int) -> UInt8 { unsafeLoad(fromByteOffset: index, as: UInt8.self) }

  /// Whether both hold the same bytes.
  @inline(__always)
  func hasBytes(of other: RawSpan) -> Bool {
    guard byteCount == other.byteCount else { return false }
    var index = 0
    while index &+ 8 <= byteCount {
      guard word(at: index) == other.word(at: index) else { return false }
      index &+= 8
    }
    while index < byteCount {
      guard byte(at: index) == other.byte(at: index) else { return false }
      index &+= 1
    }
    return true
  }

  /// Moves `index` to the next byte that cannot stand in a JSON string as it is, or to the end.
  ///
  /// - Returns: Whether all bytes passed are ASCII.
  @inline(__always)
  func plainRun(from index: inout Int) -> Bool {
    var seen: UInt64 = 0
    while index &+ 8 <= byteCount {
      let word = word(at: index)
      let stops = BytePattern.stops(in: word)
      if stops != 0 {
        seen |= word & (stops & (0 &- stops) &- 1)
        index &+= stops.trailingZeroBitCount / 8
        return seen & BytePattern.high == 0
      }
      seen |= word
      index &+= 8
    }
    while index < byteCount, !BytePattern.isStop(byte(at: index)) {
      seen |= UInt64(byte(at: index))
      index &+= 1
    }
    return seen & BytePattern.high == 0
  }
}

/// Questions put to eight bytes at a time, answered in a handful of instructions.
enum BytePattern {
  static var high: UInt64 { 0x8080_8080_8080_8080 }
  static var spaces: UInt64 { 0x2020_2020_2020_2020 }

  /// Whether a byte cannot stand in a JSON string as it is: a quote, a backslash or a control character.
  @inline(__always)
  static func isStop(_ byte: UInt8) -> Bool { byte < 0x20 || byte == 0x22 || byte == 0x5C }

  /// A bit in every byte of `word` that is a stop, and maybe in some above it: only the lowest is exact.
  @inline(__always)
  static func stops(in word: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let quote = word ^ (ones &* 0x22)
    let backslash = word ^ (ones &* 0x5C)
    return ((quote &- ones) & ~quote | (backslash &- ones) & ~backslash | (word &- spaces) & ~word) & high
  }
}
