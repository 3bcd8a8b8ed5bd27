// SPDX-License-Identifier: Apache-2.0
import EventIO
import MCPCore
import Synchronization

/// Sends what is logged of a stream, from a position on: first what was said before, then what comes.
///
/// The log is the truth and the bell only a hint, so a message comes once and in order whoever says it. A reader that is
/// too slow finds that the log has forgotten something; nothing else piles up for it.
final class LogReader: EventSource, StreamListener {
  /// Where on the stream to begin.
  enum Start {
    /// With what comes from now on.
    case now
    /// With all that is kept.
    case beginning
    /// After an event the client knows.
    case after(String)
  }

  fileprivate struct State {
    let start: Start
    /// The last event that was sent; nil before the first look.
    var position: String?
    var hasGap: Bool
    var isRung = true
    var isCommentDue = false
    var isQuiet = true
    /// What is to be said last; set when the server stops.
    var parting: [UInt8]?
    var isClosed = false
    var waiter: CheckedContinuation<Void, Never>?
  }

  fileprivate enum Step { case comment, read, end, wait }

  /// The most events taken from the log at once.
  private static let pieceLimit = 64

  private let keeper: EventKeeper
  private let peer: Peer
  private let stream: String
  private let state: Mutex<State>

  /// - Parameter hasGap: whether something after the start is known to be lost.
  init(
    _ keeper: EventKeeper, _ peer: Peer, stream: String, from start: Start, hasGap: Bool = false
  ) {
    self.keeper = keeper
    self.peer = peer
    self.stream = stream
    state = Mutex(State(start: start, hasGap: hasGap))
  }

  private var session: Session.ID { Session.ID(rawValue: peer.sessionID ?? "") }
  private var revision: Revision { peer.handshake?.revision ?? .latestLegacy }
  private var isGeneral: Bool { stream == EventID.generalStream }

  func ring() { wake { $0.isRung = true } }

  func close() { wake { $0.isClosed = true } }

  func giveWay() { close() }

  func sessionEnded() { close() }

  /// Ends the stream because the server stops; the client may come back soon.
  func finish() { end(retryAfter: .milliseconds(500)) }

  func end(retryAfter pause: Duration) {
    let parting = revision.hasPolling ? retryField(pause) : []
    wake { $0.parting = parting }
  }

  func beat() {
    wake { state in
      state.isCommentDue = state.isQuiet
      state.isQuiet = true
    }
  }

  /// An idle stream is held here, so this keeps little.
  func next() async -> [UInt8]? {
    while true {
      switch state.withLock({ $0.step() }) {
      case .comment: return keepAliveComment
      case .end: return state.withLock { $0.takeParting() }
      case .read: if let text = await read() { return text }
      case .wait: await withCheckedContinuation { wait($0) }
      }
    }
  }

  /// What follows the position; nil when nothing does.
  @inline(never)
  private func read() async -> [UInt8]? {
    let position = state.withLock { $0.position }
    do {
      guard let position else { return try await begin() }
      let hasGap = state.withLock { $0.hasGap }
      let piece = try await keeper.log.events(after: position, on: stream, of: session, limit: Self.pieceLimit)
      var text = isGeneral && (hasGap || piece?.isComplete == false) ? await keeper.amends(to: peer) : []
      for event in piece?.events ?? [] { text += event.message.event(event.id, revision) }
      state.withLock { $0.take(piece, isSaying: !text.isEmpty, isGeneral: isGeneral) }
      return text.isEmpty ? nil : text
    } catch {
      keeper.failed(error)
      // Servers that share a log go on without it for a while. Whoever listens is told the rest when it is back, and that something
      // may be lost, for which the bell rings then (if not at once, with the next `ringAll`); or that it does not come back
      // (`ClusterMessage.storeIsLost`).
      if isGeneral && keeper.log.isShared { state.withLock { $0.hasGap = true } } else { close() }
      return nil
    }
  }

  /// Settles where to begin; what the client is told of it.
  private func begin() async throws -> [UInt8]? {
    let start = state.withLock { $0.start }
    let position =
      switch start {
      case .now: try await keeper.log.newest(on: stream, of: session)
      case .beginning: EventID.start
      case .after(let position): position
      }
    state.withLock { ($0.position, $0.isRung) = (position, true) }
    if case .after = start { return nil }
    let id = EventID(stream: stream, position: position)
    return primingEvent(id, revision, retry: keeper.service.limits.retryTime)
  }

  private func wait(_ continuation: CheckedContinuation<Void, Never>) {
    let mustWait = state.withLock { state in
      guard !state.hasWork else { return false }
      state.waiter = continuation
      return true
    }
    if !mustWait { continuation.resume() }
  }

  private func wake(_ change: (inout State) -> Void) {
    let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
      change(&state)
      guard state.hasWork else { return nil }
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume()
  }
}

extension LogReader.State {
  fileprivate var hasWork: Bool { isRung || isCommentDue || isClosed || parting != nil }

  fileprivate mutating func take(_ piece: LoggedEvents?, isSaying: Bool, isGeneral: Bool) {
    if isSaying { isQuiet = false }
    hasGap = false
    guard let piece else {
      // Nothing was said so far, or all there was to say.
      if !isGeneral { parting = [] }
      return
    }
    position = piece.position
    if !piece.events.isEmpty {
      isRung = true
    } else if piece.isClosed, !isGeneral {
      parting = []
    }
  }

  /// What is said last, once.
  fileprivate mutating func takeParting() -> [UInt8]? {
    defer { (isClosed, parting) = (true, nil) }
    return isClosed || parting?.isEmpty == true ? nil : parting
  }

  fileprivate mutating func step() -> LogReader.Step {
    if isClosed { return .end }
    if isRung {
      isRung = false
      return .read
    }
    if parting != nil { return .end }
    if isCommentDue {
      isCommentDue = false
      return .comment
    }
    return .wait
  }
}
