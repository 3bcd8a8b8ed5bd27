// SPDX-License-Identifier: Apache-2.0

/// Strings of at most 15 bytes of ASCII are held in their own two words: the bytes from the first on, and in the last byte
/// `0xE0` and their number. Most names and many values of a message are such, and writing one as two words takes a quarter of the
/// time.
///
/// That this is what strings are like is looked at once, with strings of every length; where they are not, nothing here is used.
enum SmallString {
  /// The most bytes there is room for.
  private static var capacity: Int { 15 }

  /// Whether the bytes of strings are where they are looked for.
  static let isKnown: Bool = (0...capacity).allSatisfy { count in
    guard MemoryLayout<String>.size == 16 else { return false }
    let texts = [UInt8(ascii: "a"), UInt8(ascii: "~"), 0x01].map { byte in
      String(decoding: (0..<count).map { byte ^ UInt8($0 & 1) }, as: UTF8.self)
    }
    return texts.allSatisfy { text in
      var (low, high) = (UInt64(0), (0xE0 | UInt64(count)) << 56)
      for (index, byte) in text.utf8.enumerated() {
        if index < 8 { low |= UInt64(byte) << (8 * index) } else { high |= UInt64(byte) << (8 * (index - 8)) }
      }
      return withUnsafeBytes(of: text) { words in
        words.load(as: UInt64.self) == low
          && words.load(fromByteOffset: 8, as: UInt64.self) == high
      }
    }
  }

  /// The words of a string of at most 15 bytes of ASCII that is held in them, without their number, and that; nil for others.
  @inline(__always)
  static func words(of text: borrowing String) -> (low: UInt64, high: UInt64, count: Int)? {
    guard isKnown else { return nil }
    let (low, high) = withUnsafeBytes(of: text) { words in
      (words.load(as: UInt64.self), words.load(fromByteOffset: 8, as: UInt64.self))
    }
    guard high &>> 60 == 0xE else { return nil }
    return (low, high & 0x00FF_FFFF_FFFF_FFFF, Int(truncatingIfNeeded: high &>> 56) & 15)
  }

  /// Whether these are the words of two such strings. Of those, different words are different text.
  @inline(__always)
  static func areBoth(_ high: UInt64, _ otherHigh: UInt64) -> Bool {
    isKnown && high &>> 60 == 0xE && otherHigh &>> 60 == 0xE
  }
}
