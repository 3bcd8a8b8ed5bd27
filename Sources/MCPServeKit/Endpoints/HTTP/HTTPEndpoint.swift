// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore

/// Serves Streamable HTTP: POST, GET and DELETE with sessions for legacy peers, POST alone for modern ones.
struct HTTPEndpoint: Sendable {
  let service: Service
  let sessions: LiveSessions
  let heartbeat: Heartbeat
  let listenStreams: ListenStreams
  let keeper: EventKeeper
  /// Paths whose GET opens a stream without a session too.
  let openPaths: Set<String>

  init(
    _ service: Service, store: any SessionStore, log: any EventLog, heartbeat: Heartbeat, openPaths: Set<String> = []
  ) {
    self.service = service
    sessions = LiveSessions(service, store: store, log: log)
    keeper = EventKeeper(service, log: log)
    self.heartbeat = heartbeat
    listenStreams = ListenStreams()
    self.openPaths = openPaths
  }

  /// Answers all but POST. What an idle stream is reached through it would keep, so it is begun without waiting.
  func step(_ exchange: HTTPExchange) -> HTTPStep {
    switch exchange.request.method {
    case .get: listenAtHand(exchange).map { .ready($0) } ?? .work { await listen(exchange) }
    case .delete: .work { await end(exchange) }
    default: .ready(.methodNotAllowed("GET, POST, DELETE"))
    }
  }

  /// Tells every session that listens and wants to know, and every subscription that asked for it.
  /// - Parameter isOurs: whether this server has it from itself. What is of one server, such as how its tasks are, is said by that one
  ///   on whoever's stream it is.
  func tell(_ news: News, isOurs: Bool = true) async {
    listenStreams.tell(news)
    let text = news.text
    let isHeardByAll = news.announcement.isHeardByAll
    guard isOurs || isHeardByAll else { return }
    for peer in sessions.current where peer.wants(news) {
      await keeper.say(text, to: peer, isHeardByAll: isHeardByAll)
    }
  }
}

// MARK: - GET and DELETE: the legacy era

extension HTTPEndpoint {
  /// Opens the stream on which a session is told things unasked; nil when the session's store has to be asked.
  ///
  /// Spec: 2025-11-25, basic/transports, "Listening for Messages from the Server".
  func listenAtHand(_ exchange: HTTPExchange) -> HTTPAnswer? {
    let request = exchange.request
    if claimsModern(request) { return .methodNotAllowed("POST") }
    guard Acceptance(request.headers).events else { return .notAcceptable("text/event-stream") }
    if !request.headers.contains(StandardHeaders.session), openPaths.contains(request.path) {
      let mailbox = EventMailbox(limit: service.limits.streamMessages)
      return .stream(EventStream(source: mailbox, stop: mailbox.close, ended: {}))
    }
    guard !request.headers.contains(lastEventID), !keeper.log.isShared else { return nil }
    return peerAtHand(of: exchange, answering: nil).map(stream)
  }

  private func listen(_ exchange: HTTPExchange) async -> HTTPAnswer {
    let peer = await peer(of: exchange, answering: nil)
    guard case .success(let known) = peer else { return stream(to: peer) }
    if let id = exchange.request.headers[lastEventID] { return await resume(known, after: id) }
    return keeper.log.isShared ? await sharedStream(to: known) : generalStream(to: known)
  }

  private func stream(to peer: Result<Peer, Refusal>) -> HTTPAnswer {
    switch peer {
    case .failure(let refusal): refusal.answer
    case .success(let peer): generalStream(to: peer)
    }
  }

  /// Ends a session.
  private func end(_ exchange: HTTPExchange) async -> HTTPAnswer {
    if claimsModern(exchange.request) { return .methodNotAllowed("POST") }
    switch await peer(of: exchange, answering: nil) {
    case .failure(let answer): return answer.answer
    case .success(let peer):
      do {
        _ = try await sessions.close(peer.sessionID ?? "", reason: "the client ended the session")
        return HTTPAnswer(.noContent)
      } catch {
        return failure(error)
      }
    }
  }

