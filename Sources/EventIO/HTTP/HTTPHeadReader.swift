// SPDX-License-Identifier: Apache-2.0

/// Reads a request's line and header: checks them, and finds what they say about the body and the connection.
///
/// Spec: RFC 9112, sections 3 to 6 and 9.
struct HTTPHeadReader {
  private(set) var method = HTTPMethod.get
  private(set) var target = ""
  private(set) var headers = HTTPHeaders()
  private(set) var body = HTTPBodyReader.length(remaining: 0)
  private(set) var keepsAlive = true
  private(set) var expectsContinue = false
  private(set) var minorVersion: UInt8 = 1
  /// The length of the head in the input.
  private(set) var byteCount = 0
  /// Where the digits of the one Content-Length are in the input.
  private(set) var lengthDigits: Range<Int>?
  /// Where the value of the one free field is in the block of the fields.
  private(set) var freeValue: Range<Int>?
  /// Where the fields begin in the input.
  private(set) var fieldStart = 0

  /// Reads the head at the start of the input; nil when it is incomplete.
  init?(
    parsing whole: Span<UInt8>, _ limits: HTTPLimits, freeField: StaticString? = nil
  ) throws(HTTPRejection) {
    let input = whole.extracting(first: limits.sectionBytes)
    guard let fieldStart = try readRequestLine(input, limits) else {
      try limits.checkSection(whole)
      return nil
    }
    var reader = HTTPFieldReader(limits)
    guard let end = try reader.read(input, from: fieldStart) else {
      try limits.checkSection(whole)
      return nil
    }
    byteCount = end
    self.fieldStart = fieldStart
    let block = input.extracting(fieldStart..<end - 2)
    try interpret(reader.fields, in: block, limits)
    let lengths = reader.fields.filter { $0.isContentLength(in: block) }
    // Said twice, neither may change alone.
    if lengths.count == 1 {
      let digits = lengths[0].value
      lengthDigits = fieldStart + digits.lowerBound..<fieldStart + digits.upperBound
    }
    headers = HTTPHeaders(bytes: [UInt8](block), fields: reader.fields.filter { !$0.isContentLength(in: block) })
    if let freeField { freeValue = headers.onlyValue(of: freeField) }
  }

  /// The position after the line; nil when it is incomplete.
  private mutating func readRequestLine(_ input: Span<UInt8>, _ limits: HTTPLimits) throws(HTTPRejection) -> Int? {
    var start = 0
    // One empty line before a request is tolerated.
    if input.count >= 2, input[0] == 0x0D, input[1] == 0x0A { start = 2 }
    var position = start
    while position < input.count, input[position].isTokenByte { position += 1 }
    guard position < input.count, input.count - start > 1 || input[start] != 0x0D else { return nil }
    guard input[position] == 0x20, position > start, position - start <= 32 else {
      throw HTTPRejection(.badRequest, "the request line has no valid method")
    }
    method = HTTPMethod(input.extracting(start..<position))
    let targetStart = position + 1
    position = targetStart
    while position < input.count, input[position].isVisible { position += 1 }
    guard position - targetStart <= limits.targetBytes else {
      throw HTTPRejection(.targetTooLong, "the request target is longer than \(limits.targetBytes) bytes")
    }
    guard position < input.count else { return nil }
    guard input[position] == 0x20, position > targetStart else {
      throw HTTPRejection(.badRequest, "the request line has no valid target")
    }
    target = String(input.extracting(targetStart..<position))
    guard input.count - position > 10 else { return nil }
    try readVersion(input, position + 1)
    try checkTarget()
    return position + 11
  }

  private mutating func readVersion(_ input: Span<UInt8>, _ start: Int) throws(HTTPRejection) {
    let name: StaticString = "HTTP/"
    guard input.extracting(start..<start + 5).isEqual(name), input[start + 6] == UInt8(ascii: "."),
      input[start + 5].isDigit, input[start + 7].isDigit, input[start + 8] == 0x0D, input[start + 9] == 0x0A
    else { throw HTTPRejection(.badRequest, "the request line has no valid HTTP version") }
    guard input[start + 5] == UInt8(ascii: "1") else {
      throw HTTPRejection(.versionNotSupported, "only HTTP/1.1 and HTTP/1.0 are spoken here")
    }
    minorVersion = min(1, input[start + 7] - 0x30)
    keepsAlive = minorVersion == 1
  }

