// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
public import Observability
import Synchronization

extension Client {
  /// Listens to what the server says unasked: `subscriptions/listen` where requests stand alone, the session's own
  /// stream and `resources/subscribe` before.
  ///
  /// The subscription outlives lost connections, sessions and child processes; `interrupted` tells of each.
  /// - Throws: `ClientError` when the server does not take the subscription.
  public func listen(to interests: Interests) async throws(ClientError) -> Subscription {
    let feed = Feed(interests, limit: options.limits.notifications, logger: options.logger)
    return negotiated.era == .modern ? try await listenByRequest(feed) : try await listenInSession(feed)
  }

  /// Sets the least level of log lines the server is to send; nil leaves it to the server, which in the modern era means
  /// none.
  public func setLogLevel(_ level: Logger.Level?) async throws(ClientError) {
    state.withLock { $0.logLevel = level }
    guard negotiated.era == .legacy, let level else { return }
    _ = try await request(.setLogLevel, ["level": .string(level.name)])
  }

  // Modern

  private func listenByRequest(_ feed: Feed) async throws(ClientError) -> Subscription {
    let listeners = connector.switchboard.listeners
    let number = listeners.add(feed)  // for log lines, which come with requests
    let opened = Promise<Result<Interests, ClientError>>()
    let loop = ListenLoop(client: self, interests: feed.interests, feed: feed, opened: opened)
    let task = Task { await loop.run() }  // ends when cancelled, by the subscription or the client
    listeners.keep(task, for: number)
    let cancelled = ClientError(.cancelled, "the subscription was cancelled")
    switch await opened.value(onCancel: .failure(cancelled)) {
    case .success(var honoured):
      honoured.logs = feed.interests.logs
      return Subscription(honoured, feed) {
        task.cancel()
        await task.value
        _ = listeners.remove(number)
      }
    case .failure(let error):
      task.cancel()
      _ = listeners.remove(number)
      throw error
    }
  }
}
