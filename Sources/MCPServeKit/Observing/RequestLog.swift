// SPDX-License-Identifier: Apache-2.0
import EventIO
import MCPCore
import Observability

/// Writes a line for each HTTP request: in the access log when there is one, and in the service's own at `debug`.
struct RequestLog: Sendable {
  private let access: Logger
  private let own: Logger

  init(_ service: Service) {
    access = service.instruments.accessLog
    own = service.logger
  }

  /// Whether anybody wants to know, so that nobody looks at the clock otherwise.
  var writesRequests: Bool { access.writes(.info) || own.writes(.debug) }

  /// A request was answered, after so many nanoseconds. What a query says may be secret, so it is left out.
  func answered(_ exchange: HTTPExchange, _ answer: HTTPAnswer, after nanoseconds: Int) {
    access.note(.info, "request") { describe(exchange, answer, nanoseconds, in: &$0) }
    own.note(.debug, "request") { describe(exchange, answer, nanoseconds, in: &$0) }
  }

  private func describe(
    _ exchange: HTTPExchange, _ answer: HTTPAnswer, _ nanoseconds: Int, in line: inout LogLine
  ) {
    let request = exchange.request
    line.add("remote", exchange.terms.origin.client.description)
    line.add("method", request.method.rawValue)
    line.add("path", request.path)
    line.add("status", decimal: answer.status.rawValue)
    line.add("bytes", decimal: answer.body.count)
    line.add("us", decimal: nanoseconds / 1000)
    line.add("session", request.sessionForPeople)
    if let parent = request.headers[MetaKey.traceparent].flatMap(SpanContext.init(traceparent:)) {
      line.add("trace", parent.trace.text)
    }
  }
}

extension HTTPRequest {
  /// The first characters of the session's id: enough for people, too few to use it.
  fileprivate var sessionForPeople: String {
    headers.withValue(of: StandardHeaders.session) { id in
      id.extracting(first: 8).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    } ?? "-"
  }
}
