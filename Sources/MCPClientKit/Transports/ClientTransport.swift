// SPDX-License-Identifier: Apache-2.0
import MCPCore
import Observability

/// Carries requests to one server and brings back their responses. Nothing here waits for a server: an answer, or the
/// reason why there is none, comes through a closure, and the conversation above decides how long to wait for it.
protocol ClientTransport: AnyObject, Sendable {
  typealias Answer = Result<Response, ClientError>

  /// Sends `request`; calls `answered` exactly once, with the response or why there is none, unless abandoned before.
  func begin(_ request: Request, answered: @escaping @Sendable (Answer) -> Void)

  /// Nobody waits for `request` any more: tells the server so in its era's way, and forgets it.
  func abandon(_ request: Request, reason: String)

  /// Sends a notification.
  func send(_ notification: Message.Notification) async throws(ClientError)

  /// Ends the connection politely and waits until nothing of it is left; bounded, and deaf to cancellation.
  func close() async

  /// The same for a server that was silent for too long already: nobody waits until it ends by itself.
  func abort() async

  /// Opens the stream on which a legacy server says what belongs to no request, where that takes a stream of its own.
  /// - Returns: why there is none.
  func listen() async -> ClientError?

  /// Nobody listens any more.
  func stopListening()

  /// Whether the server is known not to have read yet what it was sent.
  var isUnread: Bool { get }

  /// The legacy HTTP session, where there is one.
  var sessionID: String? { get }
}

extension ClientTransport {
  func abort() async { await close() }
  func listen() async -> ClientError? { nil }
  func stopListening() {}
  var isUnread: Bool { false }
}

/// What a transport tells the conversation above it.
struct TransportEvents: Sendable {
  /// A notification came; on HTTP with the request on whose stream it did.
  var notified: @Sendable (Message.Notification, RequestID?) -> Void
  /// The server shows a sign of life for a request, without a word on it.
  var alive: @Sendable (RequestID) -> Void
  /// The connection, or the session's own stream, broke by itself. Requests that wait are told besides.
  var lost: @Sendable (ObjectIdentifier, ClientError) -> Void
  /// The session's own stream was away for a while.
  var interrupted: @Sendable () -> Void
  /// The server asks something (legacy era).
  var asked: @Sendable (Request) async -> Response
  /// A frame went by.
  var trace: (@Sendable (TraceEvent) -> Void)?
  /// A request has come as far as the change says; nil when nobody wants to know.
  var reached: (@Sendable (RequestID, @Sendable (inout RequestTiming.Phases) -> Void) -> Void)?
  var logger: Logger
}
