// SPDX-License-Identifier: Apache-2.0

/// Why a request cannot be answered by a handler: the status to send, and a sentence for whoever sent it.
package struct HTTPRejection: Error, Sendable, Hashable {
  package let status: HTTPStatus
  package let reason: String

  init(_ status: HTTPStatus, _ reason: String) {
    self.status = status
    self.reason = reason
  }
}

/// Reads HTTP/1.1 requests from a byte stream, however it is cut into pieces. Strict; no I/O, no clock.
///
/// Spec: RFC 9112. Lines end with CR LF; a message whose length could be understood in two ways is rejected.
/// After a rejection the stream has no more requests.
package struct HTTPParser: Sendable {
  /// What a piece of input led to.
  package enum Progress: Sendable {
    /// All of the input is taken; the next request is not complete.
    case needsMore
    /// A request is complete; the input from `end` on belongs to the next.
    case request(HTTPRequest, end: Int)
  }

  private let remote: SocketAddress
  private let isSecure: Bool
  private let certificate: ClientCertificate?
  private let freeField: StaticString?
  /// The head, or trailer section, that is incomplete.
  private var lines: [UInt8] = []
  /// The request whose body is incomplete.
  private var request: HTTPRequest?
  private var body = HTTPBodyReader.length(remaining: 0)
  private var latest: RepeatedHead?
  /// Whether the head of the latest request is kept, to be known again.
  package var keepsHead: Bool { latest != nil }
  /// Whether the peer waits for a 100 before it sends the body. Reset by whoever answers.
  package var expectsContinue = false

  /// - Parameter freeField: that of the handler.
  package init(
    remote: SocketAddress, isSecure: Bool = false, certificate: ClientCertificate? = nil, freeField: StaticString? = nil
  ) {
    self.remote = remote
    self.isSecure = isSecure
    self.certificate = certificate
    self.freeField = freeField
  }

  /// Whether a head has begun to arrive.
  package var isInHead: Bool { !lines.isEmpty }
  /// Whether a head is complete and its body is not.
  package var isInBody: Bool { request != nil }

  /// Takes the input from `start` on, up to the end of one request.
  package mutating func consume(
    _ input: Span<UInt8>, from start: Int = 0, limits: HTTPLimits
  ) throws(HTTPRejection) -> Progress {
    var position = start
    if request == nil {
      guard let head = try readHead(input, &position, limits) else { return .needsMore }
      if case .length(let count) = body, count <= input.count - position {
        let end = position + count
        return .request(HTTPRequest(head, body: [UInt8](input.extracting(position..<end))), end: end)
      }
      if expectsContinue { expectsContinue = position == input.count }
      request = HTTPRequest(head)
    }
    guard try body.read(input, &position, into: &request, limits) else { return .needsMore }
    guard let complete = request.take() else { return .needsMore }
    return .request(complete, end: position)
  }

  /// Reads the head, and prepares for the body it announces; nil when it is incomplete.
  private mutating func readHead(
    _ input: Span<UInt8>, _ position: inout Int, _ limits: HTTPLimits
  ) throws(HTTPRejection) -> HTTPHead? {
    let rest = input.extracting(position..<input.count)
    guard lines.isEmpty else { return try completeHead(rest, &position, limits) }
    if let (head, byteCount, bodyCount) = latest?.match(rest, limits) {
      position += byteCount
      body = .length(remaining: bodyCount)
      expectsContinue = false
      return head
    }
    guard let reader = try HTTPHeadReader(parsing: rest, limits, freeField: freeField) else {
      position = input.count
      lines.append(rest)
      return nil
    }
    position += reader.byteCount
    return take(reader, from: rest)
  }

  private mutating func completeHead(
    _ rest: Span<UInt8>, _ position: inout Int, _ limits: HTTPLimits
  ) throws(HTTPRejection) -> HTTPHead? {
    let before = lines.count
    lines.append(rest)
    position += rest.count
    // Only a line end can complete a head, and only an incomplete one can be too long without one.
    guard rest.contains(UInt8(ascii: "\n")) || lines.count > limits.headerBytes else { return nil }
    guard let reader = try HTTPHeadReader(parsing: lines.span, limits, freeField: freeField) else { return nil }
    position += reader.byteCount - before - rest.count
    let whole = lines
    lines = []
    return take(reader, from: whole.span)
  }

  private mutating func take(_ reader: HTTPHeadReader, from input: Span<UInt8>) -> HTTPHead {
    let head = HTTPHead(reader, remote: remote, isSecure: isSecure, certificate: certificate)
    body = reader.body
    expectsContinue = reader.expectsContinue
    latest = RepeatedHead(head, read: reader, from: input)
    return head
  }
}
