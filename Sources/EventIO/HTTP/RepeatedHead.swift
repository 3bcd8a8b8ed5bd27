// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The head of a connection's latest request with a body, to be known again: a peer says the same head with every
/// request, only the body and its length differ, and perhaps the value of the handler's free field, so most heads need
/// not be read.
struct RepeatedHead: Sendable {
  private let head: HTTPHead
  private let bytes: [UInt8]
  private let lengthDigits: Range<Int>
  /// Where the value of the free field is among the bytes; empty and at their end without one.
  private let freeValue: Range<Int>
  /// Where the fields begin among the bytes.
  private let fieldStart: Int

  /// The longest head that is kept, in bytes: idle connections keep theirs.
  private static let limit = 2048

  /// Nil when the head is long, or says more than another may repeat.
  init?(_ head: HTTPHead, read reader: HTTPHeadReader, from input: Span<UInt8>) {
    guard let digits = reader.lengthDigits, head.keepsAlive, !reader.expectsContinue, reader.byteCount <= Self.limit
    else { return nil }
    self.head = head
    lengthDigits = digits
    let (start, end) = (reader.fieldStart, reader.byteCount)
    fieldStart = start
    freeValue = reader.freeValue.map { start + $0.lowerBound..<start + $0.upperBound } ?? end..<end
    bytes = [UInt8](input.extracting(0..<end))
  }

  /// The head, its length and that of the body, when the input starts with the same head; else it is to be read.
  func match(_ input: Span<UInt8>, _ limits: HTTPLimits) -> (head: HTTPHead, byteCount: Int, bodyCount: Int)? {
    guard input.count >= bytes.count, hasSameText(input), let head = head(in: input),
      let count = try? HTTPHeadReader.contentLength(input.extracting(lengthDigits)), count <= limits.bodyBytes
    else { return nil }
    return (head, bytes.count, count)
  }

  /// Whether the input says the same outside of what may differ.
  private func hasSameText(_ input: Span<UInt8>) -> Bool {
    let isLengthFirst = lengthDigits.lowerBound < freeValue.lowerBound
    let (first, second) = isLengthFirst ? (lengthDigits, freeValue) : (freeValue, lengthDigits)
    return isSame(input, 0..<first.lowerBound) && isSame(input, first.upperBound..<second.lowerBound)
      && isSame(input, second.upperBound..<bytes.count)
  }

  /// The head with the value of the free field that the input has; nil when no value looks like that.
  private func head(in input: Span<UInt8>) -> HTTPHead? {
    guard !isSame(input, freeValue) else { return head }
    let value = input.extracting(freeValue)
    for index in value.indices where !value[index].isVisible { return nil }
    let place = freeValue.lowerBound - fieldStart..<freeValue.upperBound - fieldStart
    return HTTPHead(head, headers: head.headers.replacing(place, with: value))
  }

  private func isSame(_ input: Span<UInt8>, _ range: Range<Int>) -> Bool {
    input.withUnsafeBufferPointer { input in
      bytes.withUnsafeBufferPointer { known in
        guard let input = input.baseAddress, let known = known.baseAddress else { return false }
        return memcmp(input + range.lowerBound, known + range.lowerBound, range.count) == 0
      }
    }
  }
}
