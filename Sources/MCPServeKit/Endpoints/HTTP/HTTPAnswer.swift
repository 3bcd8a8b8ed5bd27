// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore

/// What an HTTP request is answered with.
struct HTTPAnswer {
  let status: HTTPStatus
  var headers: HTTPHeaders
  let body: [UInt8]
  /// What follows in place of the body, for as long as it lasts.
  let stream: EventStream?
  /// Whether it went out already.
  let isSent: Bool
  /// What is to be done once the answer is out.
  var afterwards: (@Sendable () -> Void)?

  init(_ status: HTTPStatus, _ headers: HTTPHeaders = [:], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
    stream = nil
    isSent = false
  }

  private init(stream: EventStream?, isSent: Bool) {
    status = .ok
    headers = [:]
    body = []
    self.stream = stream
    self.isSent = isSent
  }

  /// A stream that has ended.
  static let streamed = HTTPAnswer(stream: nil, isSent: true)
  /// A stream that is about to begin.
  static func stream(_ stream: EventStream) -> HTTPAnswer { HTTPAnswer(stream: stream, isSent: false) }
  /// Nothing is to be said: the request was withdrawn.
  static let accepted = HTTPAnswer(.accepted)

  private static let json: HTTPHeaders = ["Content-Type": "application/json"]

  /// A JSON text.
  static func json(_ body: [UInt8], _ status: HTTPStatus = .ok) -> HTTPAnswer {
    HTTPAnswer(status, json, body: body)
  }

  private static let eventStream = HTTPResponder.eventHeaders

  /// Events that are known already.
  static func events(_ events: [UInt8]) -> HTTPAnswer { HTTPAnswer(.ok, eventStream, body: events) }

  /// An error of JSON-RPC with an HTTP status of its own.
  static func error(_ status: HTTPStatus, _ error: RPCError, to id: RequestID? = nil) -> HTTPAnswer {
    json(Response(id: id, outcome: .failure(error)).bytes, status)
  }

  /// The path has no such method.
  static func methodNotAllowed(_ allowed: String) -> HTTPAnswer {
    var answer = error(
      .methodNotAllowed, RPCError(.invalidRequest, "this path answers \(allowed)"))
    answer.headers.add("Allow", allowed)
    return answer
  }

  /// The client cannot read what there is.
  static func notAcceptable(_ types: String) -> HTTPAnswer {
    error(.notAcceptable, RPCError(.invalidRequest, "the answer is \(types): add it to Accept"))
  }
}
