// SPDX-License-Identifier: Apache-2.0

/// Reads the body of one request, of known length or in chunks.
///
/// Spec: RFC 9112, sections 6 and 7. Chunk extensions and trailer fields are checked and left out.
enum HTTPBodyReader: Sendable {
  case length(remaining: Int)
  case chunkSize(ChunkSizeLine)
  case chunk(remaining: Int)
  case chunkEnd(sawReturn: Bool)
  case trailers(lines: [UInt8])

  /// Takes input from `position` on; true when the body is complete.
  mutating func read(
    _ input: Span<UInt8>, _ position: inout Int, into request: inout HTTPRequest?, _ limits: HTTPLimits
  ) throws(HTTPRejection) -> Bool {
    while true {
      switch self {
      case .length(let remaining):
        let taken = Self.take(remaining, input, &position, into: &request)
        self = .length(remaining: remaining - taken)
        return taken == remaining
      case .chunkSize(var line):
        guard let size = try line.read(input, &position) else {
          self = .chunkSize(line)
          return false
        }
        guard size <= limits.bodyBytes - (request?.body.count ?? 0) else { throw .bodyTooLarge(limits) }
        self = size == 0 ? .trailers(lines: []) : .chunk(remaining: size)
      case .chunk(let remaining):
        let taken = Self.take(remaining, input, &position, into: &request)
        guard taken == remaining else {
          self = .chunk(remaining: remaining - taken)
          return false
        }
        self = .chunkEnd(sawReturn: false)
      case .chunkEnd(let sawReturn):
        guard position < input.count else { return false }
        guard input[position] == (sawReturn ? 0x0A : 0x0D) else {
          throw HTTPRejection(.badRequest, "a chunk is longer than its size")
        }
        position += 1
        self = sawReturn ? .chunkSize(ChunkSizeLine()) : .chunkEnd(sawReturn: true)
      case .trailers(var lines):
        self = .trailers(lines: [])
        let isComplete = try Self.readTrailers(input, &position, &lines, limits)
        self = .trailers(lines: lines)
        return isComplete
      }
    }
  }

  private static func take(
    _ count: Int, _ input: Span<UInt8>, _ position: inout Int, into request: inout HTTPRequest?
  ) -> Int {
    let taken = min(count, input.count - position)
    request?.body.append(input.extracting(position..<position + taken))
    position += taken
    return taken
  }

  private static func readTrailers(
    _ input: Span<UInt8>, _ position: inout Int, _ lines: inout [UInt8], _ limits: HTTPLimits
  ) throws(HTTPRejection) -> Bool {
    let before = lines.count
    let start = position
    let rest = input.extracting(position..<input.count)
    lines.append(rest)
    position = input.count
    guard rest.contains(UInt8(ascii: "\n")) || lines.count > limits.headerBytes else { return false }
    var fields = HTTPFieldReader(limits)
    guard let end = try fields.read(lines.span.extracting(first: limits.sectionBytes), from: 0) else {
      try limits.checkSection(lines.span)
      return false
    }
    position = start + end - before
    return true
  }
}

/// The line before a chunk: its size in hexadecimal, perhaps with extensions.
struct ChunkSizeLine: Sendable {
  private var size = 0
  private var digits = 0
  private var length = 0
  private var isInExtension = false
  private var sawReturn = false

  /// The size once the line is complete.
  mutating func read(_ input: Span<UInt8>, _ position: inout Int) throws(HTTPRejection) -> Int? {
    while position < input.count {
      let byte = input[position]
      position += 1
      length += 1
      guard length <= 1024 else { throw HTTPRejection(.badRequest, "a chunk's extensions are longer than 1024 bytes") }
      if sawReturn {
        guard byte == 0x0A else { throw Self.malformed }
        return size
      }
      try read(byte)
    }
    return nil
  }

  private mutating func read(_ byte: UInt8) throws(HTTPRejection) {
    if byte == 0x0D, digits > 0 {
      sawReturn = true
    } else if isInExtension {
      guard byte == 0x09 || (byte >= 0x20 && byte != 0x7F) else { throw Self.malformed }
    } else if let digit = byte.hexDigit {
      guard digits < 15 else { throw HTTPRejection(.contentTooLarge, "a chunk's size has more than 15 digits") }
      size = size << 4 | digit
      digits += 1
    } else {
      guard digits > 0, byte == UInt8(ascii: ";") || byte == 0x20 || byte == 0x09 else { throw Self.malformed }
      isInExtension = true
    }
  }

  private static let malformed = HTTPRejection(.badRequest, "a chunk's size is malformed")
}

extension HTTPRejection {
  static func bodyTooLarge(_ limits: HTTPLimits) -> HTTPRejection {
    HTTPRejection(.contentTooLarge, "the body is larger than \(limits.bodyBytes) bytes")
  }
}

extension UInt8 {
  fileprivate var hexDigit: Int? {
    switch self {
    case 0x30...0x39: Int(self) - 0x30
    case 0x41...0x46: Int(self) - 0x37
    case 0x61...0x66: Int(self) - 0x57
    default: nil
    }
  }
}
