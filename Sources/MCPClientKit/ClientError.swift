// SPDX-License-Identifier: Apache-2.0
public import MCPCore

/// Why the client has no result. The message names the server and what to do.
public struct ClientError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kind of failure. Open: new kinds may be added.
  public struct Code: RawRepresentable, Sendable, Hashable {
    /// The kind's name, for programs.
    public let rawValue: String
    /// Makes a kind of any name.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The target is no server that could be reached: a bad URL, file or option.
    public static let invalidTarget = Code(rawValue: "invalid_target")
    /// The server cannot be reached or started: name, connection, TLS, program.
    public static let unreachable = Code(rawValue: "unreachable")
    /// The connection broke, or the server process ended, before the answer came.
    public static let disconnected = Code(rawValue: "disconnected")
    /// The server wants authentication, or refuses ours (HTTP 401, 403).
    public static let unauthorized = Code(rawValue: "unauthorized")
    /// The server answered with an HTTP status that is no MCP answer.
    public static let httpStatus = Code(rawValue: "http_status")
    /// The server answered with a JSON-RPC error; see `rpcError`.
    public static let rpc = Code(rawValue: "rpc")
    /// What the server sent is not what the protocol allows.
    public static let invalidResponse = Code(rawValue: "invalid_response")
    /// The server asked something that nobody could or would answer, so the request cannot go on.
    public static let unanswered = Code(rawValue: "unanswered")
    /// The task was ended early, by us or by the server.
    public static let taskCancelled = Code(rawValue: "task_cancelled")
    /// The server speaks no revision this client may use.
    public static let unsupportedRevision = Code(rawValue: "unsupported_revision")
    /// A deadline passed.
    public static let timeout = Code(rawValue: "timeout")
    /// The waiting task was cancelled.
    public static let cancelled = Code(rawValue: "cancelled")
    /// The client was closed before.
    public static let closed = Code(rawValue: "closed")
    /// The server no longer knows the legacy HTTP session (404); the client opens a new one and tries again, once.
    public static let sessionLost = Code(rawValue: "session_lost")
    /// The server lets everybody in.
    public static let nothingToAuthorize = Code(rawValue: "nothing_to_authorize")
    /// Nobody can listen where the user's browser is to be sent back to.
    public static let redirectPort = Code(rawValue: "redirect_port")
    /// Tokens cannot be kept, or cannot be read back.
    public static let credentialStore = Code(rawValue: "credential_store")
  }

  /// The kind of failure.
  public var code: Code
  /// One sentence naming the server and the remedy.
  public var message: String
  /// The server's error, when it answered with one.
  public var rpcError: RPCError?
  /// The HTTP status, when there was one.
  public var httpStatus: Int?
  /// Whether the request surely had no effect: it never left, or the server refused to look at it.
  public var isUnsent = false
  /// What the server wants to see before it lets the request in (HTTP 401, 403).
  public var challenges: [AuthenticationChallenge] = []
  /// Which credential was sent with the request, by the authorizer's count; nil when none was.
  var sentCredential: Int?

  /// Makes an error.
  public init(_ code: Code, _ message: String, rpcError: RPCError? = nil, httpStatus: Int? = nil) {
    self.code = code
    self.message = message
    self.rpcError = rpcError
    self.httpStatus = httpStatus
  }

  /// The message.
  public var description: String { message }
}

extension ClientError {
  /// The error of a request that surely had no effect.
  func unsent() -> ClientError {
    var error = self
    error.isUnsent = true
    return error
  }

  /// The server `name` answered with `error`.
  static func rpc(_ error: RPCError, from name: String, httpStatus: Int? = nil) -> ClientError {
    ClientError(
      .rpc, "\(name) answered with error \(error.code.rawValue): \(error.message)", rpcError: error,
      httpStatus: httpStatus)
  }
}
