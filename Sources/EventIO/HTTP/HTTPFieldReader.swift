// SPDX-License-Identifier: Apache-2.0

/// Reads the field lines of a head or a trailer section, up to and with the empty line that ends it.
///
/// Spec: RFC 9112, section 5. Folded lines, spaces before the colon and stray control characters are rejected.
struct HTTPFieldReader {
  private let limits: HTTPLimits
  private(set) var fields: [HTTPHeaders.Field] = []

  init(_ limits: HTTPLimits) { self.limits = limits }

  /// The position after the empty line; nil when it has not arrived. The fields' positions count from `start`.
  ///
  /// The input is at most 64 KiB long.
  mutating func read(_ input: Span<UInt8>, from start: Int) throws(HTTPRejection) -> Int? {
    fields.reserveCapacity(12)
    var position = start
    while position < input.count {
      if input[position] == 0x0D {
        guard position + 1 < input.count else { return nil }
        guard input[position + 1] == 0x0A else { throw HTTPRejection(.badRequest, "a line ends with CR alone") }
        return position + 2
      }
      guard fields.count < limits.headerCount else {
        throw HTTPRejection(.headersTooLarge, "there are more than \(limits.headerCount) header fields")
      }
      guard let next = try readLine(input, from: position, base: start) else { return nil }
      position = next
    }
    return nil
  }

  private mutating func readLine(
    _ input: Span<UInt8>, from start: Int, base: Int
  ) throws(HTTPRejection) -> Int? {
    var position = Self.skipName(input, from: start)
    guard position < input.count else { return nil }
    guard input[position] == UInt8(ascii: ":"), position > start else {
      throw HTTPRejection(.badRequest, "a header line has no valid name before its colon")
    }
    let nameEnd = position
    position += 1
    while position < input.count, input[position].isSpace { position += 1 }
    let valueStart = position
    position = Self.skipValue(input, from: position)
    guard position + 1 < input.count else {
      if position < input.count, input[position] != 0x0D { throw Self.badValue }
      return nil
    }
    guard input[position] == 0x0D, input[position + 1] == 0x0A else { throw Self.badValue }
    var valueEnd = position
    while valueEnd > valueStart, input[valueEnd - 1].isSpace { valueEnd -= 1 }
    fields.append(
      HTTPHeaders.Field(
        nameStart: UInt16(start - base), nameCount: UInt16(nameEnd - start), valueStart: UInt16(valueStart - base),
        valueCount: UInt16(valueEnd - valueStart)))
    return position + 2
  }

  /// The first position that cannot belong to a name, or the input's end. Eight bytes at a time.
  private static func skipName(_ input: Span<UInt8>, from start: Int) -> Int {
    var position = start
    while position + 8 <= input.count {
      guard let found = input.word(at: position).firstUncommonNameByte else {
        position += 8
        continue
      }
      position += found
      guard input[position].isTokenByte else { return position }
      position += 1
    }
    while position < input.count, input[position].isTokenByte { position += 1 }
    return position
  }

  /// The first position that cannot belong to a value, or the input's end. Eight bytes at a time.
  private static func skipValue(_ input: Span<UInt8>, from start: Int) -> Int {
    var position = start
    while position + 8 <= input.count {
      guard let found = input.word(at: position).firstControlByte else {
        position += 8
        continue
      }
      position += found
      guard input[position] == 0x09 else { return position }
      position += 1
    }
    while position < input.count, input[position].isFieldByte { position += 1 }
    return position
  }

  private static let badValue = HTTPRejection(.badRequest, "a header value contains a control character")
}

extension HTTPLimits {
  /// How many bytes a head or trailer section may have; positions in it are kept in 16 bits.
  var sectionBytes: Int { min(headerBytes, 60 * 1024) }

  /// Rejects an incomplete section that is as long as it may be.
  func checkSection(_ input: Span<UInt8>) throws(HTTPRejection) {
    guard input.count < sectionBytes else { throw .headersTooLarge(self) }
  }
}

extension HTTPRejection {
  static func headersTooLarge(_ limits: HTTPLimits) -> HTTPRejection {
    HTTPRejection(.headersTooLarge, "the header is larger than \(limits.headerBytes) bytes")
  }
}

extension UInt8 {
  /// Whether it may be part of a method or a field name (RFC 9110, "token").
  var isTokenByte: Bool {
    // One bit for each of the 128 characters: !#$%&'*+-.^_`|~, digits and letters.
    let mask: UInt64 = self < 64 ? 0x03FF_6CFA_0000_0000 : 0x57FF_FFFF_C7FF_FFFE
    return self < 128 && mask >> UInt64(self & 63) & 1 == 1
  }

  /// Whether it may be part of a field value: visible, space, tab or above ASCII.
  var isFieldByte: Bool { (self >= 0x20 && self != 0x7F) || self == 0x09 }

  var isSpace: Bool { self == 0x20 || self == 0x09 }
}
