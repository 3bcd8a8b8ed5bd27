// SPDX-License-Identifier: Apache-2.0

/// Where the connections of a loop put together what they send next.
///
/// Its memory is fixed, so that appending is a copy and nothing else; whoever appends knows what fits.
final class SendBuffer {
  /// The largest piece of a body that is copied next to its head. The head itself is at most half of the memory.
  static let copiedBytes = 32 * 1024

  private let memory = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 128 * 1024)
  private(set) var count = 0

  deinit { memory.deallocate() }

  var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(rebasing: memory[..<count]) }

  func clear() { count = 0 }

  func append(_ byte: UInt8) {
    memory[count] = byte
    count += 1
  }

  func append(_ bytes: [UInt8]) {
    bytes.withUnsafeBufferPointer { append($0) }
  }

  func append(_ text: StaticString) {
    append(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  func append(_ text: String) {
    var text = text
    text.withUTF8 { append($0) }
  }

  private func append(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let source = bytes.baseAddress, let start = memory.baseAddress else { return }
    precondition(bytes.count <= memory.count - count, "the send buffer holds a head and a piece of a body")
    (start + count).update(from: source, count: bytes.count)
    count += bytes.count
  }

  func append(decimal number: Int) {
    var divisor = 1
    while number / divisor >= 10 { divisor *= 10 }
    while divisor > 0 {
      append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / divisor % 10))
      divisor /= 10
    }
  }

  func append(hexadecimal number: Int) {
    var shift = max(0, (Int.bitWidth - number.leadingZeroBitCount - 1) / 4 * 4)
    while shift >= 0 {
      let digit = UInt8(truncatingIfNeeded: number >> shift & 15)
      append(digit < 10 ? 0x30 + digit : 0x57 + digit)
      shift -= 4
    }
  }
}
