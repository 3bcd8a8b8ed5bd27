// SPDX-License-Identifier: Apache-2.0

extension JSONParser {
  /// The number at `position`, checked against the grammar and kept as it is spelled.
  mutating func number(in bytes: Span<UInt8>) throws(JSONError) -> JSONNumber {
    let start = position
    if bytes[position] == UInt8(ascii: "-") { position += 1 }
    if position < bytes.count, bytes[position] == UInt8(ascii: "0") {
      position += 1
    } else {
      try digits(in: bytes)
    }
    if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
      position += 1
      try digits(in: bytes)
    }
    if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
      position += 1
      if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
        position += 1
      }
      try digits(in: bytes)
    }
    if let shared = limits.sharedWords?.text(in: bytes, from: start, count: position &- start) {
      return JSONNumber(validated: shared)
    }
    return JSONNumber(validated: ascii(bytes.extracting(start..<position)))
  }

  private mutating func digits(in bytes: Span<UInt8>) throws(JSONError) {
    let start = position
    while position < bytes.count, bytes[position] &- 0x30 < 10 { position += 1 }
    guard position > start else { throw unexpected(in: bytes, expected: "a digit") }
  }

  /// The string whose opening quote is at `position`, the name of a member or not.
  @inline(__always)
  mutating func string(in bytes: Span<UInt8>, isName: Bool = false) throws(JSONError) -> String {
    let start = position + 1
    var end = start
    let isASCII = bytes.bytes.plainRun(from: &end)
    position = end
    guard end < bytes.count else { throw unexpected(in: bytes, expected: "'\"' at the end of the string") }
    guard bytes[end] == UInt8(ascii: "\"") else { return try escapedString(in: bytes, from: start) }
    position = end + 1
    let content = bytes.extracting(start..<end)
    guard isASCII else { return try validated(content, at: start) }
    if let shared = limits.sharedWords?.text(in: bytes, from: start, count: end &- start) { return shared }
    if isName, let shared = sharedName(content) { return shared }
    return ascii(content)
  }

  /// The shared name that is spelled like that; names that are short enough to be values are not shared.
  private func sharedName(_ content: Span<UInt8>) -> String? {
    guard content.count > 15 else { return nil }
    for name in limits.sharedNames where name.utf8.count == content.count {
      if content.bytes.hasBytes(of: name.utf8.span.bytes) { return name }
    }
    return nil
  }

  @inline(__always)
  private func ascii(_ content: Span<UInt8>) -> String {
    String(copying: UTF8Span(unchecked: content, isKnownASCII: true))
  }

  private mutating func validated(_ content: Span<UInt8>, at start: Int) throws(JSONError) -> String {
    do {
      return String(copying: try UTF8Span(validating: content))
    } catch {
      position = start + error.byteOffsets.lowerBound
      throw fault("invalid UTF-8 in a string")
    }
  }
}

extension JSONParser {
  /// A string that holds at least one escape: what lies between escapes is copied, escapes are resolved.
  private mutating func escapedString(
    in bytes: Span<UInt8>, from start: Int
  ) throws(JSONError) -> String {
    var content: [UInt8] = []
    var runStart = start
    while position < bytes.count {
      let byte = bytes[position]
      switch byte {
      case UInt8(ascii: "\""):
        try append(runStart, in: bytes, to: &content)
        position += 1
        return String(decoding: content, as: UTF8.self)
      case UInt8(ascii: "\\"):
        try append(runStart, in: bytes, to: &content)
        try appendEscape(in: bytes, to: &content)
        runStart = position
      case ..<0x20: throw fault("a control character in a string has to be escaped")
      default: position += 1
      }
    }
    throw unexpected(in: bytes, expected: "'\"' at the end of the string")
  }

  /// Copies the plain run from `start` to `position`, which has to be whole UTF-8 by itself.
  private mutating func append(_ start: Int, in bytes: Span<UInt8>, to content: inout [UInt8]) throws(JSONError) {
    let run = bytes.extracting(start..<position)
    do {
      _ = try UTF8Span(validating: run)
    } catch {
      position = start + error.byteOffsets.lowerBound
      throw fault("invalid UTF-8 in a string")
    }
    run.withUnsafeBufferPointer { content.append(contentsOf: $0) }
  }

  private mutating func appendEscape(in bytes: Span<UInt8>, to content: inout [UInt8]) throws(JSONError) {
    let start = position
    position += 1
    guard position < bytes.count else { throw unexpected(in: bytes, expected: "an escape") }
    let byte = bytes[position]
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(byte)
    case UInt8(ascii: "b"): content.append(0x08)
    case UInt8(ascii: "f"): content.append(0x0C)
    case UInt8(ascii: "n"): content.append(0x0A)
    case UInt8(ascii: "r"): content.append(0x0D)
    case UInt8(ascii: "t"): content.append(0x09)
    case UInt8(ascii: "u"):
      let scalar = try unicodeEscape(in: bytes, from: start)
      content.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      return
    default: throw unexpected(in: bytes, expected: "one of \" \\ / b f n r t u after '\\'")
    }
    position += 1
  }

  /// The scalar of a `\uXXXX` whose `u` is at `position`, or of a surrogate pair of two.
  private mutating func unicodeEscape(in bytes: Span<UInt8>, from start: Int) throws(JSONError) -> Unicode.Scalar {
    let unit = try hexUnit(in: bytes)
    if let scalar = Unicode.Scalar(UInt32(unit)) { return scalar }
    if unit < 0xDC00, position + 1 < bytes.count,
      bytes[position] == UInt8(ascii: "\\"), bytes[position + 1] == UInt8(ascii: "u")
    {
      position += 1
      let low = try hexUnit(in: bytes)
      if low & 0xFC00 == 0xDC00,
        let scalar = Unicode.Scalar(0x10000 + (UInt32(unit) & 0x3FF) << 10 + UInt32(low) & 0x3FF)
      {
        return scalar
      }
    }
    position = start
    throw fault("half of a surrogate pair, which is no character")
  }

  private mutating func hexUnit(in bytes: Span<UInt8>) throws(JSONError) -> UInt16 {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      position += 1
      guard position < bytes.count else { throw unexpected(in: bytes, expected: "four hexadecimal digits after \\u") }
      let byte = bytes[position]
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): unit = unit << 4 | UInt16(byte - 0x30)
      case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"):
        unit = unit << 4 | UInt16((byte | 0x20) - 0x61 + 10)
      default: throw unexpected(in: bytes, expected: "four hexadecimal digits after \\u")
      }
    }
    position += 1
    return unit
  }
}
