// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import Observability

/// `/admin/sessions`: shows the sessions in this server's memory, and ends them, for who has the admin key. Without a key there is
/// nothing here. Looking at sessions is no use of them: none lives longer for it.
///
/// GET lists those used last, or tells all of the one `Mcp-Session-Id` names; DELETE ends that one. Ids stand in a header, so that no
/// log of URLs has them.
struct SessionsEndpoint: Sendable {
  static let path = "/admin/sessions"
  /// The most sessions in one answer, and the most of what a client calls itself there.
  private static let most = (sessions: 20_000, characters: 200)

  let gate: AdminGate
  let store: any SessionStore
  let live: LiveSessions
  let legacy: LegacySSEEndpoint
  let identity: String
  let longestLife: Duration

  func step(_ exchange: HTTPExchange) -> HTTPStep {
    if let refusal = gate.refusal(of: exchange, methods: [.get, .delete], to: "looking at sessions") {
      return .ready(refusal)
    }
    let id = exchange.request.headers[StandardHeaders.session].map(Session.ID.init(rawValue:))
    guard exchange.request.method == .delete else { return .work { await list(id) } }
    guard let id else {
      return .ready(
        .error(.badRequest, RPCError(.invalidRequest, "name the session to end, with the header Mcp-Session-Id")))
    }
    return .work { await end(id, exchange) }
  }

  private func list(_ id: Session.ID?) async -> HTTPAnswer {
    do {
      var found = legacy.stored
      for try await portion in store.listing() { found += portion }
      if let id { found = found.filter { $0.session.id == id } }
      if id != nil, found.isEmpty { return Self.unknown }
      let total = found.count
      if total > Self.most.sessions { found = Array(found.sorted { $0.idle < $1.idle }.prefix(Self.most.sessions)) }
      let now = Timestamp.now.milliseconds
      return .json(
        JSON.object([
          "service": .string(identity), "now": .number(JSONNumber(now)), "total": .number(JSONNumber(total)),
          "sessions": .array(found.map { json($0, isWhole: id != nil, now: now) }),
        ]).bytes)
    } catch {
      return .unavailable("sessions are not available now: try again later", after: 1)
    }
  }

  private func end(_ id: Session.ID, _ exchange: HTTPExchange) async -> HTTPAnswer {
    do {
      var existed = legacy.end(id)
      if !existed { existed = try await live.close(id.rawValue, reason: "an operator has ended the session") }
      guard existed else { return Self.unknown }
      gate.logger.info(
        "session ended by an operator", [("session", id.description), ("from", AdminGate.address(of: exchange))])
      return HTTPAnswer(.noContent)
    } catch {
      return .unavailable("sessions are not available now: try again later", after: 1)
    }
  }

  private static var unknown: HTTPAnswer {
    .error(.notFound, RPCError(.invalidRequest, "there is no such session, or no longer"))
  }

  /// Times in milliseconds since 1970; whoever opened it by the name the server knows.
  private func json(_ stored: StoredSession, isWhole: Bool, now: Int) -> JSON {
    let session = stored.session
    var json: JSONObject = [
      "id": .string(session.id.rawValue), "protocolVersion": .string(session.handshake.revision.rawValue),
      "state": .string(session.state.rawValue), "transport": .string(session.transport),
      "createdAt": .number(JSONNumber(session.opened.milliseconds)),
      "lastActive": .number(JSONNumber(now - stored.idle.milliseconds)),
      "lifetime": .number(JSONNumber(session.lifetime.milliseconds)),
      "expiresAt": .number(JSONNumber((session.opened + longestLife).milliseconds)),
      "subscriptions": .array(session.subscriptions.sorted().map { .string($0) }),
    ]
    if isWhole {
      json["capabilities"] = .object(session.handshake.clientCapabilities)
      json["clientInfo"] = session.handshake.clientInfo.map { .object($0) }
    } else if let client = session.handshake.clientInfo {
      // Of a list each client fills a line, however much it says of itself.
      var brief: JSONObject = [:]
      for name in ["name", "version"] {
        brief[name] = client[name]?.string.map { .string(String($0.prefix(Self.most.characters))) }
      }
      json["clientInfo"] = .object(brief)
    }
    json["principal"] = session.principal.map { .string($0) }
    json["logLevel"] = session.logLevel.map { .string($0.name) }
    return .object(json)
  }
}

extension LegacySSEEndpoint {
  /// The sessions whose streams are open.
  var stored: [StoredSession] {
    open.map { session in
      let peer = session.peer
      let kept = Session(
        id: Session.ID(rawValue: peer.sessionID ?? ""), principal: peer.owner,
        handshake: peer.handshake ?? Handshake(revision: .v20241105), state: .initialized,
        subscriptions: peer.subscriptions, lifetime: .seconds(86_400), opened: session.openedAt)
      return StoredSession(session: kept.over("sse"), idle: .zero)
    }
  }

  /// Ends a session; false when there is none.
  func end(_ id: Session.ID) -> Bool {
    guard open.contains(where: { $0.peer.sessionID == id.rawValue }) else { return false }
    ended(id)
    return true
  }
}

extension Session {
  fileprivate func over(_ transport: String) -> Session {
    var session = self
    session.transport = transport
    return session
  }
}
