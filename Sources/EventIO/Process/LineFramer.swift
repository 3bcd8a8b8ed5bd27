// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Cuts a byte stream into lines ending in `\n`; a `\r` before it is dropped, and so are empty lines.
///
/// Spec: every revision, basic/transports, stdio: one message per line.
package struct LineFramer: ~Copyable {
  private let limit: Int
  private var partial: [UInt8] = []

  /// Refuses lines longer than `limit` bytes, 64 MiB unless told.
  package init(limit: Int = 64 << 20) { self.limit = limit }

  /// Takes what was read and appends the lines it completes to `lines`.
  /// - Throws: `IOError` `.tooLarge` for a line over the limit; the stream cannot be read on then.
  package mutating func consume(_ bytes: borrowing Span<UInt8>, into lines: inout [[UInt8]]) throws(IOError) {
    var start = 0
    while let end = Self.newline(in: bytes, from: start) {
      try checkLength(partial.count + end - start)
      append(bytes, start..<end)
      finishLine(into: &lines)
      start = end + 1
    }
    try checkLength(partial.count + bytes.count - start)
    append(bytes, start..<bytes.count)
  }

  /// The stream has ended: what came after the last `\n` is a line too, as the last one of a file often is.
  package mutating func finish(into lines: inout [[UInt8]]) { finishLine(into: &lines) }

  private func checkLength(_ length: Int) throws(IOError) {
    if length > limit {
      throw IOError(.tooLarge, "a line is longer than \(limit) bytes, the limit for one message")
    }
  }

  private mutating func append(_ bytes: borrowing Span<UInt8>, _ range: Range<Int>) {
    if range.isEmpty { return }
    bytes.extracting(range).withUnsafeBufferPointer { partial.append(contentsOf: $0) }
  }

  private mutating func finishLine(into lines: inout [[UInt8]]) {
    if partial.last == UInt8(ascii: "\r") { partial.removeLast() }
    if partial.isEmpty { return }
    lines.append(partial)
    partial = []
  }

  private static func newline(in bytes: borrowing Span<UInt8>, from start: Int) -> Int? {
    if start >= bytes.count { return nil }
    return bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress, let found = memchr(base + start, 10, buffer.count - start) else {
        return nil
      }
      return UnsafeRawPointer(base).distance(to: UnsafeRawPointer(found))
    }
  }
}
