// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore
import Observability
import Synchronization

/// The other side of one conversation: what its handshake settled, how far it is, and its requests in flight.
///
/// A peer of the modern era leaves no trace here but its requests in flight.
final class Peer: Sendable {
  struct State {
    var lifecycle: Lifecycle
    var handshake: Handshake?
    var logLevel: Logger.Level?
    /// The resources whose changes it wants to know of.
    var subscriptions: Set<String> = []
    var isReady: Bool
    /// What a conversation without a session is told from others by; nil until somebody has to.
    var name: String?
    var flights: [RequestContext] = []
    /// What it is sent over HTTP; nil until it is sent something.
    var streams: SentStreams?
    /// How often `checkIdle` is still to be asked until the client, which has confirmed the handshake, is not expected to
    /// listen any more.
    var grace: UInt8 = 0
    /// Whether anything happened since `isIdle` was asked last.
    var wasUsed = true
    /// What the session's record was last known to say of what may be changed by several servers.
    var recordedLevel: Logger.Level?
    var recordedSubscriptions: Set<String> = []
  }

  /// The id of its session; nil on a channel.
  let sessionID: String?
  /// Who opened the session, and alone may use it; nil where nobody has to say.
  let owner: String?
  /// What its client was asked.
  let questions = OpenQuestions()
  let state: Mutex<State>
  private let recordedVersion = Atomic<Int>(0)

  init(sessionID: String? = nil, owner: String? = nil) {
    self.sessionID = sessionID
    self.owner = owner
    state = Mutex(State(lifecycle: Lifecycle(), isReady: false))
  }

  /// How far the legacy conversation is.
  var current: SessionState {
    state.withLock { $0.lifecycle.state(requestsInFlight: $0.flights.count) }
  }

  /// What the conversation is told from others by. Nobody can guess it.
  var name: String {
    if let sessionID { return sessionID }
    return state.withLock { state in
      if let name = state.name { return name }
      let name = Session.ID.random().rawValue
      state.name = name
      return name
    }
  }

  /// Whether a caller may use it. Its id finds a session, it does not prove who asks.
  ///
  /// Spec: 2025-11-25, basic/security_best_practices, "Session Hijacking".
  func isOpen(to principal: Principal?) -> Bool {
    guard let owner else { return principal == nil }
    return principal?.name.hasBytes(of: owner) == true
  }

  /// What the handshake settled; nil before.
  var handshake: Handshake? { state.withLock { $0.handshake } }

  /// Whether the client has confirmed the handshake, so that it may be told things unasked.
  var isReady: Bool { state.withLock { $0.isReady } }
}

// MARK: - The legacy lifecycle

extension Peer {
  func beginInitialize() throws(RPCError) {
    guard state.withLock({ $0.lifecycle.initializeBegan() }) else {
      throw RPCError(.invalidRequest, "initialize was answered before: a session is initialized once")
    }
  }

  func endInitialize(_ handshake: Handshake?) {
    state.withLock { state in
      state.lifecycle.initializeEnded(success: handshake != nil)
      if let handshake { state.handshake = handshake }
    }
  }

  func confirm() {
    state.withLock { state in
      state.isReady = state.handshake != nil
      state.grace = 2
    }
  }

  func setLogLevel(_ level: Logger.Level) { state.withLock { $0.logLevel = level } }

  /// Takes up a session that began elsewhere, or earlier.
  func resume(_ session: Session) {
    state.withLock { state in
      state.lifecycle = Lifecycle(.initialized)
      state.handshake = session.handshake
    }
    adopt(session)
  }

  /// The version of the session's record that is known.
  var version: Int { recordedVersion.load(ordering: .relaxed) }

  /// Takes over what the record says, as another server may have written it, without what was changed here meanwhile.
  func adopt(_ session: Session) {
    state.withLock { state in
      var merged = session
      state.change(&merged)
      (state.logLevel, state.subscriptions, state.isReady) = (merged.logLevel, merged.subscriptions, merged.isReady)
      (state.recordedLevel, state.recordedSubscriptions) = (session.logLevel, session.subscriptions)
    }
    recordedVersion.store(session.version, ordering: .relaxed)
  }

  /// Writes what has changed into the session's record.
  func describe(in session: inout Session) {
    state.withLock { state in
      session.state = state.lifecycle.step
      state.change(&session)
    }
  }

  func fail() { state.withLock { $0.lifecycle.failed() } }