  private func checkTarget() throws(HTTPRejection) {
    if method.rawValue == "CONNECT" { throw HTTPRejection(.notImplemented, "this server is not a proxy") }
    guard target.utf8.first != UInt8(ascii: "/") else { return }
    guard target.hasPrefix("http://") || target.hasPrefix("https://") || (target == "*" && method == .options) else {
      throw HTTPRejection(.badRequest, "the request target is neither a path nor a URL")
    }
  }

  private mutating func interpret(
    _ fields: [HTTPHeaders.Field], in block: Span<UInt8>, _ limits: HTTPLimits
  ) throws(HTTPRejection) {
    var length: Int?
    var isChunked = false
    var hosts = 0
    for field in fields {
      let name = block.extracting(field.name)
      // The lengths of the names that matter here: most fields need no further look.
      switch name.count {
      case 4 where name.isSame("host"):
        hosts += 1
      case 14 where name.isSame("content-length"):
        let stated = try Self.contentLength(block.extracting(field.value))
        guard length == nil || length == stated else {
          throw HTTPRejection(.badRequest, "two Content-Length fields differ")
        }
        length = stated
      case 17 where name.isSame("transfer-encoding"):
        guard !isChunked, block.extracting(field.value).isSame("chunked") else {
          throw HTTPRejection(.notImplemented, "only the transfer coding 'chunked' is understood")
        }
        isChunked = true
      case 10 where name.isSame("connection"):
        readConnection(block.extracting(field.value))
      case 6 where name.isSame("expect"):
        guard block.extracting(field.value).isSame("100-continue") else {
          throw HTTPRejection(.expectationFailed, "only the expectation '100-continue' is understood")
        }
        expectsContinue = minorVersion == 1
      default: break
      }
    }
    guard hosts == 1 || (hosts == 0 && minorVersion == 0) else {
      throw HTTPRejection(.badRequest, "a request needs one Host field, found \(hosts)")
    }
    try setBody(length: length, isChunked: isChunked, limits)
  }

  private mutating func setBody(length: Int?, isChunked: Bool, _ limits: HTTPLimits) throws(HTTPRejection) {
    if isChunked {
      guard length == nil else {
        throw HTTPRejection(.badRequest, "Content-Length and Transfer-Encoding exclude each other")
      }
      guard minorVersion == 1 else { throw HTTPRejection(.badRequest, "HTTP/1.0 has no Transfer-Encoding") }
      body = .chunkSize(ChunkSizeLine())
    } else if let length {
      guard length <= limits.bodyBytes else { throw .bodyTooLarge(limits) }
      body = .length(remaining: length)
    } else if method == .post || method == .put || method == .patch {
      if target == limits.bodilessTarget { return }
      throw HTTPRejection(.lengthRequired, "a \(method) needs Content-Length or Transfer-Encoding: chunked")
    }
  }

  private mutating func readConnection(_ value: Span<UInt8>) {
    value.forEachListItem { item in
      if item.isSame("close") {
        keepsAlive = false
      } else if item.isSame("keep-alive"), minorVersion == 0 {
        keepsAlive = true
      }
    }
  }

  static func contentLength(_ value: Span<UInt8>) throws(HTTPRejection) -> Int {
    var number = 0
    for index in value.indices {
      guard value[index].isDigit else { throw HTTPRejection(.badRequest, "Content-Length is not a number") }
      // 18 digits fit; a larger one is as wrong as any that is larger than the limit.
      number = index < 18 ? number * 10 + Int(value[index] - 0x30) : Int.max
    }
    guard value.count > 0 else { throw HTTPRejection(.badRequest, "Content-Length is empty") }
    return number
  }
}

extension HTTPHeaders.Field {
  fileprivate func isContentLength(in block: Span<UInt8>) -> Bool {
    nameCount == 14 && block.extracting(name).isSame("content-length")
  }
}

extension HTTPMethod {
  /// Makes the common ones without allocating.
  fileprivate init(_ bytes: Span<UInt8>) {
    switch bytes.count {
    case 3 where bytes.isEqual("GET"): self = .get
    case 4 where bytes.isEqual("POST"): self = .post
    default: self.init(rawValue: String(bytes))
    }
  }
}
