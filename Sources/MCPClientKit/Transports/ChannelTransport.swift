// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore
import Observability
import Synchronization

/// Many requests at once over one two-way channel: stdio, memory, HTTP+SSE.
final class ChannelTransport: ClientTransport {
  private struct State {
    var waiting: [RequestID: @Sendable (Answer) -> Void] = [:]
    var end: ClientError?
    var reading: Task<Void, Never>?
  }

  private let name: String
  private let channel: any MessageChannel
  private let events: TransportEvents
  private let serverRequests: ServerRequests
  private let limits: ClientOptions.Limits
  private let closing: Duration
  /// Why the channel has ended, in its own words.
  private let ending: @Sendable () async -> ClientError
  private let unread: @Sendable () -> Bool
  /// Ends the other side at once.
  private let killing: @Sendable () async -> Void
  private let state = Mutex(State())

  let sessionID: String? = nil

  init(
    to name: String, over channel: any MessageChannel, _ options: ClientOptions, events: TransportEvents,
    isUnread: @escaping @Sendable () -> Bool = { false }, killing: @escaping @Sendable () async -> Void = {},
    ending: @escaping @Sendable () async -> ClientError
  ) {
    self.name = name
    self.channel = channel
    limits = options.limits
    closing = options.timeouts.closing
    self.events = events
    serverRequests = ServerRequests(limits, events)
    self.ending = ending
    self.killing = killing
    unread = isUnread
    let reading = Task { await read() }  // the one task of this connection; `close` waits for it
    state.withLock { $0.reading = reading }
  }

  var isUnread: Bool { unread() }

  func begin(_ request: Request, answered: @escaping @Sendable (Answer) -> Void) {
    let end = state.withLock { state in
      if state.end == nil { state.waiting[request.id] = answered }
      return state.end
    }
    if let end { return answered(.failure(end.unsent())) }
    let text = encode(.request(request))
    // A write that the server's slowness holds up must not hold up the caller, who has a deadline. It usually is over
    // before this returns; when not, it is bounded by the channel.
    Task.immediate {
      do { try await channel.send(text) } catch { settle(request.id, .failure(await sendError(error))) }
    }
  }

  func abandon(_ request: Request, reason: String) {
    let wasWaiting = state.withLock { $0.waiting.removeValue(forKey: request.id) != nil }
    guard wasWaiting, request.method != .initialize else { return }  // `initialize` may not be cancelled
    let text = encode(
      .notification(.init(.cancelled, ["requestId": request.id.json, "reason": .string(reason)])))
    Task.immediate { try? await channel.send(text) }  // the request is over for us, heard or not
  }

  func send(_ notification: Message.Notification) async throws(ClientError) {
    let text = encode(.notification(notification))
    do { try await channel.send(text) } catch { throw await sendError(error) }
  }

  func close() async {
    fail(ClientError(.closed, "the connection to \(name) was closed"))
    await serverRequests.close(within: closing)
    await channel.close()
    await state.withLock { $0.reading }?.value
  }

  func abort() async {
    await killing()
    await close()
  }

  private func sendError(_ error: any Error) async -> ClientError {
    if error is ChannelClosed { return await ending() }
    return error as? ClientError ?? ClientError(.disconnected, "\(name) cannot be written to: \(error)")
  }

  private func encode(_ message: Message) -> [UInt8] {
    var text: [UInt8] = []
    message.json.write(to: &text)
    events.trace?(.sent(text))
    return text
  }
}

// MARK: - Reading

extension ChannelTransport {
  private func read() async {
    do {
      while let text = try await channel.receive() { receive(text) }
      lose(await ending())
    } catch {
      lose(error as? ClientError ?? ClientError(.invalidResponse, "\(name): \(error)"))
    }
  }

  private func receive(_ text: [UInt8]) {
    events.trace?(.received(text))
    do {
      let json = try JSON(parsing: text, limits: JSONLimits(bytes: limits.message))
      // 2025-03-26 may send several messages at once.
      if case .array(let messages) = json { for message in messages { receive(message) } } else { receive(json) }
    } catch {
      // Many servers print to standard output by mistake; the next line may be a message again.
      events.logger.warning("skipped a line that is no message", [("server", name), ("error", "\(error)")])
    }
  }

  private func receive(_ json: JSON) {
    do {
      switch try Message(json) {
      case .response(let response):
        if let id = response.id { settle(id, .success(response)) }
      case .notification(let notification):
        serverRequests.cancel(notification)
        events.notified(notification, nil)
      case .request(let request): answer(request)
      }
    } catch {
      guard let id = error.id else {
        return events.logger.warning("skipped an invalid message", [("server", name), ("error", error.error.message)])
      }
      settle(id, .failure(ClientError(.invalidResponse, "\(name) sent an invalid response: \(error.error.message)")))
    }
  }

  private func answer(_ request: Request) {
    serverRequests.answer(request) { [self] response in
      try? await channel.send(encode(.response(response)))  // nobody is left to tell when that fails
    }
  }

  private func settle(_ id: RequestID, _ answer: Answer) {
    state.withLock { $0.waiting.removeValue(forKey: id) }?(answer)
  }

  private func lose(_ error: ClientError) {
    if fail(error) { events.lost(ObjectIdentifier(self), error) }
  }

  /// - Returns: whether this is the first that is heard of the end.
  @discardableResult
  private func fail(_ error: ClientError) -> Bool {
    let (isFirst, waiting) = state.withLock { state in
      let isFirst = state.end == nil
      if isFirst { state.end = error }
      defer { state.waiting = [:] }
      return (isFirst, state.waiting.values)
    }
    for answered in waiting { answered(.failure(error)) }
    return isFirst
  }
}
