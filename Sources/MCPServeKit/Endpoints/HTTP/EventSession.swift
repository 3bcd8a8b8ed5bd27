// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore
import Observability
import Synchronization

/// A session of HTTP+SSE: its peer, and the one stream everything is said on.
final class EventSession: NotificationSink {
  private struct State {
    /// Messages that are being answered.
    var pending = 0
    var isFinishing = false
  }

  let mailbox: EventMailbox
  private let service: Service
  let peer: Peer
  private let opened = Moment.now
  /// Since 1970.
  let openedAt = Duration.nanoseconds(Timestamp.nanosecondsNow)
  private let state = Mutex(State())

  init(_ service: Service, id: String, for principal: Principal?) {
    mailbox = EventMailbox(limit: service.limits.streamMessages)
    self.service = service
    peer = Peer(sessionID: id, owner: principal?.name)
  }

  private func conversation(_ principal: Principal?) -> Conversation {
    Conversation(service: service, peer: peer, principal: principal, assumed: .assumed)
  }

  /// Whether one more message may be answered; `answer` is to follow.
  func begin() -> Bool {
    let limit = service.quotas.requestsInFlight
    return state.withLock { state in
      guard state.pending < limit, !state.isFinishing else { return false }
      state.pending += 1
      return true
    }
  }

  /// Answers a message on the stream.
  ///
  /// Nobody waits for the task: the POST that brought the message is over. `begin` bounds how many there are, and the
  /// end of the stream withdraws their requests.
  func answer(_ message: JSON, from principal: Principal?) {
    let conversation = conversation(principal)
    Task.immediate {
      if let text = await conversation.answer(message, telling: self) { mailbox.post(text.event) }
      let isLast = state.withLock { state in
        state.pending -= 1
        return state.isFinishing && state.pending == 0
      }
      if isLast { mailbox.close() }
    }
  }

  func tell(_ news: News, _ event: [UInt8]) {
    if peer.wants(news) { mailbox.post(event) }
  }

  func send(_ notification: Message.Notification) async {
    mailbox.post(Message.notification(notification).json.event)
  }

  func send(_ question: Request) async -> Bool { mailbox.post(Message.request(question).json.event) }

  /// Takes an answer to a question of ours; false when `message` is none. It waits for nothing, so it needs no `begin`.
  func takeResponse(_ message: JSON) -> Bool {
    guard message["method"] == nil, case .response(let response)? = try? Message(message) else { return false }
    conversation(nil).receive(response)
    return true
  }

  /// Takes no more messages, and closes the stream once the pending ones are answered.
  func finish() {
    let isIdle = state.withLock { state in
      state.isFinishing = true
      return state.pending == 0
    }
    if isIdle { mailbox.close() }
  }

  /// The stream has ended.
  func end() {
    if let revision = peer.handshake?.revision {
      service.meters?.ended(revision, after: .nanoseconds(opened.age))
    }
    peer.terminate(reason: "the client closed the event stream")
  }
}
