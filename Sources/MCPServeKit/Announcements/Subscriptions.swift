// SPDX-License-Identifier: Apache-2.0
import EventIO
import MCPCore
import Synchronization

/// The open `subscriptions/listen` of a peer at the other end of a channel, where all share one line.
final class Subscriptions: Sendable {
  private struct Entry {
    let subscription: Subscription
    let context: RequestContext
    let ended: Promise<Void>
  }

  private struct State {
    var entries: [Entry] = []
    var isClosed = false
  }

  private let state = Mutex(State())
  /// Nothing is said on a subscription before its acknowledgement.
  private let turn = Turn()

  /// Acknowledges a subscription and keeps it until it is cancelled or `close` is called.
  func keep(_ subscription: Subscription, for context: RequestContext, telling sink: any NotificationSink) async {
    let ended = Promise<Void>()
    await turn.begin()
    await sink.send(subscription.acknowledgement)
    let isKept = state.withLock { state in
      guard !state.isClosed else { return false }
      state.entries.append(Entry(subscription: subscription, context: context, ended: ended))
      return true
    }
    turn.end()
    guard isKept else { return }
    context.onCancel { ended.keep(()) }
    await ended.value()
    state.withLock { $0.entries.removeAll { $0.context === context } }
  }

  /// Tells those who asked for it.
  func tell(_ news: News, _ sink: any NotificationSink) async {
    await turn.begin()
    for entry in state.withLock({ $0.entries }) where entry.context.isOpen {
      if let notification = entry.subscription.notification(of: news) { await sink.send(notification) }
    }
    turn.end()
  }

  /// Ends every subscription, which is then answered, and those that still come. Whether there were any.
  @discardableResult
  func close() -> Bool {
    let entries = state.withLock { state in
      state.isClosed = true
      return state.entries
    }
    for entry in entries where entry.context.finish() { entry.ended.keep(()) }
    return !entries.isEmpty
  }
}

extension Conversation {
  /// Answers `subscriptions/listen` when it ends: with a result when the server ends it, not at all when the client does.
  func listen(_ request: Request, _ revision: Revision, telling sink: any NotificationSink) async -> Response? {
    do throws(RPCError) {
      guard let subscriptions else { throw .methodNotFound(request.method) }
      let context = try service.modernContext(of: request, revision, from: principal, sink)
      try peer.begin(context, limit: service.quotas.requestsInFlight)
      defer { peer.end(context) }
      let subscription = try await service.subscription(request, in: context)
      await subscriptions.keep(subscription, for: context, telling: sink)
      return context.finish() ? service.end(subscription, revision) : nil
    } catch {
      return Response(id: request.id, outcome: .failure(error))
    }
  }
}
