// SPDX-License-Identifier: Apache-2.0

/// Short strings that are in nearly every text, and all of one byte, found by their bytes: sharing one takes half the time of
/// making it anew.
package final class SharedWords: Sendable {
  private struct Word {
    /// The first eight bytes, the first lowest.
    var low: UInt64 = 0
    /// The others, and their number in the highest byte; 0 where there is no word.
    var high: UInt64 = 0
    var text = ""
  }

  /// Each word at the place its bytes lead to.
  private let slots: [Word]
  private let factor: UInt64
  /// The strings of one byte.
  private let letters: [String]

  private static var shift: UInt64 { 57 }
  private static var longest: Int { 15 }

  /// Shares words of 2 to 15 bytes of ASCII; others are left out, and in the unlikely case that two lead to one place, one of them.
  package init(_ words: [String]) {
    let words = words.map(Self.word).filter { $0.high != 0 }
    let factors = (0..<200).map { (number: UInt64) in 0x9E37_79B9_7F4A_7C15 &+ number &* 0x5851_F42D_4C95_7F2E }
    let factor = factors.first { factor in
      Set(words.map { Self.place(of: $0, factor) }).count == words.count
    }
    self.factor = factor ?? 0x9E37_79B9_7F4A_7C15
    var slots = [Word](repeating: Word(), count: 1 << (64 - Int(Self.shift)))
    for word in words { slots[Self.place(of: word, self.factor)] = word }
    self.slots = slots
    letters = (0..<0x80).map { String(Unicode.Scalar($0)) }
  }

  private static func word(_ text: String) -> Word {
    var word = Word(text: text)
    guard (2...longest).contains(text.utf8.count), text.utf8.allSatisfy({ $0 < 0x80 }) else { return word }
    for (index, byte) in text.utf8.enumerated() {
      if index < 8 { word.low |= UInt64(byte) << (8 * index) } else { word.high |= UInt64(byte) << (8 * (index - 8)) }
    }
    word.high |= UInt64(text.utf8.count) << 56
    return word
  }

  @inline(__always)
  private static func place(of word: Word, _ factor: UInt64) -> Int {
    Int(truncatingIfNeeded: ((word.low ^ word.high) &* factor) &>> shift)
  }

  /// The shared string that these ASCII bytes are; nil when there is none.
  @inline(__always)
  func text(in bytes: Span<UInt8>, from start: Int, count: Int) -> String? {
    if count == 1 { return letters[Int(bytes[start])] }
    guard count <= Self.longest, count > 1, bytes.count &- start >= 16 else { return nil }
    let text = bytes.bytes
    var word = Word()
    word.low = UInt64(littleEndian: text.unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self))
    if count < 8 {
      word.low &= (1 &<< UInt64(truncatingIfNeeded: 8 &* count)) &- 1
    } else if count > 8 {
      word.high = UInt64(littleEndian: text.unsafeLoadUnaligned(fromByteOffset: start &+ 8, as: UInt64.self))
      word.high &= (1 &<< UInt64(truncatingIfNeeded: 8 &* (count &- 8))) &- 1
    }
    word.high |= UInt64(truncatingIfNeeded: count) &<< 56
    let place = Self.place(of: word, factor)
    guard slots[place].low == word.low, slots[place].high == word.high else { return nil }
    return slots[place].text
  }
}

extension SharedWords: Hashable {
  /// Whether both are the same object.
  package static func == (one: SharedWords, other: SharedWords) -> Bool { one === other }
  package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
