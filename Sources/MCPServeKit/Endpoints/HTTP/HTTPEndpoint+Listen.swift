// SPDX-License-Identifier: Apache-2.0
import EventIO
import MCPCore
import Synchronization

/// The open streams of `subscriptions/listen`.
final class ListenStreams: Sendable {
  private struct Stream {
    let subscription: Subscription
    let mailbox: EventMailbox
  }

  private let streams = Mutex<[ObjectIdentifier: Stream]>([:])

  /// False when there are `limit` already.
  func add(_ subscription: Subscription, _ mailbox: EventMailbox, limit: Int) -> Bool {
    streams.withLock { streams in
      guard streams.count < limit else { return false }
      streams[ObjectIdentifier(mailbox)] = Stream(subscription: subscription, mailbox: mailbox)
      return true
    }
  }

  var count: Int { streams.withLock { $0.count } }

  func remove(_ mailbox: EventMailbox) { streams.withLock { $0[ObjectIdentifier(mailbox)] = nil } }

  func tell(_ news: News) {
    for stream in streams.withLock({ Array($0.values) }) {
      if let notification = stream.subscription.notification(of: news) {
        stream.mailbox.post(Message.notification(notification).json.event)
      }
    }
  }
}

extension HTTPEndpoint {
  /// Answers `subscriptions/listen` with a stream that lasts until the client closes it or the server stops.
  ///
  /// Spec: 2026-07-28, basic/utilities/subscriptions.
  func listen(
    _ call: Request, _ revision: Revision, _ exchange: HTTPExchange, _ accepts: Acceptance
  ) async -> HTTPAnswer {
    guard accepts.events else { return .notAcceptable("text/event-stream") }
    do throws(RPCError) {
      let context = try service.modernContext(of: call, revision, from: exchange.principal, NoSink())
      let subscription = try await service.subscription(call, in: context)
      let mailbox = EventMailbox(limit: service.limits.streamMessages)
      mailbox.post(Message.notification(subscription.acknowledgement).json.event)
      guard listenStreams.add(subscription, mailbox, limit: service.limits.sessions) else {
        return tooManyListeners(call)
      }
      let end = service.end(subscription, revision).bytes.event
      return .stream(
        EventStream(
          source: mailbox,
          stop: {
            mailbox.post(end)
            mailbox.close()
          },
          ended: { [listenStreams] in listenStreams.remove(mailbox) }))
    } catch {
      return exchange.explain(.error(status(of: .failure(error)), error, to: call.id), error)
    }
  }

  private func tooManyListeners(_ call: Request) -> HTTPAnswer {
    .unavailable(
      "\(service.limits.sessions) subscriptions are open, the limit: try again later", after: 10, to: call.id)
  }
}