  /// Whether a request without a body is one of an era that has none: it says so, or nothing else is served.
  private func claimsModern(_ request: HTTPRequest) -> Bool {
    request.headers[StandardHeaders.version].flatMap(Revision.init(rawValue:))?.era == .modern
      || !service.revisions.contains { $0.era == .legacy }
  }
}

// MARK: - Sessions

/// A refusal as an error, so that a `Result` can carry it.
struct Refusal: Error {
  let answer: HTTPAnswer
}

extension HTTPEndpoint {
  /// The peer of the session a legacy request names. A session somebody else opened is answered as one that does not
  /// exist: who asks learns nothing of it, and starts one of its own.
  ///
  /// Inlined so that a session at hand costs no step of its own.
  @inline(__always)
  func peer(of exchange: HTTPExchange, answering id: RequestID?) async -> Result<Peer, Refusal> {
    if let known = peerAtHand(of: exchange, answering: id) { return known }
    return await storedPeer(exchange, answering: id)
  }

  /// The same, when it can be told without waiting; nil when the session's store has to be asked.
  func peerAtHand(of exchange: HTTPExchange, answering id: RequestID?) -> Result<Peer, Refusal>? {
    let request = exchange.request
    if let refusal = refusalOfVersion(request, id) { return .failure(refusal) }
    guard let session = request.headers[StandardHeaders.session] else {
      return .failure(Refusal(answer: .error(.badRequest, .notInitialized(.uninitialized), to: id)))
    }
    guard let peer = sessions.peerAtHand(of: Session.ID(rawValue: session)), peer.isOpen(to: exchange.principal) else {
      return nil
    }
    return .success(peer)
  }

  private func refusalOfVersion(_ request: HTTPRequest, _ id: RequestID?) -> Refusal? {
    let legacy = service.legacyRevisions
    let isServed = request.headers.withValue(of: StandardHeaders.version) { version in
      legacy.contains { version.isSame($0) }
    }
    guard isServed == false, let version = request.headers[StandardHeaders.version] else { return nil }
    let error = RPCError(
      .invalidRequest,
      "MCP-Protocol-Version '\(version)' is not served in a session; supported: "
        + legacy.map(\.rawValue).joined(separator: ", "))
    return Refusal(answer: .error(.badRequest, error, to: id))
  }

  private func storedPeer(_ exchange: HTTPExchange, answering id: RequestID?) async -> Result<Peer, Refusal> {
    do {
      let session = exchange.request.headers[StandardHeaders.session] ?? ""
      if let peer = try await sessions.peer(of: session), peer.isOpen(to: exchange.principal) { return .success(peer) }
      let error = RPCError(.invalidRequest, "there is no such session, or no longer: start one with initialize")
      return .failure(Refusal(answer: .error(.notFound, error, to: id)))
    } catch {
      return .failure(Refusal(answer: failure(error, answering: id)))
    }
  }

  /// The store failed: whether the session exists is not known, so the client may try again.
  func failure(_ error: any Error, answering id: RequestID? = nil) -> HTTPAnswer {
    if let error = error as? SessionError, error.code == .fenced {
      return .unavailable(error.message, after: 1, to: id, reason: error.code.rawValue)
    }
    service.logger.error("session store failed", [("error", "\(error)")])
    return .unavailable(
      "sessions are not available now: try again later", after: 1, to: id, reason: "store_unavailable")
  }
}

extension Span<UInt8> {
  /// Whether this is the revision's date.
  fileprivate func isSame(_ revision: Revision) -> Bool {
    var date = revision.rawValue
    return date.withUTF8 { date in
      guard count == date.count else { return false }
      for index in indices where self[index] != date[index] { return false }
      return true
    }
  }
}
