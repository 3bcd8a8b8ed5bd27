// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Keeps events in this process. A session without events costs nothing.
public final class MemoryEventLog: EventLog {
  fileprivate struct State {
    var sessions: [Session.ID: SessionEvents] = [:]
    /// All events, oldest first; those that were forgotten for other reasons included.
    var order = Queue<(session: Session.ID, number: Int, time: ContinuousClock.Instant)>()
    /// The number of the newest event.
    var last = 0
    var bytes = 0
  }

  private let limits: ServeLimits
  private let now: @Sendable () -> ContinuousClock.Instant
  private let state = Mutex(State())

  /// Makes an empty log.
  /// - Parameters:
  ///   - limits: how much it keeps, and for how long.
  ///   - now: tells the time.
  public init(limits: ServeLimits = ServeLimits(), now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
    self.limits = limits
    self.now = now
  }

  /// How many bytes of messages are kept.
  public var byteCount: Int { state.withLock { $0.bytes } }

  /// Notes that a stream may be resumed.
  public func open(_ stream: String, of session: Session.ID) async throws {
    state.withLock { $0.sessions[session, default: SessionEvents()].open(stream) }
  }

  /// Keeps a message.
  public func append(_ message: [UInt8], to stream: String, of session: Session.ID) async throws -> EventID {
    let now = now()
    return state.withLock { state in
      state.last += 1
      state.sessions[session, default: SessionEvents()].append(message, to: stream, number: state.last)
      state.order.append((session, state.last, now))
      state.bytes += message.count
      while let kept = state.sessions[session], kept.exceeds(limits) { state.forgetOldest(of: session) }
      state.sweep(limits, now)
      return EventID(stream: stream, position: String(state.last))
    }
  }

  /// Notes that nothing more is said on a stream.
  public func close(_ stream: String, of session: Session.ID) async throws {
    state.withLock { state in
      state.sessions[session]?.close(stream)
      state.dropIfEmpty(session)
    }
  }

  /// What was said on a stream.
  public func events(
    after position: String, on stream: String, of session: Session.ID, limit: Int
  ) async throws -> LoggedEvents? {
    return state.withLock { state in
      // What nobody was told yet cannot have been seen.
      let position = min(Int(position) ?? .max, state.last)
      guard let kept = state.sessions[session], let isClosed = kept.isClosed(stream) else { return nil }
      let events = kept.events(after: position, on: stream, limit: limit)
      return LoggedEvents(
        events: events, position: events.last?.id.position ?? String(max(position, kept.forgotten)),
        isComplete: position >= kept.forgotten, isClosed: isClosed)
    }
  }

  /// The position of the newest event.
  public func newest(on stream: String, of session: Session.ID) async throws -> String {
    state.withLock { $0.sessions[session]?.newest(on: stream) }.map { String($0) } ?? EventID.start
  }

  /// Forgets a session.
  public func forget(_ session: Session.ID) async throws {
    state.withLock { state in
      if let kept = state.sessions.removeValue(forKey: session) { state.bytes -= kept.bytes }
    }
  }

  /// Forgets what is too old.
  public func sweep() async throws {
    let now = now()
    state.withLock { $0.sweep(limits, now) }
  }
}

extension MemoryEventLog.State {
  fileprivate mutating func sweep(_ limits: ServeLimits, _ now: ContinuousClock.Instant) {
    while let oldest = order.first, bytes > limits.logBytes || oldest.time + limits.loggedTime <= now {
      order.removeFirst()
      if sessions[oldest.session]?.oldest == oldest.number { forgetOldest(of: oldest.session) }
    }
  }

  fileprivate mutating func forgetOldest(of session: Session.ID) {
    guard let event = sessions[session]?.forgetOldest() else { return }
    bytes -= event.message.count
    dropIfEmpty(session)
  }

  fileprivate mutating func dropIfEmpty(_ session: Session.ID) {
    if sessions[session]?.isEmpty == true { sessions[session] = nil }
  }
}
