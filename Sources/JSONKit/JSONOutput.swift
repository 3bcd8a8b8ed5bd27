// SPDX-License-Identifier: Apache-2.0

/// Where JSON is written: a window on the stack, emptied into the caller's bytes when full and at the end.
///
/// One append for most texts instead of one for each token, and no count of the size beforehand. Raw pointers stay in
/// this file; every store is preceded by `makeRoom`.
package struct JSONOutput {
  private let window: UnsafeMutableRawPointer
  private var used = 0
  private var bytes: [UInt8]

  private static let capacity = 1024

  /// Runs `body`, whose output is appended to `bytes`.
  static func appending(to bytes: inout [UInt8], _ body: (inout JSONOutput) -> Void) {
    withUnsafeTemporaryAllocation(byteCount: capacity, alignment: 8) { window in
      guard let window = window.baseAddress else { return }
      var output = JSONOutput(window: window, bytes: bytes)
      bytes = []  // moved, so that appending does not copy
      body(&output)
      output.flush()
      bytes = output.bytes
    }
  }

  /// What `body` writes.
  package static func bytes(_ body: (inout JSONOutput) -> Void) -> [UInt8] {
    var bytes: [UInt8] = []
    appending(to: &bytes, body)
    return bytes
  }

  private mutating func flush() {
    bytes.append(contentsOf: UnsafeRawBufferPointer(start: window, count: used))
    used = 0
  }

  @inline(__always)
  private mutating func makeRoom(for count: Int) {
    if used &+ count > Self.capacity { flush() }
  }

  /// Appends a byte as it is.
  @inline(__always)
  package mutating func append(_ byte: UInt8) {
    makeRoom(for: 1)
    window.storeBytes(of: byte, toByteOffset: used, as: UInt8.self)
    used &+= 1
  }

  /// Appends an integer.
  package mutating func append(decimal number: Int) {
    number.withDigits { digits in for digit in digits { append(digit) } }
  }

  /// Appends text as it is.
  package mutating func append(_ text: StaticString) {
    let count = text.utf8CodeUnitCount
    precondition(count <= Self.capacity, "a constant of ours is short")
    makeRoom(for: count)
    (window + used).copyMemory(from: text.utf8Start, byteCount: count)
    used &+= count
  }

  /// Appends text that needs neither quotes nor escapes.
  mutating func append(plain text: borrowing String) {
    Self.withUnits(of: text) { units in for unit in units { append(unit) } }
  }

  /// Appends `text` as a JSON string.
  @inline(__always)
  mutating func append(quoting text: borrowing String) {
    if let (low, high, count) = SmallString.words(of: text), append(quoting: low, high, count) { return }
    Self.withUnits(of: text) { units in append(quoting: units) }
  }

  @inline(__always)
  private static func withUnits(of text: borrowing String, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    let isDone: Void? = text.utf8.withContiguousStorageIfAvailable(body)
    guard isDone == nil else { return }
    var text = copy text
    text.withUTF8(body)
  }

  /// Appends the string that these words hold; false when one of its bytes has to be escaped.
  @inline(__always)
  private mutating func append(quoting low: UInt64, _ high: UInt64, _ count: Int) -> Bool {
    // What is beyond the string is zero, as no byte of it may be.
    let isFirstFull = count >= 8
    let missing = isFirstFull ? UInt64(0) : ~0 &<< UInt64(truncatingIfNeeded: 8 &* count)
    let missingBelow = isFirstFull ? ~0 &<< UInt64(truncatingIfNeeded: 8 &* (count &- 8)) : ~UInt64(0)
    let stops =
      BytePattern.stops(in: low | missing & BytePattern.spaces)
      | BytePattern.stops(in: high | missingBelow & BytePattern.spaces)
    guard stops == 0 else { return false }
    makeRoom(for: 18)
    let start = window + used
    start.storeBytes(of: UInt8(ascii: "\""), as: UInt8.self)
    start.storeBytes(of: low, toByteOffset: 1, as: UInt64.self)
    start.storeBytes(of: high, toByteOffset: 9, as: UInt64.self)
    start.storeBytes(of: UInt8(ascii: "\""), toByteOffset: count &+ 1, as: UInt8.self)
    used &+= count &+ 2
    return true
  }

  /// Copies eight bytes at a time until one has to be escaped.
  private mutating func append(quoting units: UnsafeBufferPointer<UInt8>) {
    guard let source = UnsafeRawPointer(units.baseAddress), units.count + 2 <= Self.capacity else {
      return appendSlowly(quoting: units)
    }
    makeRoom(for: units.count &+ 2)
    let start = window + used
    let target = start + 1
    var index = 0
    while index &+ 8 <= units.count {
      let word = source.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      guard BytePattern.stops(in: word) == 0 else { return appendSlowly(quoting: units) }
      target.storeBytes(of: word, toByteOffset: index, as: UInt64.self)
      index &+= 8
    }
    if index &+ 4 <= units.count {
      let word = source.loadUnaligned(fromByteOffset: index, as: UInt32.self)
      guard BytePattern.stops(in: UInt64(word) | BytePattern.spaces << 32) == 0 else {
        return appendSlowly(quoting: units)
      }
      target.storeBytes(of: word, toByteOffset: index, as: UInt32.self)
      index &+= 4
    }
    while index < units.count {
      let unit = source.load(fromByteOffset: index, as: UInt8.self)
      guard !BytePattern.isStop(unit) else { return appendSlowly(quoting: units) }
      target.storeBytes(of: unit, toByteOffset: index, as: UInt8.self)
      index &+= 1
    }
    start.storeBytes(of: UInt8(ascii: "\""), as: UInt8.self)
    target.storeBytes(of: UInt8(ascii: "\""), toByteOffset: index, as: UInt8.self)
    used &+= units.count &+ 2
  }

  /// Appends a string that is long or has bytes to escape.
  private mutating func appendSlowly(quoting units: UnsafeBufferPointer<UInt8>) {
    append(UInt8(ascii: "\""))
    for unit in units {
      if BytePattern.isStop(unit) { append(escaping: unit) } else { append(unit) }
    }
    append(UInt8(ascii: "\""))
  }

  private mutating func append(escaping unit: UInt8) {
    append(UInt8(ascii: "\\"))
    switch unit {
    case 0x08: append(UInt8(ascii: "b"))
    case 0x09: append(UInt8(ascii: "t"))
    case 0x0A: append(UInt8(ascii: "n"))
    case 0x0C: append(UInt8(ascii: "f"))
    case 0x0D: append(UInt8(ascii: "r"))
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): append(unit)
    default:
      append(plain: unit < 16 ? "u000" : "u001")
      append(unit & 15 < 10 ? 0x30 + unit & 15 : 0x57 + unit & 15)
    }
  }
}
