// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import Synchronization

/// Keeps one `subscriptions/listen` open: a stream that breaks is opened again.
///
/// Spec: 2026-07-28, basic/utilities/subscriptions.
struct ListenLoop {
  let client: Client
  let interests: Interests
  let feed: Feed
  /// What the server honours, or why it does not listen, as the first attempt has it.
  let opened: Promise<Result<Interests, ClientError>>

  /// How one stream ended.
  private enum End {
    /// Politely, or because nobody listens any more.
    case over
    case failed(ClientError, wasOpen: Bool)
  }

  func run() async {
    var failures = 0
    var isFirst = true
    while !Task.isCancelled {
      let (connection, generation) = client.current
      switch await listen(over: connection, isFirst: isFirst) {
      case .over: return feed.finish()
      case .failed(let error, let wasOpen):
        if isFirst, !wasOpen {
          opened.keep(.failure(error))
          return
        }
        isFirst = false
        failures = wasOpen ? 1 : failures + 1
        guard error.mayPassOnReconnecting, failures <= client.options.limits.resumptions else {
          return feed.finish(error)
        }
        client.options.logger.warning("the stream of notifications was lost", [("reason", error.message)])
        guard (try? await Task.sleep(for: Backoff.delay(after: failures))) != nil else { break }
        if connection.negotiated.transport == .stdio { _ = await client.replaceConnection(generation) }
      }
    }
    opened.keep(.failure(ClientError(.cancelled, "the subscription was cancelled")))
    feed.finish()
  }

  private func listen(over connection: Connector.Connection, isFirst: Bool) async -> End {
    let switchboard = client.connector.switchboard
    let transport = connection.conversation.transport
    let id = RequestID.number(switchboard.ids.wrappingAdd(1, ordering: .relaxed).oldValue)
    let request = Request(
      id: id, method: .subscriptionsListen,
      params: Dialect(connection.negotiated.revision).params(
        ["notifications": .object(interests.json)], from: client.options))
    let acknowledged = Promise<Result<Interests, ClientError>>()
    let ended = Promise<Result<Void, ClientError>>()
    switchboard.listeners.hear(id) { notification in
      switch notification.method {
      case .subscriptionsAcknowledged:
        let honoured = Interests(json: notification.params["notifications"] ?? .null)
        guard acknowledged.keep(.success(honoured)), !isFirst else { return }
        switchboard.cache.withLock { $0.clear() }
        feed.tell(.interrupted)
      case .cancelled: ended.keep(.success(()))  // one of two ways in which servers end a stream
      default: if acknowledged.isKept, let said = ServerNotification(notification) { feed.tell(said) }
      }
    }
    defer { switchboard.listeners.forget(id) }
    transport.begin(request) { answer in
      let outcome = answer.flatMap { response -> Result<Void, ClientError> in
        response.outcome.map { _ in }.mapError { .rpc($0, from: client.serverName) }
      }
      let unopened = ClientError(.invalidResponse, "\(client.serverName) ended the subscription before it began")
      acknowledged.keep(outcome.flatMap { .failure(unopened) })
      ended.keep(outcome)
    }
    return await follow(request, over: transport, acknowledged, ended, isFirst: isFirst)
  }

  private func follow(
    _ request: Request, over transport: any ClientTransport, _ acknowledged: Promise<Result<Interests, ClientError>>,
    _ ended: Promise<Result<Void, ClientError>>, isFirst: Bool
  ) async -> End {
    let given = ClientError(.cancelled, "the subscription was cancelled")
    let timeout = client.options.timeouts.opening
    let answer = await within(timeout) { await acknowledged.value(onCancel: .failure(given)) }
    switch answer {
    case .success(let honoured)?:
      if isFirst { opened.keep(.success(honoured)) }
    case .failure(let error)?:
      if error == given { transport.abandon(request, reason: "cancelled by the user") }
      return .failed(error, wasOpen: false)
    case nil:
      transport.abandon(request, reason: "timed out")
      let message = "\(client.serverName) did not acknowledge the subscription within \(timeout)"
      return .failed(ClientError(.timeout, message), wasOpen: false)
    }
    switch await ended.value(onCancel: .failure(given)) {
    case .success: return .over
    case .failure(let error) where error == given:
      transport.abandon(request, reason: "nobody listens any more")
      return .over
    case .failure(let error): return error.code == .closed ? .over : .failed(error, wasOpen: true)
    }
  }
}
