// SPDX-License-Identifier: Apache-2.0
import EventIO
import MCPCore

/// What the head of a POST decides, whatever its body and its session are.
struct PostTerms: Sendable {
  let accepts: Acceptance
  let standard: StandardHeaders
  /// Whether a legacy session may be spoken to in the revision the head names, if it names one.
  let fitsSession: Bool
  let namesModern: Bool

  init(_ head: HTTPHead, for service: Service) {
    accepts = Acceptance(head.headers)
    standard = StandardHeaders(head.headers)
    let version = head.headers[StandardHeaders.version]
    fitsSession = version.map { version in service.legacyRevisions.contains { $0.rawValue == version } } ?? true
    namesModern = version.flatMap(Revision.init(rawValue:))?.era == .modern
  }

  /// Why all requests with this head are refused; nil when they are not.
  func refusal(of head: HTTPHead) -> HTTPAnswer? {
    guard head.hasJSONBody else {
      return .error(.unsupportedMediaType, RPCError(.invalidRequest, "Content-Type must be application/json"))
    }
    return accepts.json || accepts.events ? nil : .notAcceptable("application/json or text/event-stream")
  }
}
