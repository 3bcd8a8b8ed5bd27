// SPDX-License-Identifier: Apache-2.0
package import MCPCore

/// The servers that answer for each other, as one of them sees the others.
package protocol Cluster: Sendable {
  /// What this server is called. No other has the name.
  var node: String { get }
  /// Tells all others, those that can hear: what must not be lost stands elsewhere. Returns at once.
  func publish(_ message: ClusterMessage)
  /// Puts a letter into the inbox of one of the others; false when there is none of that name.
  func send(_ message: ClusterMessage, to node: String) async throws -> Bool
  /// What others say, for one reader; ends with the cluster.
  func arrivals() -> AsyncStream<ClusterMessage>

  /// Notes that an answer to a question is waited for here.
  func expectAnswer(to question: RequestID, of session: Session.ID, for time: Duration) async throws
  /// Nobody waits any more.
  func settle(_ question: RequestID, of session: Session.ID) async
  /// The server that waits for an answer; nil when none does.
  func asker(of question: RequestID, of session: Session.ID) async throws -> String?
  /// The server that answers a request on a stream; nil when that is not known.
  func answerer(of request: RequestID, of session: Session.ID) async throws -> String?
  /// Has the others told how much this server does: `sessions`, `streams`, `inflight`.
  func tell(_ figures: @escaping @Sendable () -> [(name: String, value: Int)])
  /// What cannot be relied upon at the moment: `redis`, which is away, or `lease`, because of which others may take this server for
  /// dead.
  var degraded: [String] { get }
  /// Whether others may have taken over what this server does, so that it must not act upon sessions.
  var isFenced: Bool { get }
  /// Whether no request should be sent here because of that.
  var isUnfit: Bool { get }
  /// Tells the others that this server is about to stop.
  func drain() async
}
