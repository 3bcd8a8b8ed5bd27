// SPDX-License-Identifier: Apache-2.0

/// Where a line of a log is written: a window on the stack, emptied into the caller's bytes when full and at the end.
///
/// One append for most lines instead of one for each word of theirs. Raw pointers stay in this file; every store is preceded
/// by `makeRoom`.
struct LineOutput {
  private let window: UnsafeMutableRawPointer
  private var used = 0
  private var bytes: [UInt8]

  private static let capacity = 1024

  /// Runs `body`, whose output is appended to `bytes`.
  @inline(__always)
  static func appending(to bytes: inout [UInt8], _ body: (inout LineOutput) -> Void) {
    withUnsafeTemporaryAllocation(byteCount: capacity, alignment: 8) { window in
      guard let window = window.baseAddress else { return }
      var output = LineOutput(window: window, bytes: bytes)
      bytes = []  // moved, so that appending does not copy
      body(&output)
      output.flush()
      bytes = output.bytes
    }
  }

  /// The output, which goes on there alone: bytes that two hold are copied when one of them grows.
  @inline(__always)
  mutating func taken() -> LineOutput {
    defer { bytes = [] }
    return self
  }

  private mutating func flush() {
    bytes.append(contentsOf: UnsafeRawBufferPointer(start: window, count: used))
    used = 0
  }

  @inline(__always)
  private mutating func makeRoom(for count: Int) {
    if used &+ count > Self.capacity { flush() }
  }

  @inline(__always)
  mutating func append(_ byte: UInt8) {
    makeRoom(for: 1)
    window.storeBytes(of: byte, toByteOffset: used, as: UInt8.self)
    used &+= 1
  }

  /// Appends a constant as it is.
  @inline(__always)
  mutating func append(_ text: StaticString) {
    append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// Appends bytes as they are.
  mutating func append(_ more: UnsafeRawBufferPointer) {
    guard let start = more.baseAddress, more.count <= Self.capacity else { return appendLong(more) }
    makeRoom(for: more.count)
    (window + used).copyMemory(from: start, byteCount: more.count)
    used &+= more.count
  }

  private mutating func appendLong(_ more: UnsafeRawBufferPointer) {
    flush()
    bytes.append(contentsOf: more)
  }

  /// Appends a number.
  mutating func append(decimal number: Int) {
    if number < 0 { append(UInt8(ascii: "-")) }
    var (rest, divisor) = (number.magnitude, UInt(1))
    while rest / divisor >= 10 { divisor *= 10 }
    while divisor > 0 {
      append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest / divisor))
      rest %= divisor
      divisor /= 10
    }
  }

  /// Appends a value of a line for people: in quotes where it would be misread without.
  mutating func append(textValue value: String) {
    var value = value
    value.withUTF8 { bytes in
      guard !bytes.isEmpty, appendPlain(bytes) else { return append(quoting: bytes) }
    }
  }

  /// Appends a string in quotes.
  mutating func append(quoting value: String) {
    var value = value
    value.withUTF8 { append(quoting: $0) }
  }

  /// Appends what needs no quotes; false, and nothing, when it does.
  private mutating func appendPlain(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard text.count <= Self.capacity else {
      guard text.allSatisfy(Self.isPlain) else { return false }
      appendLong(UnsafeRawBufferPointer(text))
      return true
    }
    makeRoom(for: text.count)
    var end = used
    for byte in text {
      guard Self.isPlain(byte) else { return false }
      window.storeBytes(of: byte, toByteOffset: end, as: UInt8.self)
      end &+= 1
    }
    used = end
    return true
  }

  @inline(__always)
  private static func isPlain(_ byte: UInt8) -> Bool {
    byte > 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "=") && byte != 0x7F
  }

  private mutating func append(quoting text: UnsafeBufferPointer<UInt8>) {
    append(UInt8(ascii: "\""))
    for byte in text {
      if byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte != 0x7F {
        append(byte)
      } else {
        append(escaping: byte)
      }
    }
    append(UInt8(ascii: "\""))
  }

  private mutating func append(escaping byte: UInt8) {
    append(UInt8(ascii: "\\"))
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): append(byte)
    case 0x0A: append(UInt8(ascii: "n"))
    case 0x0D: append(UInt8(ascii: "r"))
    case 0x09: append(UInt8(ascii: "t"))
    default:
      append("u00" as StaticString)
      append(UInt8(ascii: "0") &+ byte >> 4)
      append(byte & 15 < 10 ? UInt8(ascii: "0") &+ byte & 15 : UInt8(ascii: "a") &+ byte & 15 &- 10)
    }
  }
}
