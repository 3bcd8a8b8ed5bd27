// SPDX-License-Identifier: Apache-2.0

/// How the peer knows where a response's body ends.
enum HTTPFraming: Sendable {
  case length(Int)
  case chunked
  /// The connection's end is the body's: HTTP/1.0 streams.
  case untilClose
  /// The status has no body.
  case none
}

/// What a response says about the connection's future.
enum HTTPPersistence: Sendable {
  /// As the protocol version has it.
  case unsaid
  case keepAlive
  case close
}

extension Array<UInt8> {
  /// Appends a response's head. Fields that the server decides are left out of `headers`.
  mutating func appendHead(
    _ status: HTTPStatus, _ headers: HTTPHeaders, _ framing: HTTPFraming, _ persistence: HTTPPersistence, date: [UInt8]
  ) {
    if status.rawValue == 200 {
      append("HTTP/1.1 200 OK\r\n" as StaticString)
    } else {
      append("HTTP/1.1 " as StaticString)
      append(decimal: status.rawValue)
      append(UInt8(ascii: " "))
      append(contentsOf: status.reason.utf8)
      append("\r\n" as StaticString)
    }
    append(headers)
    append(contentsOf: date)
    switch framing {
    case .length(let count):
      append("Content-Length: " as StaticString)
      append(decimal: count)
      append("\r\n" as StaticString)
    case .chunked: append("Transfer-Encoding: chunked\r\n" as StaticString)
    case .untilClose, .none: break
    }
    switch persistence {
    case .unsaid: break
    case .keepAlive: append("Connection: keep-alive\r\n" as StaticString)
    case .close: append("Connection: close\r\n" as StaticString)
    }
    append("\r\n" as StaticString)
  }

  private mutating func append(_ headers: HTTPHeaders) {
    guard headers.hasConnectionFields else {
      append(contentsOf: headers.bytes)
      return
    }
    for (name, value) in headers where !HTTPHeaders.isConnectionField(name) {
      append(contentsOf: "\(name): \(value)\r\n".utf8)
    }
  }

  /// Appends a chunk of a chunked body; an empty one would end the body, so it is left out.
  mutating func appendChunk(_ bytes: [UInt8]) {
    guard !bytes.isEmpty else { return }
    appendChunkSize(bytes.count)
    append(contentsOf: bytes)
    append("\r\n" as StaticString)
  }

  private mutating func appendChunkSize(_ size: Int) {
    var shift = Swift.max(0, (Int.bitWidth - size.leadingZeroBitCount - 1) / 4 * 4)
    while shift >= 0 {
      let digit = UInt8(size >> shift & 15)
      append(digit < 10 ? 0x30 + digit : 0x57 + digit)
      shift -= 4
    }
    append("\r\n" as StaticString)
  }

  mutating func append(decimal number: Int) {
    var divisor = 1
    while number / divisor >= 10 { divisor *= 10 }
    while divisor > 0 {
      append(UInt8(ascii: "0") + UInt8(number / divisor % 10))
      divisor /= 10
    }
  }

  mutating func append(_ text: StaticString) {
    append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }
}

extension HTTPHeaders {
  /// Whether some field is one the server decides.
  fileprivate var hasConnectionFields: Bool {
    fields.contains { field in
      switch field.nameCount {
      case 4: isField(field, "date")
      case 10: isField(field, "connection")
      case 14: isField(field, "content-length")
      case 17: isField(field, "transfer-encoding")
      default: false
      }
    }
  }

  /// Whether the handler asks for the connection to be closed.
  var asksToClose: Bool {
    guard fields.contains(where: { $0.nameCount == 10 && isField($0, "connection") }) else { return false }
    return withValue(of: "connection") { $0.isSame("close") } ?? false
  }

  private func isField(_ field: Field, _ name: StaticString) -> Bool {
    bytes.span.extracting(field.name).isSame(name)
  }

  fileprivate static func isConnectionField(_ name: String) -> Bool {
    ["date", "connection", "content-length", "transfer-encoding"].contains(name.lowercased())
  }
}
