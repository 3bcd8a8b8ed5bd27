// SPDX-License-Identifier: Apache-2.0
import MCPCore
import Observability
import Synchronization

/// Who sends which of a session's streams.
final class SentStreams {
  fileprivate var general: (any StreamListener)?
  fileprivate var replies: [String: any StreamListener] = [:]
  /// When the client stopped listening to the general stream, if it ever listened.
  fileprivate var stoppedListening: Moment?
  /// Whether the log knows that the general stream may be resumed.
  fileprivate var isLogged = false

  var all: [any StreamListener] { replies.values + (general.map { [$0] } ?? []) }
  fileprivate var hasListened: Bool { general != nil || stoppedListening != nil }

  fileprivate subscript(stream: String) -> (any StreamListener)? {
    get { stream == EventID.generalStream ? general : replies[stream] }
    set { if stream == EventID.generalStream { general = newValue } else { replies[stream] = newValue } }
  }
}

/// The streams an HTTP peer listens to: each has one connection at a time.
extension Peer {
  /// Makes `listener` the one who sends a stream, and ends the one before: the newest connection is the one the client
  /// knows of. False when the conversation is over.
  func attach(_ listener: any StreamListener, to stream: String) -> Bool {
    let (isAttached, former) = state.withLock { state -> (Bool, (any StreamListener)?) in
      guard state.lifecycle.step != .terminated else { return (false, nil) }
      let streams = state.madeStreams
      defer { streams[stream] = listener }
      return (true, streams[stream])
    }
    former?.giveWay()
    return isAttached
  }

  /// Forgets `listener`, unless another has taken its place.
  func detach(_ listener: any StreamListener, from stream: String) {
    state.withLock { state in
      state.wasUsed = true
      guard let streams = state.streams, streams[stream] === listener else { return }
      streams[stream] = nil
      if stream == EventID.generalStream { streams.stoppedListening = .now }
    }
  }

  /// Tells whoever sends a stream that there is something to send.
  func ring(_ stream: String) { state.withLock { $0.streams?[stream] }?.ring() }

  /// Tells everybody who sends a stream that there may be something to send.
  func ringAll() {
    for listener in state.withLock({ $0.streams?.all ?? [] }) { listener.ring() }
  }

  /// Ends the general stream; the client may come back after a while.
  func endGeneralStream(retryAfter pause: Duration) {
    state.withLock { $0.streams?.general }?.end(retryAfter: pause)
  }

  /// Another server sends a stream from now on.
  func lose(_ stream: String) {
    let former = state.withLock { state -> (any StreamListener)? in
      if stream == EventID.generalStream { state.grace = 0 }
      guard let streams = state.streams else { return nil }
      defer {
        streams[stream] = nil
        if stream == EventID.generalStream { streams.stoppedListening = nil }
      }
      return streams[stream]
    }
    former?.giveWay()
  }

  /// Whether the client listens to the general stream, or did, as far as is remembered.
  var hasListened: Bool { state.withLock { $0.streams?.hasListened == true } }

  /// Whether what is said on the general stream may find a reader: one that listens, was cut off, or is about to come.
  var mayListen: Bool { state.withLock { $0.grace > 0 || $0.streams?.hasListened == true } }

  /// True the first time: the log is to be told that the general stream may be resumed.
  func beginsLog() -> Bool {
    state.withLock { state in
      let streams = state.madeStreams
      defer { streams.isLogged = true }
      return !streams.isLogged
    }
  }

  /// Whether the log was told so.
  var isLogged: Bool { state.withLock { $0.streams?.isLogged == true } }

  /// Whether the session is in use though nothing may be asked in it.
  var isBusy: Bool { state.withLock { !$0.flights.isEmpty || $0.isSending } }

  /// Whether nothing is in flight, nobody listens or did within `memory`, and nothing happened since this was asked last.
  func checkIdle(remembering memory: Duration) -> Bool {
    state.withLock { state in
      defer {
        state.wasUsed = false
        if state.grace > 0 { state.grace -= 1 }
      }
      if let stopped = state.streams?.stoppedListening, stopped + memory > .now { return false }
      return state.flights.isEmpty && !state.isSending && !state.wasUsed
    }
  }
}

extension Peer.State {
  fileprivate var isSending: Bool { streams?.all.isEmpty == false }

  fileprivate var madeStreams: SentStreams {
    mutating get {
      if let streams { return streams }
      let made = SentStreams()
      streams = made
      return made
    }
  }
}
