// SPDX-License-Identifier: Apache-2.0
import MCPCore
import Synchronization

extension Client {
  /// Opens a new session or connection for everybody who lost the one of `generation`, once.
  func replaceConnection(_ generation: Int) async -> Result<Void, ClientError> {
    while true {
      let replacing = state.withLock { state -> Task<Result<Connector.Connection, ClientError>, Never>? in
        if state.generation != generation || state.isClosed { return nil }  // somebody else was faster
        if let replacing = state.replacing { return replacing }
        let old = state.connection
        let replacing = Task { [connector] in await connector.replace(old) }
        state.replacing = replacing
        return replacing
      }
      guard let replacing else { return .success(()) }
      let outcome = await withTaskCancellationHandler {
        await replacing.value
      } onCancel: {
        replacing.cancel()
      }
      if await adopt(outcome, from: replacing) { await restore() }
      guard case .failure(let error) = outcome else { return .success(()) }
      // Perhaps it was another one of us that was cancelled.
      if error.code == .cancelled, !Task.isCancelled, !state.withLock({ $0.isClosed }) { continue }
      return .failure(error)
    }
  }

  /// The first that hears of the outcome makes it everybody's.
  /// - Returns: whether there is a new connection, and this is the first that hears of it.
  private func adopt(
    _ outcome: Result<Connector.Connection, ClientError>,
    from replacing: Task<Result<Connector.Connection, ClientError>, Never>
  ) async -> Bool {
    let (isNew, unused) = state.withLock { state -> (Bool, (any ClientTransport)?) in
      guard state.replacing == replacing else { return (false, nil) }
      state.replacing = nil
      guard case .success(let connection) = outcome else { return (false, nil) }
      if state.isClosed { return (false, connection.conversation.transport) }
      state.connection = connection
      state.generation += 1
      return (true, nil)
    }
    await unused?.close()
    return isNew
  }
}

extension Connector {
  /// A connection in place of `old`, in the same era: an established modern connection is never demoted.
  func replace(_ old: Connection) async -> Result<Connection, ClientError> {
    do throws(ClientError) {
      if old.negotiated.transport == .streamableHTTP {
        return .success(try await shakeHands(in: old.conversation, over: .streamableHTTP))
      }
      await old.conversation.transport.close()
      var options = options
      options.protocolChoice = old.negotiated.era == .modern ? .revision(old.negotiated.revision) : .legacy
      return .success(try await Connector(target: target, options: options, switchboard: switchboard).connect())
    } catch {
      return .failure(error)
    }
  }
}
