// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import Observability
import Synchronization

/// Streamable HTTP in both shapes: sessions and a version header as the handshake left them, or requests that carry
/// everything themselves. What a request's body says decides its shape.
///
/// Spec: 2025-11-25 and 2026-07-28, basic/transports.
final class HTTPTransport: ClientTransport {
  struct State {
    var waiting: [RequestID: (task: Task<Void, Never>, answered: @Sendable (Answer) -> Void)] = [:]
    /// Notifications and answers to the server that are still being sent.
    var errands: [Int: Task<Void, Never>] = [:]
    var nextErrand = 0
    var sessionID: String?
    /// The revision the handshake ended with.
    var legacy: Revision?
    /// The revision of the last modern request.
    var modern: Revision?
    var mirror = HeaderMirror()
    /// Whether the session's own stream is wanted.
    var isListening = false
    /// What reads it.
    var listening: Task<Void, Never>?
    var isClosed = false
  }

  let url: String
  /// The URL as messages show it.
  let name: String
  let client: HTTPClient
  let options: ClientOptions
  let events: TransportEvents
  let serverRequests: ServerRequests
  let state = Mutex(State())

  init(to url: String, _ client: HTTPClient, _ options: ClientOptions, _ events: TransportEvents) {
    self.url = url
    name = HTTPURL.shown(url)
    self.client = client
    self.options = options
    self.events = events
    serverRequests = ServerRequests(options.limits, events)
  }

  var sessionID: String? { state.withLock { $0.sessionID } }

  func begin(_ request: Request, answered: @escaping @Sendable (Answer) -> Void) {
    let isClosed = state.withLock { state in
      if state.isClosed { return true }
      // The task ends when the answer is there, when the request is abandoned, and at the latest in `close`.
      let task = Task { [self] in settle(request.id, await exchange(request)) }
      state.waiting[request.id] = (task, answered)
      return false
    }
    if isClosed { answered(.failure(closed)) }
  }

  func abandon(_ request: Request, reason: String) {
    guard let task = state.withLock({ $0.waiting.removeValue(forKey: request.id)?.task }) else { return }
    // Modern: closing the stream is the cancellation. Legacy: a disconnect is none, so the server is told.
    task.cancel()
    guard !request.isModern, request.method != .initialize else { return }
    let notification = Message.Notification(
      .cancelled, ["requestId": request.id.json, "reason": .string(reason)])
    runErrand { [self] in try? await send(.notification(notification), within: options.timeouts.closing) }
  }

  func send(_ notification: Message.Notification) async throws(ClientError) {
    try await send(.notification(notification), within: options.timeouts.opening)
  }

  func close() async {
    let (waiting, errands, listening, sessionID) = state.withLock { state in
      state.isClosed = true
      defer { (state.waiting, state.errands, state.listening) = ([:], [:], nil) }
      return (state.waiting.values, Array(state.errands.values), state.listening, state.sessionID)
    }
    listening?.cancel()
    await listening?.value
    for request in waiting {
      request.task.cancel()
      request.answered(.failure(closed))
    }
    for request in waiting { await request.task.value }
    for errand in errands { await errand.value }
    await serverRequests.close(within: options.timeouts.closing)
    if sessionID != nil { await Task { [self] in await deleteSession() }.value }  // however our own task fares
    client.close()
  }

  var closed: ClientError { ClientError(.closed, "the connection to \(name) was closed") }

  private func settle(_ id: RequestID, _ answer: Answer) {
    state.withLock { $0.waiting.removeValue(forKey: id) }?.answered(answer)
  }

  /// Runs something nobody waits for, except `close`.
  func runErrand(_ errand: @escaping @Sendable () async -> Void) {
    state.withLock { state in
      guard !state.isClosed else { return }
      let number = state.nextErrand
      state.nextErrand += 1
      state.errands[number] = Task { [self] in
        await errand()
        self.state.withLock { _ = $0.errands.removeValue(forKey: number) }
      }
    }
  }

  /// Spec: 2025-11-25, basic/transports, "Session Management": a server may refuse this, which is fine.
  private func deleteSession() async {
    var headers = headers(for: nil)
    _ = try? await options.authorize(&headers, to: url)
    events.trace?(.http(Redaction.lines(.delete, url, headers)))
    let request = HTTPClient.Request(.delete, url, headers: headers, totalTimeout: options.timeouts.closing)
    let response = try? await client.send(request)
    events.trace?(.note("HTTP \(response?.status.description ?? "failed") for the DELETE of the session"))
  }
}

extension Request {
  /// Whether the request carries its own revision.
  var isModern: Bool { Claim.version(named: params) != nil }
}
