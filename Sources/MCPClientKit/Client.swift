// SPDX-License-Identifier: Apache-2.0
public import JSONKit
public import MCPCore
import Synchronization

/// A conversation with one MCP server, whatever its transport and revision.
///
/// Results are the specification's objects, undecoded and complete; the methods named after features decode them.
/// Safe to use from many tasks at once. Close it when done: that ends a child process and a legacy session politely.
public final class Client: Sendable {
  private struct State {
    var connection: Connector.Connection
    /// The attempt to open a session instead of a lost one, while it is under way.
    var reopening: Task<Result<Connector.Connection, ClientError>, Never>?
    var isClosed = false
  }

  /// How the client was set up.
  public let options: ClientOptions
  /// What messages call the server.
  public let serverName: String
  private let connector: Connector
  /// Answers what the server asks.
  var desk: AnswerDesk { connector.switchboard.desk }
  private let state: Mutex<State>

  private init(_ connection: Connector.Connection, by connector: Connector) {
    options = connector.options
    serverName = connector.target.name
    self.connector = connector
    state = Mutex(State(connection: connection))
  }

  deinit {
    let (transport, isClosed) = state.withLock { ($0.connection.conversation.transport, $0.isClosed) }
    if !isClosed { Task { await transport.close() } }  // nobody is left to wait for it
  }

  /// Connects to a server and agrees with it on a revision.
  ///
  /// - Throws: `ClientError` naming the server, what failed and what to do; nothing is left running then.
  public static func connect(
    to target: ServerTarget, options: ClientOptions = ClientOptions()
  ) async throws(ClientError) -> Client {
    let connector = Connector(target: target, options: options, switchboard: Switchboard(options, server: target.name))
    return Client(try await connector.connect(), by: connector)
  }

  /// Connects, runs `body`, and closes whatever happens.
  public static func connected<Value>(
    to target: ServerTarget, options: ClientOptions = ClientOptions(), _ body: (Client) async throws -> Value
  ) async throws -> Value {
    let client = try await connect(to: target, options: options)
    do {
      let value = try await body(client)
      await client.close()
      return value
    } catch {
      await client.close()
      throw error
    }
  }

  /// What client and server agreed on.
  public var negotiated: Negotiated { state.withLock { $0.connection.negotiated } }

  /// Ends the conversation: a child gets its end of input, then SIGTERM, then SIGKILL; a legacy HTTP session is deleted.
  /// Requests that still wait fail. Bounded by `timeouts.closing` for each step, and deaf to cancellation.
  public func close() async {
    let transport = state.withLock { state in
      state.isClosed = true
      return state.connection.conversation.transport
    }
    await transport.close()
  }
}

extension Client {
  /// Sends a request once, and once more where that helps.
  func exchange(
    _ method: Method, _ params: JSONObject, _ request: RequestOptions
  ) async throws(ClientError) -> (result: JSONObject, era: Revision.Era) {
    let connection = state.withLock { $0.connection }
    do throws(ClientError) {
      return try await self.request(method, params, request, over: connection)
    } catch {
      guard let next = try await remedy(error, of: method, over: connection) else { throw error }
      return try await self.request(method, params, request, over: next)
    }
  }

  /// What to try once more, and over which connection; nil when nothing helps.
  private func remedy(
    _ error: ClientError, of method: Method, over connection: Connector.Connection
  ) async throws(ClientError) -> Connector.Connection? {
    switch (error.code, error.rpcError?.code) {
    case (.sessionLost, _):
      // Spec: 2025-11-25, basic/transports, "Session Management": a new session, without the old id.
      return try await reopen(instead: connection.negotiated)
    case (_, .unsupportedProtocolVersion?):
      // Spec: 2026-07-28, basic/versioning: a revision that both speak.
      let revision = JSON.string(connection.negotiated.revision.rawValue)
      return error.supportedVersions?.contains(revision) == true ? connection : nil
    case (_, .headerMismatch?) where method == .toolsCall:
      // Spec: 2026-07-28, streamable-http, "Custom Headers": the tool may have been listed anew since we asked.
      _ = try await list(.tools)
      return connection
    default: return nil
    }
  }

  private func request(
    _ method: Method, _ params: JSONObject, _ request: RequestOptions, over connection: Connector.Connection
  ) async throws(ClientError) -> (result: JSONObject, era: Revision.Era) {
    let negotiated = connection.negotiated
    let params = Dialect(negotiated.revision).params(params, from: options)
    let result = try await connection.conversation.call(
      method, params, idle: request.idleTimeout ?? options.timeouts.idle,
      total: request.totalTimeout ?? options.timeouts.total, onProgress: request.onProgress)
    return (result, negotiated.era)
  }

  /// Opens a new session for everybody who lost `old`, once.
  private func reopen(instead old: Negotiated) async throws(ClientError) -> Connector.Connection {
    let opening = state.withLock { state -> Task<Result<Connector.Connection, ClientError>, Never>? in
      if state.connection.negotiated.sessionID != old.sessionID { return nil }  // somebody else was faster
      if let opening = state.reopening { return opening }
      let conversation = state.connection.conversation
      let opening = Task { [connector] () -> Result<Connector.Connection, ClientError> in
        do throws(ClientError) {
          return .success(try await connector.shakeHands(in: conversation, over: old.transport))
        } catch {
          return .failure(error)
        }
      }
      state.reopening = opening
      return opening
    }
    guard let opening else { return state.withLock { $0.connection } }
    let outcome = await withTaskCancellationHandler {
      await opening.value
    } onCancel: {
      opening.cancel()
    }
    state.withLock { state in
      guard state.reopening == opening else { return }
      state.reopening = nil
      if case .success(let connection) = outcome { state.connection = connection }
    }
    if case .failure(let error) = outcome, error.code == .cancelled, !Task.isCancelled {
      return try await reopen(instead: old)  // it was another one of us that was cancelled
    }
    return try outcome.get()
  }

  /// Sends a notification.
  public func notify(_ method: Method, _ params: JSONObject = [:]) async throws(ClientError) {
    try await state.withLock { $0.connection.conversation.transport }.send(.init(method, params))
  }
}
