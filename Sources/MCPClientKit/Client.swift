// SPDX-License-Identifier: Apache-2.0
public import JSONKit
public import MCPCore
import Observability
import Synchronization

/// A conversation with one MCP server, whatever its transport and revision.
///
/// Results are the specification's objects, undecoded and complete; the methods named after features decode them.
/// Safe to use from many tasks at once. Close it when done: that ends a child process and a legacy session politely.
public final class Client: Sendable {
  struct State {
    var connection: Connector.Connection
    /// How often the connection was replaced.
    var generation = 0
    /// The attempt to replace it, while it is under way.
    var replacing: Task<Result<Connector.Connection, ClientError>, Never>?
    /// What tools promise about their output.
    var promises = OutputSchemas()
    /// Whether a new session is being told what the old one was told.
    var isRestoring = false
    /// The least level of log lines the server is to send.
    var logLevel: Logger.Level?
    /// How many subscriptions there are to each resource (legacy era).
    var subscribed: [String: Int] = [:]
    /// Pings the server by the clock.
    var pinging: Task<Void, Never>?
    var isClosed = false
  }

  /// How the client was set up.
  public let options: ClientOptions
  /// What messages call the server.
  public let serverName: String
  let connector: Connector
  let state: Mutex<State>

  private init(_ connection: Connector.Connection, by connector: Connector) {
    options = connector.options
    serverName = connector.target.name
    self.connector = connector
    state = Mutex(State(connection: connection))
    connector.switchboard.onLoss { [weak self] transport, error in
      Task { await self?.comeBack(to: transport, after: error) }
    }
  }

  deinit {
    let (transport, isClosed) = state.withLock { state in
      state.pinging?.cancel()
      return (state.connection.conversation.transport, state.isClosed)
    }
    if !isClosed { Task { await transport.close() } }  // nobody is left to wait for it
  }

  /// Connects to a server and agrees with it on a revision.
  ///
  /// - Throws: `ClientError` naming the server, what failed and what to do; nothing is left running then.
  public static func connect(
    to target: ServerTarget, options: ClientOptions = ClientOptions()
  ) async throws(ClientError) -> Client {
    let connector = Connector(target: target, options: options, switchboard: Switchboard(options, server: target.name))
    let client = Client(try await connector.connectAuthorized(), by: connector)
    await client.hearQuestions()
    if let interval = options.timeouts.ping { client.keepAlive(every: interval) }
    return client
  }

  /// Connects, runs `body`, and closes whatever happens.
  public static func connected<Value>(
    to target: ServerTarget, options: ClientOptions = ClientOptions(), _ body: (Client) async throws -> Value
  ) async throws -> Value {
    let client = try await connect(to: target, options: options)
    return try await client.closing { try await body(client) }
  }

  /// Runs `body`, and closes the client whatever happens.
  public func closing<Value>(_ body: () async throws -> Value) async throws -> Value {
    do {
      let value = try await body()
      await close()
      return value
    } catch {
      await close()
      throw error
    }
  }

  /// What client and server agreed on.
  public var negotiated: Negotiated { state.withLock { $0.connection.negotiated } }

  /// What requests travel over, and how often that was replaced.
  var current: (connection: Connector.Connection, generation: Int) {
    state.withLock { ($0.connection, $0.generation) }
  }

  /// Ends the conversation: a child gets its end of input, then SIGTERM, then SIGKILL; a legacy HTTP session is deleted.
  /// Requests that still wait fail. Bounded by `timeouts.closing` for each step, and deaf to cancellation.
  public func close() async {
    let (transport, replacing) = state.withLock { state in
      state.isClosed = true
      state.pinging?.cancel()
      return (state.connection.conversation.transport, state.replacing)
    }
    replacing?.cancel()
    await connector.switchboard.listeners.close()
    await transport.close()
    _ = await replacing?.value
  }

  /// Sends a notification.
  public func notify(_ method: Method, _ params: JSONObject = [:]) async throws(ClientError) {
    try await state.withLock { $0.connection.conversation.transport }.send(.init(method, params))
  }
}
