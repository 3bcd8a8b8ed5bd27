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
  /// Where other servers look for sessions whose streams are here; nil where there are none.
  private let store: (any SessionStore)?

  init(_ service: Service, messagesPath: String, store: (any SessionStore)? = nil) {
    self.service = service
    self.messagesPath = messagesPath
    self.store = store
  }

  /// GET: opens a session and its stream, the first event of which says where to POST.
  func listen(_ exchange: HTTPExchange) -> HTTPStep {
    let request = exchange.request
    guard request.method == .get else { return .ready(.methodNotAllowed("GET")) }
    guard Acceptance(request.headers).events else { return .ready(.notAcceptable("text/event-stream")) }
    guard store != nil else { return .ready(open(Session.ID.random().rawValue, exchange)) }
    return .work { await self.listenAmongOthers(exchange) }
  }

  private func open(_ id: String, _ exchange: HTTPExchange) -> HTTPAnswer {
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
          forget(id)
        }))
  }

  /// POST: hands a message to the session; the answer comes on its stream.
  func take(_ exchange: HTTPExchange) -> HTTPStep {
    let request = exchange.request
    guard request.method == .post else { return .ready(.methodNotAllowed("POST")) }
    guard request.head.hasJSONBody else {
      return .ready(
        .error(.unsupportedMediaType, RPCError(.invalidRequest, "Content-Type must be application/json")))
    }
    guard let id = request.queryValue("sessionId") ?? request.queryValue("session_id") else {
      return .ready(
        .error(.badRequest, RPCError(.invalidRequest, "the query needs a sessionId: open the event stream first")))
    }
    guard let session = sessions.withLock({ $0[id] }) else {
      guard store != nil else { return .ready(.noSuchStream) }
      return .work { await self.passOn(exchange, to: Session.ID(rawValue: id)) }
    }
    guard session.peer.isOpen(to: exchange.principal) else { return .ready(.noSuchStream) }
    if store != nil, service.cluster?.isFenced == true { return .ready(unavailable(SessionError.fenced)) }
    let message: JSON
    do throws(JSONError) {
      message = try JSON(parsing: request.body, limits: service.jsonLimits)
    } catch {
      return .ready(.error(.badRequest, RPCError(.parseError, "the body is not JSON: \(error)")))
    }
    if session.takeResponse(message) { return .ready(.accepted) }
    guard session.begin() else { return .ready(.tooManyMessages) }
    return .ready(.accepted { session.answer(message, from: exchange.principal) })
  }

  /// Those that are open.
  var open: [EventSession] { sessions.withLock { Array($0.values) } }

  /// How many sessions are open.
  var count: Int { sessions.withLock { $0.count } }

  /// Tells every session that wants to know.
  func tell(_ news: News) {
    let event = news.text.event
    for session in sessions.withLock({ Array($0.values) }) { session.tell(news, event) }
  }
}

// MARK: - Among other servers

/// The stream is the session, so its server answers all its messages, wherever they are posted. The others know of it by its
/// record, and by its id where it is.
extension LegacySSEEndpoint {
  private func listenAmongOthers(_ exchange: HTTPExchange) async -> HTTPAnswer {
    guard let store else { return .noSuchStream }
    do {
      let id = try store.makeID()
      var session = Session(
        id: id, principal: exchange.principal?.name, handshake: Handshake(revision: .v20241105), state: .initialized,
        lifetime: service.limits.sessionLifetime)
      session.transport = "sse"
      try await store.insert(session)
      let answer = open(id.rawValue, exchange)
      if answer.status != .ok { forget(id.rawValue) }
      return answer
    } catch {
      return unavailable(error)
    }
  }

  /// Hands a message to the server whose stream it is for.
  private func passOn(_ exchange: HTTPExchange, to id: Session.ID) async -> HTTPAnswer {
    guard let store, let cluster = service.cluster else { return .noSuchStream }
    do {
      var found = store.sessionAtHand(id)
      if found == nil { found = try await store.session(id) }
      guard let found, found.transport == "sse", let node = id.node, node != cluster.node,
        Peer(sessionID: id.rawValue, owner: found.principal).isOpen(to: exchange.principal)
      else { return .noSuchStream }
      let message: JSON
      do throws(JSONError) {
        message = try JSON(parsing: exchange.request.body, limits: service.jsonLimits)
      } catch {
        return .error(.badRequest, RPCError(.parseError, "the body is not JSON: \(error)"))
      }
      let caller = exchange.principal.map { ClusterMessage.Caller($0) }
      return try await cluster.send(.posted(id, message, caller), to: node) ? .accepted : .noSuchStream
    } catch {
      return unavailable(error)
    }
  }

  /// Takes a message that came to another server.
  func take(_ message: JSON, for id: Session.ID, from caller: ClusterMessage.Caller?) {
    guard let session = sessions.withLock({ $0[id.rawValue] }), session.peer.isOpen(to: caller?.principal) else {
      return
    }
    if session.takeResponse(message) { return }
    guard session.begin() else {
      return service.logger.warning("message dropped: too many wait in its session", [("session", id.description)])
    }
    session.answer(message, from: caller?.principal)
  }

  /// Somebody has ended the session.
  func ended(_ id: Session.ID) { sessions.withLock { $0[id.rawValue] }?.mailbox.close() }

  /// Keeps the records of the streams that are open; ends those whose record somebody has removed.
  func tend() async {
    guard let store else { return }
    for id in sessions.withLock({ Array($0.keys) }) {
      do {
        if try await store.session(Session.ID(rawValue: id)) == nil { ended(Session.ID(rawValue: id)) }
      } catch {
        return service.logger.error("session store failed", [("error", "\(error)")])
      }
    }
  }

  /// Nobody waits for the task: a record that stays by mistake goes when its time is up.
  private func forget(_ id: String) {
    guard let store else { return }
    Task { try? await store.remove(Session.ID(rawValue: id)) }
  }

  private func unavailable(_ error: any Error) -> HTTPAnswer {
    if let error = error as? SessionError {
      return .unavailable(error.message, after: error.code == .fenced ? 1 : 10, reason: error.code.rawValue)
    }
    service.logger.error("session store failed", [("error", "\(error)")])
    return .unavailable("sessions are not available now: try again later", after: 1, reason: "store_unavailable")
  }
}

extension HTTPAnswer {
  fileprivate static var noSuchStream: HTTPAnswer {
    .error(.notFound, RPCError(.invalidRequest, "there is no such session, or no longer: open a new stream"))
  }

  fileprivate static var tooManyMessages: HTTPAnswer {
    .error(.serviceUnavailable, RPCError(.internalError, "too many messages wait in this session: slow down"))
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
