// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The head of a connection's latest request with a body, to be known again: a peer says the same head with every
/// request, only the body and its length differ, so most heads need not be read.
struct RepeatedHead: Sendable {
  private let head: HTTPHead
  private let bytes: [UInt8]
  private let lengthDigits: Range<Int>

  /// The longest head that is kept, in bytes: idle connections keep theirs.
  private static let limit = 2048

  /// Nil when the head is long, or says more than another may repeat.
  init?(_ head: HTTPHead, read reader: HTTPHeadReader, from input: Span<UInt8>) {
    guard let digits = reader.lengthDigits, head.keepsAlive, !reader.expectsContinue, reader.byteCount <= Self.limit
    else { return nil }
    self.head = head
    lengthDigits = digits
    bytes = [UInt8](input.extracting(0..<reader.byteCount))
  }

  /// The head, its length and that of the body, when the input starts with the same head; else it is to be read.
  func match(_ input: Span<UInt8>, _ limits: HTTPLimits) -> (head: HTTPHead, byteCount: Int, bodyCount: Int)? {
    guard input.count >= bytes.count, hasSameText(input),
      let count = try? HTTPHeadReader.contentLength(input.extracting(lengthDigits)), count <= limits.bodyBytes
    else { return nil }
    return (head, bytes.count, count)
  }

  private func hasSameText(_ input: Span<UInt8>) -> Bool {
    input.withUnsafeBufferPointer { input in
      bytes.withUnsafeBufferPointer { known in
        guard let input = input.baseAddress, let start = known.baseAddress else { return false }
        let end = lengthDigits.upperBound
        return memcmp(input, start, lengthDigits.lowerBound) == 0
          && memcmp(input + end, start + end, known.count - end) == 0
      }
    }
  }
}