  /// Ends the conversation and withdraws what is in flight.
  func terminate(reason: String) {
    let (flights, listeners) = state.withLock { state in
      state.lifecycle.terminated()
      return (state.flights, state.streams?.all ?? [])
    }
    for flight in flights { flight.cancel(reason: reason) }
    for listener in listeners { listener.sessionEnded() }
  }

  /// What a legacy request is answered on the ground of.
  /// - Throws: `RPCError` when the handshake is missing and nothing is assumed in its place.
  func legacyGround(
    assuming assumed: Handshake?
  ) throws(RPCError) -> (handshake: Handshake, logLevel: Logger.Level) {
    let (step, handshake, level) = state.withLock { ($0.lifecycle.step, $0.handshake, $0.logLevel) }
    switch step {
    case .initialized:
      guard let handshake else { break }
      return (handshake, level ?? .info)
    case .uninitialized:
      guard let assumed else { break }
      return (assumed, level ?? .info)
    case .initializing, .processing, .failed, .terminated: break
    }
    throw .notInitialized(step)
  }
}

extension Peer.State {
  /// Makes the changes to a record that were made here since it was read.
  fileprivate func change(_ session: inout Session) {
    if logLevel != recordedLevel { session.logLevel = logLevel }
    session.isReady = session.isReady || isReady
    guard subscriptions != recordedSubscriptions else { return }
    session.subscriptions.formUnion(subscriptions.subtracting(recordedSubscriptions))
    session.subscriptions.subtract(recordedSubscriptions.subtracting(subscriptions))
  }
}

extension RPCError {
  /// Code -32002 says this only in revisions before 2026-07-28.
  static func notInitialized(_ state: SessionState) -> RPCError {
    let remedy = state == .terminated ? "it is over: start a new one" : "send initialize first"
    return RPCError(Code(rawValue: -32002), "the session is \(state.rawValue): \(remedy)")
  }
}

// MARK: - What a legacy peer is told unasked

extension Peer {
  /// Whether the peer is to be told.
  func wants(_ news: News) -> Bool {
    state.withLock { state in
      guard state.isReady, state.handshake?.revision.pushesChanges == true else { return false }
      return switch news.announcement {
      case .listChanged: true
      case .resourceUpdated: news.concerns(state.subscriptions)
      case .log(let level, _, _): level >= state.logLevel ?? .info
      case .task(let task): task.owner.session == (sessionID ?? state.name) && task.owner.session != nil
      }
    }
  }

  /// Notes that the peer wants to know when a resource changes; false when it has too many already.
  func subscribe(_ uri: String, limit: Int) -> Bool {
    state.withLock { state in
      guard state.subscriptions.count < limit || state.subscriptions.contains(uri) else { return false }
      state.subscriptions.insert(uri)
      return true
    }
  }

  func unsubscribe(_ uri: String) { state.withLock { _ = $0.subscriptions.remove(uri) } }
}

// MARK: - Requests in flight

extension Peer {
  /// Notes a request that is about to be answered.
  /// - Throws: `RPCError` when its id is in use or there are too many.
  func begin(_ context: RequestContext, limit: Int) throws(RPCError) {
    let fault: RPCError? = state.withLock { state in
      if state.flights.contains(where: { $0.id == context.id }) {
        return RPCError(.invalidRequest, "id \(context.id) belongs to a request in flight: use another")
      }
      guard state.flights.count < limit else {
        return RPCError(.internalError, "\(limit) requests are in flight, the limit: wait for an answer")
      }
      guard state.lifecycle.step != .terminated else { return .notInitialized(.terminated) }
      state.flights.append(context)
      state.wasUsed = true
      return nil
    }
    if let fault { throw fault }
  }

  /// Whether a request of that id is being answered.
  func hasInFlight(_ id: RequestID) -> Bool {
    state.withLock { state in
      state.wasUsed = true
      return state.flights.contains { $0.id == id }
    }
  }

  /// Forgets a request that was answered or withdrawn.
  func end(_ context: RequestContext) {
    state.withLock { state in
      guard let index = state.flights.firstIndex(where: { $0 === context }) else { return }
      state.flights.remove(at: index)
    }
  }

  /// Withdraws a request; unknown ids and finished requests are left alone.
  func cancel(_ id: RequestID, reason: String?) {
    state.withLock { state in state.flights.first { $0.id == id } }?.cancel(reason: reason)
  }

  var requestsInFlight: Int { state.withLock { $0.flights.count } }
}
