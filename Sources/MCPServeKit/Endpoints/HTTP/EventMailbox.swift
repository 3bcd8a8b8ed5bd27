// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// What waits to be sent on an event stream. Anybody posts, the stream's task takes.
final class EventMailbox: EventSource {
  private struct State {
    var waiting: [UInt8] = []
    var count = 0
    var isClosed = false
    /// Whether nothing was sent since the last beat.
    var isQuiet = true
    var taker: CheckedContinuation<[UInt8]?, Never>?
  }

  /// How much may wait, in bytes: 16 MiB. One event alone may be larger.
  private static let byteLimit = 16 << 20

  private let limit: Int
  private let state = Mutex(State())

  /// - Parameter limit: how many events may wait; one more closes the stream.
  init(limit: Int) { self.limit = limit }

  /// Sends an event, or closes the stream when its peer is too slow. False when it is closed.
  @discardableResult
  func post(_ event: [UInt8]) -> Bool {
    let (isPosted, taker) = state.withLock { state -> (Bool, CheckedContinuation<[UInt8]?, Never>?) in
      guard !state.isClosed else { return (false, nil) }
      state.isQuiet = false
      if let taker = state.taker {
        state.taker = nil
        return (true, taker)
      }
      state.count += 1
      let isFull = !state.waiting.isEmpty && state.waiting.count + event.count > Self.byteLimit
      state.isClosed = state.count > limit || isFull
      if state.isClosed { state.waiting = [] } else { state.waiting += event }
      return (!state.isClosed, nil)
    }
    taker?.resume(returning: event)
    return isPosted
  }

  func beat() {
    let wasQuiet = state.withLock { state in
      defer { state.isQuiet = true }
      return state.isQuiet
    }
    if wasQuiet { post(keepAliveComment) }
  }

  /// Everything that waits, or the next event; nil when the stream is closed and empty.
  func next() async -> [UInt8]? {
    await withCheckedContinuation { continuation in
      let answer: [UInt8]?? = state.withLock { state in
        if !state.waiting.isEmpty {
          defer { (state.waiting, state.count) = ([], 0) }
          return state.waiting
        }
        if state.isClosed { return .some(nil) }
        state.taker = continuation
        return nil
      }
      if let answer { continuation.resume(returning: answer) }
    }
  }

  /// Ends the stream; what waits is still sent.
  func close() {
    let taker = state.withLock { state in
      state.isClosed = true
      defer { state.taker = nil }
      return state.taker
    }
    taker?.resume(returning: nil)
  }
}

/// A comment every client ignores.
let keepAliveComment = Array(": \n\n".utf8)
