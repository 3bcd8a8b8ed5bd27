// SPDX-License-Identifier: Apache-2.0
import MCPCore
import Observability
import Synchronization

/// Does what other servers ask of this one.
struct ClusterDesk: Sendable {
  let cluster: any Cluster
  let endpoint: HTTPEndpoint
  let legacy: LegacySSEEndpoint
  /// What is remembered of sessions that others change.
  let cache: CachedSessionStore?

  /// Takes everything that arrives, until nothing more does.
  func run() async {
    for await message in cluster.arrivals() { await take(message) }
  }

  private func take(_ message: ClusterMessage) async {
    let sessions = endpoint.sessions
    switch message {
    case .changed(let id):
      cache?.changed(id)
      // What its client wants to hear of may be something else now.
      if sessions.knownPeer(of: id) != nil { await refresh(id) }
    case .ended(let id):
      cache?.ended(id)
      sessions.ended(id)
      legacy.ended(id)
    case .announced(let announcement):
      let news = News(announcement)
      await endpoint.tell(news, isOurs: false)
      legacy.tell(news)
    case .rung(let id, let stream): sessions.knownPeer(of: id)?.ring(stream)
    case .takenOver(let id, let stream): sessions.knownPeer(of: id)?.lose(stream)
    case .answered(let id, let json):
      guard case .response(let response)? = try? Message(json) else { return }
      // Whoever waited may have given up.
      _ = sessions.knownPeer(of: id)?.questions.take(response)
    case .cancelled(let id, let request, let reason):
      sessions.knownPeer(of: id)?.cancel(request, reason: reason)
    case .posted(let id, let message, let caller): legacy.take(message, for: id, from: caller)
    case .storeIsLost:
      // Whoever comes back then finds out whether the session is still there.
      for peer in sessions.current { peer.endGeneralStream(retryAfter: .seconds(5)) }
    case .missed:
      cache?.changedAll()
      for peer in sessions.current { peer.ringAll() }
    }
  }
}

extension ClusterDesk {
  private func refresh(_ id: Session.ID) async {
    do {
      _ = try await endpoint.sessions.peer(of: id.rawValue)
    } catch {
      // It is looked up again when it is used, and now and then.
      endpoint.service.logger.debug("session not looked up", [("error", "\(error)")])
    }
  }
}

extension Service {
  /// The servers this one answers for, while it serves with others.
  var cluster: (any Cluster)? { listener.withLock { $0?.cluster } }
}

extension Conversation {
  /// Takes an answer to a question, or passes it on to the server that asked.
  func take(_ response: Response) async throws {
    if peer.questions.take(response) { return }
    guard let cluster = service.cluster, let id = response.id, let session = peer.session,
      let asker = try await cluster.asker(of: id, of: session), asker != cluster.node
    else { return service.logger.debug("response ignored: nothing of its id was asked") }
    _ = try await cluster.send(.answered(session, response.json), to: asker)
  }

  /// Takes note of a notification, wherever what it is about happens.
  func take(_ notification: Message.Notification) async throws {
    receive(notification)
    guard notification.method == .cancelled, let cluster = service.cluster, let session = peer.session,
      let id = notification.params["requestId"].flatMap(RequestID.init(json:)), !peer.hasInFlight(id)
    else { return }
    let message = ClusterMessage.cancelled(session, id, reason: notification.params["reason"]?.string)
    guard let answerer = try await cluster.answerer(of: id, of: session) else { return cluster.publish(message) }
    if answerer != cluster.node { _ = try await cluster.send(message, to: answerer) }
  }
}

extension ClusterMessage.Caller {
  init(_ principal: Principal) { self.init(name: principal.name, scopes: principal.scopes.sorted()) }

  var principal: Principal { Principal(name, scopes: Set(scopes)) }
}
