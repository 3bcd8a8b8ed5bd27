// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import Synchronization

/// Serves HTTP+SSE of revision 2024-11-05: one stream for everything the server says, and a path to POST to.
///
/// The stream is the session: when it ends, the session does.
final class LegacySSEEndpoint: Sendable {
  private let service: Service
  private let messagesPath: String
  private let sessions = Mutex<[String: EventSession]>([:])

  init(_ service: Service, messagesPath: String) {
    self.service = service
    self.messagesPath = messagesPath
  }

  /// GET: opens a session and its stream, the first event of which says where to POST.
  func listen(_ exchange: HTTPExchange) -> HTTPAnswer {
    let request = exchange.request
    guard request.method == .get else { return .methodNotAllowed("GET") }
    guard Acceptance(request.headers).events else { return .notAcceptable("text/event-stream") }
    let id = Session.ID.random().rawValue
    let session = EventSession(service, id: id, for: exchange.principal)
    let isOpen = sessions.withLock { sessions in
      guard sessions.count < service.limits.sessions else { return false }
      sessions[id] = session
      return true
    }
    guard isOpen else {
      let error = RPCError(.internalError, "\(service.limits.sessions) sessions are open, the limit: try again later")
      return .error(.serviceUnavailable, error)
    }
    session.mailbox.post(
      ServerSentEvent(event: "endpoint", data: "\(exchange.terms.origin.prefix)\(messagesPath)?sessionId=\(id)")
        .encoded())
    return .stream(
      EventStream(
        source: session.mailbox, stop: session.finish,
        ended: { [self] in
          sessions.withLock { _ = $0.removeValue(forKey: id) }
          session.end()
        }))
  }

  /// POST: hands a message to the session; the answer comes on its stream.
  func take(_ exchange: HTTPExchange) -> HTTPAnswer {
    let request = exchange.request
    guard request.method == .post else { return .methodNotAllowed("POST") }
    guard request.head.hasJSONBody else {
      return .error(.unsupportedMediaType, RPCError(.invalidRequest, "Content-Type must be application/json"))
    }
    guard let id = request.queryValue("sessionId") ?? request.queryValue("session_id") else {
      return .error(.badRequest, RPCError(.invalidRequest, "the query needs a sessionId: open the event stream first"))
    }
    guard let session = sessions.withLock({ $0[id] }), session.peer.isOpen(to: exchange.principal) else {
      return .error(.notFound, RPCError(.invalidRequest, "there is no such session, or no longer: open a new stream"))
    }
    let message: JSON
    do throws(JSONError) {
      message = try JSON(parsing: request.body, limits: service.jsonLimits)
    } catch {
      return .error(.badRequest, RPCError(.parseError, "the body is not JSON: \(error)"))
    }
    if session.takeResponse(message) { return .accepted }
    guard session.begin() else {
      return .error(.serviceUnavailable, RPCError(.internalError, "too many messages wait in this session: slow down"))
    }
    return .accepted { session.answer(message, from: exchange.principal) }
  }

  /// How many sessions are open.
  var count: Int { sessions.withLock { $0.count } }

  /// Tells every session that wants to know.
  func tell(_ news: News) {
    let event = news.text.event
    for session in sessions.withLock({ Array($0.values) }) { session.tell(news, event) }
  }
}

extension HTTPRequest {
  /// The first value of that name in the query.
  func queryValue(_ name: String) -> String? {
    for pair in (query ?? "").split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2, parts[0] == name { return PercentEncoding.decoded(parts[1]) }
    }
    return nil
  }
}
