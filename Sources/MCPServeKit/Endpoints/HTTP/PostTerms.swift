// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import Observability

/// What the head of a POST decides, whatever its body and its session are.
struct PostTerms: Sendable {
  let accepts: Acceptance
  let standard: StandardHeaders
  /// The session the head names for which the route was chosen; others may name another.
  private let session: Session.ID?
  /// Whether a legacy session may be spoken to in the revision the head names, if it names one.
  let fitsSession: Bool
  let namesModern: Bool
  /// The span of whoever sends such requests, as HTTP has it.
  let traceparent: String?

  init(_ head: HTTPHead, for service: Service) {
    accepts = Acceptance(head.headers)
    standard = StandardHeaders(head.headers)
    session = head.headers[StandardHeaders.session].map(Session.ID.init(rawValue:))
    let version = head.headers[StandardHeaders.version]
    fitsSession = version.map { version in service.legacyRevisions.contains { $0.rawValue == version } } ?? true
    traceparent = head.headers[MetaKey.traceparent]
    namesModern = version.flatMap(Revision.init(rawValue:))?.era == .modern
  }

  /// The request, which belongs to the trace its header names unless it says otherwise itself.
  func traced(_ request: Request) -> Request {
    guard let traceparent, SpanContext(traceparent: traceparent) != nil else { return request }
    var meta = request.params["_meta"]?.object ?? [:]
    guard meta[MetaKey.traceparent] == nil else { return request }
    meta[MetaKey.traceparent] = .string(traceparent)
    var request = request
    request.params["_meta"] = .object(meta)
    return request
  }

  /// The session a request names. Most repeat the head their route was chosen for, whose session is known.
  func session(of request: HTTPRequest) -> Session.ID? {
    if request.head.routed === request.head { return session }
    return request.headers[StandardHeaders.session].map(Session.ID.init(rawValue:))
  }

  /// Why all requests with this head are refused; nil when they are not.
  func refusal(of head: HTTPHead) -> HTTPAnswer? {
    guard head.hasJSONBody else {
      return .error(.unsupportedMediaType, RPCError(.invalidRequest, "Content-Type must be application/json"))
    }
    return accepts.json || accepts.events ? nil : .notAcceptable("application/json or text/event-stream")
  }
}
