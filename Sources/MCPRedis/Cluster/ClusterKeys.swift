// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore
import MCPServeKit

/// What the keys are called by which servers that answer for each other find one another. What has a session in it carries the tag of
/// that session where Redis is a cluster.
struct ClusterKeys: Sendable {
  private let prefix: String
  private let sessions: SessionKeys

  init(prefix: String, _ client: RedisClient) {
    let isTagged = if case .cluster = client.configuration.topology { true } else { false }
    self.init(SessionKeys(prefix: prefix, isTagged: isTagged))
  }

  /// The keys beside those of these sessions.
  init(_ sessions: SessionKeys) { (prefix, self.sessions) = (sessions.prefix, sessions) }

  /// What a server says of itself, for as long as it lives.
  func instance(_ node: String) -> String { "\(prefix):instance:\(node)" }
  /// The servers, with when each was heard of last.
  var instances: String { "\(prefix):instances" }
  /// Letters to a server.
  func inbox(_ node: String) -> String { "\(prefix):node:\(node):in" }
  /// Where cues are published.
  var bus: String { "\(prefix):bus" }
  /// What all servers have in common.
  var meta: String { "\(prefix):meta" }
  /// Who looks after what the dead have left.
  var reaper: String { "\(prefix):lock:reap" }
  /// The server that waits for the answer to a question.
  func pending(_ question: RequestID, _ session: Session.ID) -> String {
    "\(prefix):pending:\(tag(session)):\(Self.text(question))"
  }
  /// The server that answers a request on a stream.
  func request(_ request: RequestID, _ session: Session.ID) -> String {
    "\(prefix):req:\(tag(session)):\(Self.text(request))"
  }
  /// What all of these begin with.
  var requests: String { "\(prefix):req:" }
  /// What was said on the streams of a session.
  func events(_ session: Session.ID) -> String { "\(prefix):events:\(tag(session))" }
  /// What is known of these streams: which are open, who sends them, and what was forgotten.
  func streams(_ session: Session.ID) -> String { "\(prefix):streams:\(tag(session))" }
  /// The server that sends the general stream.
  func listener(_ session: Session.ID) -> String { "\(prefix):listener:\(tag(session))" }

  private func tag(_ session: Session.ID) -> String { sessions.tag(session.rawValue) }

  /// An id as a client chose it may be of any length.
  private static func text(_ id: RequestID) -> String {
    let text = id.json.text
    return text.utf8.count <= 64 ? text : sha1(Array(text.utf8))
  }
}

extension JSON {
  /// The compact spelling.
  var utf8: [UInt8] { Array(text.utf8) }
}
