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

extension SendBuffer {
  /// Appends a response's head. Fields that the server decides are left out of `headers`; `more` are fields
  /// as they travel.
  func appendHead(
    _ status: HTTPStatus, _ headers: HTTPHeaders, _ more: [UInt8], _ framing: HTTPFraming,
    _ persistence: HTTPPersistence, date: [UInt8]
  ) {
    appendLine(status)
    append(headers)
    append(more)
    append(date)
    switch framing {
    case .length(let count):
      append("Content-Length: " as StaticString)
      append(decimal: count)
      append("\r\n" as StaticString)
    case .chunked: append("Transfer-Encoding: chunked\r\n" as StaticString)
    case .untilClose, .none: break
    }
    switch persistence {
    case .unsaid: append("\r\n" as StaticString)
    case .keepAlive: append("Connection: keep-alive\r\n\r\n" as StaticString)
    case .close: append("Connection: close\r\n\r\n" as StaticString)
    }
  }

  private func appendLine(_ status: HTTPStatus) {
    if status.rawValue == 200 { return append("HTTP/1.1 200 OK\r\n" as StaticString) }
    append("HTTP/1.1 " as StaticString)
    append(decimal: status.rawValue)
    append(UInt8(ascii: " "))
    append(status.reason)
    append("\r\n" as StaticString)
  }

  private func append(_ headers: HTTPHeaders) {
    guard headers.hasConnectionFields else { return append(headers.bytes) }
    for (name, value) in headers where !HTTPHeaders.isConnectionField(name) {
      append("\(name): \(value)\r\n" as String)
    }
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
