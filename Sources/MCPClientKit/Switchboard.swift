// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore
import Observability
import Synchronization

/// Takes what a server says that is no response, and brings it to whom it concerns.
final class Switchboard: Sendable {
  let deadlines = Deadlines()
  /// The ids of requests, never used twice, also after a reconnection.
  let ids = Atomic<Int>(1)
  private let options: ClientOptions
  /// Answers what the server asks.
  let desk: AnswerDesk
  /// Results that may be used again.
  let cache: Mutex<ResultCache>
  /// Who hears what the server says unasked.
  let listeners = Listeners()
  /// What requests under way have reached, where somebody wants to know.
  private let phases = Mutex<[RequestID: RequestTiming.Phases]>([:])
  private let progress = Mutex<[RequestID: @Sendable (Progress) -> Void]>([:])
  /// What is to be done when a connection is lost.
  private let loss = Mutex<(@Sendable (ObjectIdentifier, ClientError) -> Void)?>(nil)

  init(_ options: ClientOptions, server: String) {
    self.options = options
    desk = AnswerDesk(server: server, options)
    cache = Mutex(ResultCache(limit: options.limits.cachedResults, bytes: options.limits.cachedBytes))
  }

  var events: TransportEvents {
    TransportEvents(
      notified: { [self] in notified($0, on: $1) },
      alive: { [self] in deadlines.keepAlive($0) },
      lost: { [self] transport, error in loss.withLock { $0 }?(transport, error) },
      interrupted: { [self] in for feed in listeners.feeds { feed.tell(.interrupted) } },
      asked: { [self] in await answer($0) },
      trace: options.onTrace,
      reached: options.onTiming == nil ? nil : noteReached, logger: options.logger)
  }

  @Sendable private func noteReached(_ id: RequestID, _ change: @Sendable (inout RequestTiming.Phases) -> Void) {
    phases.withLock { change(&$0[id, default: .init()]) }
  }

  /// Tells how long a request took that is over.
  func time(_ request: Request, since start: ContinuousClock.Instant) {
    guard let tell = options.onTiming else { return }
    let reached = phases.withLock { $0.removeValue(forKey: request.id) }
    tell(RequestTiming(method: request.method, start: start, end: .now, phases: reached))
  }

  /// Sends the progress of the request `id` to `listener`; the request's id is its token.
  func listen(for id: RequestID, _ listener: @escaping @Sendable (Progress) -> Void) {
    progress.withLock { $0[id] = listener }
  }

  /// The request is over: its deadline and progress concern nobody.
  func forget(_ id: RequestID) {
    deadlines.forget(id)
    progress.withLock { $0[id] = nil }
  }

  /// Calls `action` when a connection is lost.
  func onLoss(_ action: @escaping @Sendable (ObjectIdentifier, ClientError) -> Void) {
    loss.withLock { $0 = action }
  }

  private func notified(_ notification: Message.Notification, on stream: RequestID?) {
    if notification.method == .progress, let token = notification.params["progressToken"].flatMap(RequestID.init(json:))
    {
      deadlines.keepAlive(token)
      if let listener = progress.withLock({ $0[token] }), let step = Progress(notification.params) { listener(step) }
    } else {
      cache.withLock { $0.invalidate(notification) }
      listeners.tell(notification, on: stream)
    }
    options.onNotification?(notification)
  }

  /// Every request of a legacy server ends here.
  private func answer(_ request: Request) async -> Response {
    if request.method == .ping { return Response(id: request.id, outcome: .success([:])) }
    // While somebody thinks about an answer, the server cannot go on with ours.
    deadlines.hold()
    defer { deadlines.release() }
    do throws(RPCError) {
      var answer = try await desk.answer(request.method, request.params)
      // Spec: 2025-11-25, basic/utilities/tasks: what belongs to a task says so.
      if let task = request.params["_meta"]?[MetaKey.relatedTask] { answer.setMeta(MetaKey.relatedTask, task) }
      return Response(id: request.id, outcome: .success(answer))
    } catch {
      return Response(id: request.id, outcome: .failure(error))
    }
  }
}
