// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore

/// What an HTTP request is answered with.
struct HTTPAnswer {
  let status: HTTPStatus
  var headers: HTTPHeaders
  let body: [UInt8]
  /// What few answers have.
  let sequel: Sequel?

  /// What follows an answer, or stands in its place. Apart from it, so that the many without one stay small.
  indirect enum Sequel {
    /// It went out already, as a stream that has ended.
    case sent
    /// Events in place of the body, for as long as they last.
    case stream(EventStream)
    /// What is to be done once the answer is out.
    case action(@Sendable () -> Void)
  }

  init(_ status: HTTPStatus, _ headers: HTTPHeaders = [:], body: [UInt8] = [], sequel: Sequel? = nil) {
    self.status = status
    self.headers = headers
    self.body = body
    self.sequel = sequel
  }

  /// A stream that has ended.
  static let streamed = HTTPAnswer(.ok, sequel: .sent)
  /// A stream that is about to begin.
  static func stream(_ stream: EventStream) -> HTTPAnswer { HTTPAnswer(.ok, sequel: .stream(stream)) }
  /// Nothing is to be said: the request was withdrawn.
  static let accepted = HTTPAnswer(.accepted)
  /// Nothing is to be said, and something done then.
  static func accepted(then action: @escaping @Sendable () -> Void) -> HTTPAnswer {
    HTTPAnswer(.accepted, sequel: .action(action))
  }

  private static let json: HTTPHeaders = ["Content-Type": "application/json", "Cache-Control": "no-store"]

  /// A JSON text.
  static func json(_ body: [UInt8], _ status: HTTPStatus = .ok) -> HTTPAnswer {
    HTTPAnswer(status, json, body: body)
  }

  private static let eventStream = HTTPResponder.eventHeaders

  /// Events that are known already.
  static func events(_ events: [UInt8]) -> HTTPAnswer { HTTPAnswer(.ok, eventStream, body: events) }

  /// An error of JSON-RPC with an HTTP status of its own.
  static func error(_ status: HTTPStatus, _ error: RPCError, to id: RequestID? = nil) -> HTTPAnswer {
    json(Response(id: id, outcome: .failure(error)).bytes(for: nil), status)
  }

  /// What was asked may be possible later.
  static func unavailable(
    _ why: String, after seconds: Int, to id: RequestID? = nil, reason: String? = nil
  ) -> HTTPAnswer {
    let data = reason.map { ["reason": .string($0)] as JSON }
    var answer = error(.serviceUnavailable, RPCError(.internalError, why, data: data), to: id)
    answer.headers.add("Retry-After", String(seconds))
    return answer
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
