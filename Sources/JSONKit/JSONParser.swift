// SPDX-License-Identifier: Apache-2.0

/// Reads JSON in one pass over the bytes, which are handed to every step so that the parser itself stays a plain value.
///
/// `position` is the next byte to read, and the place an error is reported at.
struct JSONParser {
  let limits: JSONLimits
  var position = 0
  private var depth: Int
  private var values: Int

  /// Deeper nesting would come near the end of a 512 KiB stack in a debug build.
  static let deepest = 192

  init(limits: JSONLimits) {
    self.limits = limits
    depth = max(0, min(limits.depth, Self.deepest))
    values = limits.values
  }

  /// The whole text: one value and white space.
  mutating func text(in bytes: Span<UInt8>) throws(JSONError) -> JSON {
    guard bytes.count <= limits.bytes else {
      throw JSONError(offset: limits.bytes, message: "the text is longer than \(limits.bytes) bytes")
    }
    if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF {
      throw fault("a byte order mark is not allowed")
    }
    let value = try value(in: bytes, after: "at the start")
    _ = next(in: bytes)
    guard position == bytes.count else { throw unexpected(in: bytes, expected: "nothing after the value") }
    return value
  }

  func fault(_ message: String) -> JSONError { JSONError(offset: position, message: message) }

  /// What stands at `position`, said against what was expected there.
  func unexpected(in bytes: Span<UInt8>, expected: String) -> JSONError {
    guard position < bytes.count else { return fault("expected \(expected), found the end of the text") }
    let byte = bytes[position]
    let found =
      byte > 0x20 && byte < 0x7F
      ? "'\(Character(Unicode.Scalar(byte)))'" : "byte 0x\(byte < 16 ? "0" : "")\(String(byte, radix: 16))"
    return fault("expected \(expected), found \(found)")
  }
}

extension JSONParser {
  /// Skips white space and looks at the next byte; 0, which no JSON starts with, at the end.
  @inline(__always)
  private mutating func next(in bytes: Span<UInt8>) -> UInt8 {
    while position < bytes.count {
      let byte = bytes[position]
      if byte > 0x20 { return byte }
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
      position += 1
    }
    return 0
  }

  private mutating func value(in bytes: Span<UInt8>, after place: StaticString) throws(JSONError) -> JSON {
    let first = next(in: bytes)
    values -= 1
    guard values >= 0 else { throw fault("more than \(limits.values) values in one text") }
    switch first {
    case UInt8(ascii: "\""): return .string(try string(in: bytes))
    case UInt8(ascii: "{"): return .object(try object(in: bytes))
    case UInt8(ascii: "["): return .array(try array(in: bytes))
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number(in: bytes))
    case UInt8(ascii: "t"): return try literal("true", .bool(true), in: bytes)
    case UInt8(ascii: "f"): return try literal("false", .bool(false), in: bytes)
    case UInt8(ascii: "n"): return try literal("null", .null, in: bytes)
    default: throw unexpected(in: bytes, expected: "a value \(place)")
    }
  }

  private mutating func literal(_ word: StaticString, _ value: JSON, in bytes: Span<UInt8>) throws(JSONError) -> JSON {
    for index in 0..<word.utf8CodeUnitCount {
      guard position < bytes.count, bytes[position] == word.utf8Start[index] else {
        throw unexpected(in: bytes, expected: "the literal \(word)")
      }
      position += 1
    }
    return value
  }

  private mutating func object(in bytes: Span<UInt8>) throws(JSONError) -> JSONObject {
    try descend()
    position += 1
    var members: [JSONObject.Member] = []
    if next(in: bytes) == UInt8(ascii: "}") {
      ascend()
      return JSONObject(members)
    }
    members.reserveCapacity(4)
    while true {
      guard next(in: bytes) == UInt8(ascii: "\"") else {
        throw unexpected(in: bytes, expected: "a member name in double quotes")
      }
      let name = try string(in: bytes, isName: true)
      guard next(in: bytes) == UInt8(ascii: ":") else {
        throw unexpected(in: bytes, expected: "':' after the member name")
      }
      position += 1
      members.append(JSONObject.Member(name: name, value: try value(in: bytes, after: "after ':'")))
      switch next(in: bytes) {
      case UInt8(ascii: ","): position += 1
      case UInt8(ascii: "}"):
        ascend()
        return JSONObject(members)
      default: throw unexpected(in: bytes, expected: "',' or '}' after the member")
      }
    }
  }

  private mutating func array(in bytes: Span<UInt8>) throws(JSONError) -> [JSON] {
    try descend()
    position += 1
    var elements: [JSON] = []
    if next(in: bytes) == UInt8(ascii: "]") {
      ascend()
      return elements
    }
    elements.reserveCapacity(4)
    while true {
      elements.append(try value(in: bytes, after: "in the array"))
      switch next(in: bytes) {
      case UInt8(ascii: ","): position += 1
      case UInt8(ascii: "]"):
        ascend()
        return elements
      default: throw unexpected(in: bytes, expected: "',' or ']' after the element")
      }
    }
  }

  private mutating func descend() throws(JSONError) {
    depth -= 1
    guard depth >= 0 else { throw fault("nested deeper than \(min(limits.depth, Self.deepest)) levels") }
  }

  private mutating func ascend() {
    depth += 1
    position += 1
  }
}
