// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import Synchronization

/// Listening in the legacy era: a session says everything on its own stream, to all who listen.
extension Client {
  func listenInSession(_ feed: Feed) async throws(ClientError) -> Subscription {
    let honoured = feed.interests.offered(by: negotiated.capabilities)
    let number = connector.switchboard.listeners.add(feed)
    do throws(ClientError) {
      try await openStream()
      try await subscribe(honoured.resources)
    } catch {
      _ = connector.switchboard.listeners.remove(number)
      throw error
    }
    return Subscription(honoured, feed) { [self] in
      feed.finish()
      await leave(number, honoured.resources)
    }
  }

  /// Whether the session's own stream is wanted for what servers ask on it, though the rules since 2025-11-25 have them
  /// ask on the stream of the request they ask for.
  private var hearsQuestions: Bool {
    negotiated.transport == .streamableHTTP && negotiated.era == .legacy && options.responder?.skills.isEmpty == false
  }

  /// Opens the session's own stream before there is anything to ask about. A server that has none is fine, and one that
  /// takes its time is not waited for.
  func hearQuestions() async {
    guard hearsQuestions else { return }
    let transport = current.connection.conversation.transport
    let opened = Promise<Void>()
    Task {  // over when the stream is open or refused, and at the latest when the transport is closed
      _ = await transport.listen()
      opened.keep(())
    }
    _ = await within(.milliseconds(500)) { await opened.value(onCancel: ()) }
  }

  private func openStream() async throws(ClientError) {
    let (connection, generation) = current
    guard var error = await connection.conversation.transport.listen() else { return }
    if error.code == .sessionLost {
      if case .failure(let second) = await replaceConnection(generation) { throw second }
      guard let second = await current.connection.conversation.transport.listen() else { return }
      error = second
    }
    guard error.httpStatus == 405 else { throw error }
    options.logger.warning("the server has no stream of notifications", [("server", serverName)])
  }

  /// Subscribes to what nobody here subscribed to before.
  private func subscribe(_ uris: Set<String>) async throws(ClientError) {
    let new = state.withLock { state in
      uris.sorted().filter { uri in
        state.subscribed[uri, default: 0] += 1
        return state.subscribed[uri] == 1
      }
    }
    do throws(ClientError) {
      try await send(.resourcesSubscribe, new)
    } catch {
      _ = release(uris)
      throw error
    }
  }

  private func send(_ method: Method, _ uris: [String]) async throws(ClientError) {
    for uri in uris { _ = try await request(method, ["uri": .string(uri)]) }
  }

  /// - Returns: what nobody subscribes to any more.
  private func release(_ uris: Set<String>) -> [String] {
    state.withLock { state in
      uris.sorted().filter { uri in
        guard let count = state.subscribed[uri], count > 1 else {
          state.subscribed[uri] = nil
          return true
        }
        state.subscribed[uri] = count - 1
        return false
      }
    }
  }

  private func leave(_ number: Int, _ uris: Set<String>) async {
    guard let others = connector.switchboard.listeners.remove(number) else { return }  // it had left before
    let unwanted = release(uris)
    let (connection, isClosed) = state.withLock { ($0.connection, $0.isClosed) }
    guard !isClosed else { return }
    for uri in unwanted {
      let quick = RequestOptions(totalTimeout: options.timeouts.closing)
      _ = try? await request(.resourcesUnsubscribe, ["uri": .string(uri)], options: quick)
    }
    if others.isEmpty, !hearsQuestions { connection.conversation.transport.stopListening() }
  }

  // Coming back

  /// A connection broke while nobody waited for an answer: those who listen want it back.
  func comeBack(to transport: ObjectIdentifier, after error: ClientError) async {
    let (connection, generation) = current
    let listeners = connector.switchboard.listeners
    guard connection.negotiated.era == .legacy, !listeners.feeds.isEmpty,
      ObjectIdentifier(connection.conversation.transport) == transport
    else { return }
    options.logger.warning("the connection was lost; opening it again", [("reason", error.message)])
    var last = error
    for attempt in 1...max(options.limits.resumptions, 1) {
      guard case .failure(let failure) = await replaceConnection(generation) else { return }
      last = failure
      guard failure.mayPassOnReconnecting, (try? await Task.sleep(for: Backoff.delay(after: attempt))) != nil else {
        break
      }
    }
    for feed in listeners.feeds { feed.finish(last) }
  }

  /// Tells a new session what the old one was told.
  func restore() async {
    guard negotiated.era == .legacy else { return }
    let (isFirst, level, uris) = state.withLock { state in
      defer { state.isRestoring = true }
      return (!state.isRestoring, state.logLevel, state.subscribed.keys.sorted())
    }
    guard isFirst else { return }  // a server that loses every session at once is not followed for ever
    defer { state.withLock { $0.isRestoring = false } }
    let feeds = connector.switchboard.listeners.feeds
    do throws(ClientError) {
      if let level { _ = try await request(.setLogLevel, ["level": .string(level.name)]) }
      if !feeds.isEmpty || hearsQuestions {
        current.connection.conversation.transport.stopListening()
        try await openStream()
      }
      try await send(.resourcesSubscribe, uris)
    } catch {
      options.logger.warning("not everything could be subscribed to again", [("reason", error.message)])
    }
    for feed in feeds { feed.tell(.interrupted) }
  }
}
