// SPDX-License-Identifier: Apache-2.0
import MCPCore
import Observability
import Synchronization

/// The sessions this process is serving: the store remembers them, this adds what only a process can hold, their
/// requests in flight and their open streams.
///
/// A peer is a view of its stored session. One that has been idle for a while is dropped and made anew when needed.
final class LiveSessions: Sendable {
  private let store: any SessionStore
  private let service: Service
  private let log: any EventLog
  private let peers = Mutex<[SessionKey: Peer]>([:])

  init(_ service: Service, store: any SessionStore, log: any EventLog) {
    self.service = service
    self.store = store
    self.log = log
  }

  /// The peer of a session; nil when the session does not exist, or no longer.
  func peer(of id: String) async throws -> Peer? {
    guard let session = try await store.session(Session.ID(rawValue: id)) else {
      if knownPeer(of: Session.ID(rawValue: id)) != nil { await drop(id, reason: "the session has expired") }
      return nil
    }
    return peer(of: session)
  }

  /// The same, when the store can tell without waiting; nil when `peer(of:)` has to be asked.
  func peerAtHand(of id: Session.ID) -> Peer? {
    // Copying a session takes longer than finding it.
    if let known = knownPeer(of: id), let version = store.versionAtHand(id), version <= known.version { return known }
    return store.sessionAtHand(id).map(peer)
  }

  private func peer(of session: Session) -> Peer {
    let key = SessionKey(session.id.rawValue)
    return peers.withLock { peers in
      if let peer = peers[key] {
        // What was read while it was changed here is older than what is known.
        if peer.version < session.version { peer.adopt(session) }
        return peer
      }
      let peer = Peer(sessionID: key.id, owner: session.principal)
      peer.resume(session)
      peers[key] = peer
      return peer
    }
  }

  /// Begins a session for a peer that is about to be initialized.
  /// - Throws: `SessionError` when there are too many.
  func open(_ handshake: Handshake, id: Session.ID, for principal: Principal?) async throws {
    try await store.insert(
      Session(
        id: id, principal: principal?.name, handshake: handshake, state: .initializing,
        lifetime: service.limits.initializeTime))
  }

  /// Keeps what has changed about a peer.
  func save(_ peer: Peer) async throws {
    guard let id = peer.sessionID.map(Session.ID.init(rawValue:)) else { return }
    // Another server may change the same session: then its version is read and changed again.
    for _ in 0..<3 {
      guard var session = try await store.session(id) else { return }
      peer.describe(in: &session)
      session.lifetime = session.isReady ? service.limits.sessionLifetime : service.limits.initializeTime
      if try await store.replace(session) {
        session.version += 1
        peer.adopt(session)
        break
      }
    }
    peers.withLock { $0[SessionKey(id.rawValue)] = peer }
  }

  /// Ends a session; false when there was none.
  func close(_ id: String, reason: String) async throws -> Bool {
    if let meters = service.meters, let session = try await store.session(Session.ID(rawValue: id)) {
      let age = Duration.nanoseconds(Timestamp.nanosecondsNow) - session.opened
      meters.ended(session.handshake.revision, after: age)
    }
    let existed = try await store.remove(Session.ID(rawValue: id))
    await drop(id, reason: reason)
    return existed
  }

  /// Forgets peers that have nothing in flight and no stream. The sessions of the others live on, because they are in
  /// use; those that are over nevertheless are ended.
  func tend() async {
    let (idle, busy) = peers.withLock { peers in
      let idle = peers.values.filter { $0.checkIdle(remembering: service.limits.loggedTime) }
      for peer in idle { peers[SessionKey(peer.sessionID ?? "")] = nil }
      return (idle.filter(\.isLogged), peers.values.filter(\.isBusy))
    }
    do {
      for peer in idle { try await log.close(EventID.generalStream, of: Session.ID(rawValue: peer.sessionID ?? "")) }
      try await log.sweep()
      try await keepClaims()
    } catch {
      service.logger.error("event log failed", [("error", "\(error)")])
    }
    for peer in busy { await keepAlive(peer) }
  }

  /// What is said to sessions whose clients listen here, or are expected to, is kept here and nowhere else.
  private func keepClaims() async throws {
    guard log.isShared else { return }
    let claimed = peers.withLock { $0.values.filter(\.mayListen).compactMap(\.session) }
    for lost in try await log.keepClaims(claimed) { knownPeer(of: lost)?.lose(EventID.generalStream) }
    // A bell may have been lost.
    for peer in current { peer.ringAll() }
  }

  private func keepAlive(_ peer: Peer) async {
    guard let id = peer.sessionID.map(Session.ID.init(rawValue:)), store.sessionAtHand(id) == nil else { return }
    do {
      _ = try await self.peer(of: id.rawValue)
    } catch {
      // Whether the session is over is not known; the next look tells.
      service.logger.error("session store failed", [("error", "\(error)")])
    }
  }

  /// The peers with something in flight or a stream, or that had until recently.
  var current: [Peer] { peers.withLock { Array($0.values) } }

  /// How many sessions are open; where the store cannot tell, how many this process has to do with.
  var count: Int { store.countAtHand ?? peers.withLock { $0.count } }

  /// An id for a session that is about to be opened.
  func makeID() throws -> Session.ID { try store.makeID() }

  /// The peer of a session this process has to do with; nil when it has not.
  func knownPeer(of id: Session.ID) -> Peer? { peers.withLock { $0[SessionKey(id.rawValue)] } }

  /// Another server has ended the session.
  func ended(_ id: Session.ID) { leave(id.rawValue, reason: "the session was ended") }

  private func leave(_ id: String, reason: String) {
    peers.withLock { $0.removeValue(forKey: SessionKey(id)) }?.terminate(reason: reason)
  }

  private func drop(_ id: String, reason: String) async {
    leave(id, reason: reason)
    do {
      try await log.forget(Session.ID(rawValue: id))
    } catch {
      service.logger.error("event log failed", [("error", "\(error)")])
    }
  }
}
