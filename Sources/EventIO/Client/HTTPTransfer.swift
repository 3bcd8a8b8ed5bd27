// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// One request and its response, between the thread that moves it and the task that wants it.
final class HTTPTransfer: Sendable {
  struct Head: Sendable {
    let status: HTTPStatus
    let headers: HTTPHeaders
    let times: HTTPClient.Times
  }

  let id: UInt64
  let request: HTTPClient.Request
  let options: HTTPClient.Options
  let head = Promise<Result<Head, IOError>>()
  private let inbox: Mutex<Inbox>
  private let draining = Mutex<ContinuousClock.Instant?>(nil)

  init(id: UInt64, _ request: HTTPClient.Request, _ options: HTTPClient.Options) {
    self.id = id
    self.request = request
    self.options = options
    inbox = Mutex(Inbox(limit: options.unread))
  }

  /// `host:port`, for messages.
  var place: String { HTTPURL.place(of: request.url) }

  // What the thread brings.

  /// False when there is no room; then nothing was taken.
  func add(_ bytes: [UInt8]) -> Bool {
    if drainDeadline != nil { return true }
    return inbox.withLock { inbox in
      guard inbox.hasRoom else { return false }
      inbox.add([bytes])
      return true
    }
  }

  /// Whether the peer waits for us, not we for it.
  var isFull: Bool { inbox.withLock { !$0.hasRoom } }

  var hasEnded: Bool { inbox.withLock { $0.hasEnded } }

  func finish(_ result: Result<Void, IOError>) {
    if case .failure(let error) = result { head.keep(.failure(error)) }
    inbox.withLock { $0.finish(result) }
  }

  // What the task takes.

  /// Until when the rest of a response nobody wants is read all the same, so that its connection can be used again.
  var drainDeadline: ContinuousClock.Instant? { draining.withLock { $0 } }

  func drain(until deadline: ContinuousClock.Instant) { draining.withLock { $0 = deadline } }

  func take() -> Inbox.Next { inbox.withLock { $0.take() } }
}
