// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import Synchronization

/// The answer to one POST: a JSON text, or from the first notification on an event stream that ends with the response.
///
/// One that can be resumed goes on without its connection: what is said is kept for the client to come back for.
final class ReplyStream: NotificationSink, Beating {
  struct State {
    var isStarted = false
    /// Whether the answer is on its way: a notification that comes now comes too late.
    var isFinished = false
    /// Whether nothing was sent since the last beat.
    var isQuiet = false
    /// Whether what is said is sent through the responder.
    var isAttached = true
    /// Where what is said is kept; nil when it cannot be resumed.
    var place: ReplyRecord.Place?
    /// The record, from the first message on.
    var record: ReplyRecord?
  }

  let responder: HTTPResponder
  let accepts: Acceptance
  /// Whether the peer's leaving withdraws the request (2026-07-28), or not (before).
  private let cancelsOnDisconnect: Bool
  let state = Mutex(State())
  let heartbeat: Heartbeat

  init(_ responder: HTTPResponder, _ accepts: Acceptance, cancelsOnDisconnect: Bool, heartbeat: Heartbeat) {
    self.responder = responder
    self.accepts = accepts
    self.cancelsOnDisconnect = cancelsOnDisconnect
    self.heartbeat = heartbeat
  }

  /// Sends a notification where the client can read one; drops it where not.
  func send(_ notification: Message.Notification) async {
    guard accepts.events, !state.withLock({ $0.isFinished }) else { return }
    await write(Message.notification(notification).json.bytes)
  }

  /// Sends a question where the client can read one.
  func send(_ question: Request) async -> Bool {
    guard accepts.events, !state.withLock({ $0.isFinished }) else { return false }
    await write(Message.request(question).json.bytes)
    return true
  }

  func watchPeer(for context: RequestContext) {
    guard cancelsOnDisconnect else { return }
    responder.onDisconnect { context.cancel(reason: "the client closed the connection") }
  }

  /// Sends the response, and ends the answer.
  /// - Parameter status: for an answer that is no stream.
  func finish(text: [UInt8], status: HTTPStatus = .ok) async -> HTTPAnswer {
    if !finishIsStreaming(), accepts.json || status != .ok {
      var answer = HTTPAnswer.json(text, status)
      if status == .serviceUnavailable { answer.headers.add("Retry-After", "1") }
      return answer
    }
    await write(text, isLast: true)
    return await end()
  }

  /// Ends the answer without a response: the request was withdrawn.
  func abandon() async -> HTTPAnswer { finishIsStreaming() ? await end() : .accepted }

  func beat() {
    let isDue = state.withLock { state in
      defer { state.isQuiet = true }
      return state.isQuiet && state.isAttached
    }
    // Nobody waits for a comment; one that cannot be sent is not missed.
    if isDue { Task { try? await responder.write(keepAliveComment) } }
  }

  /// Lets no notification in any more, and tells whether one has begun a stream.
  private func finishIsStreaming() -> Bool {
    state.withLock { state in
      state.isFinished = true
      return state.isStarted
    }
  }

  private func end() async -> HTTPAnswer {
    heartbeat.remove(self)
    await endRecord()
    await responder.finish()
    return .streamed
  }

  private func write(_ message: [UInt8], isLast: Bool = false) async {
    if let record = makeRecord() { return await write(message, to: record, isLast: isLast) }
    let isFirst: Bool? = state.withLock { state in
      guard isLast || !state.isFinished else { return nil }
      defer { (state.isStarted, state.isQuiet) = (true, false) }
      return !state.isStarted
    }
    guard let isFirst else { return }
    if isFirst { heartbeat.add(self) }
    // Does nothing when the stream has begun, so that whoever comes first on the loop begins it.
    await responder.startStream(.ok, headers: HTTPResponder.eventHeaders)
    // Nobody is left to be told when the peer is gone.
    try? await responder.write(message.event)
  }
}
