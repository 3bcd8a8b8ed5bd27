// SPDX-License-Identifier: Apache-2.0
package import JSONKit
import MCPCore
import Synchronization

/// Everything a server says to a peer has to be what the schema of its revision allows.
extension HTTPPeer {
  /// The conversations of all sessions, whichever connections they use.
  private static let sessions = Mutex<[String: WireWatch]>([:])

  /// Hears what the client is about to send.
  func listenIn(on session: String?, _ body: String?) {
    let message = body.flatMap { try? JSON(parsing: $0) }
    watch.withLock { watch in
      if let session, let known = Self.sessions.withLock({ $0[session] }) {
        watch = known
      } else if message?["method"] == "initialize" || session != nil {
        watch = WireWatch()
      }
    }
    if let message { watch.withLock { $0 }.client(message) }
  }

  /// Checks a whole answer.
  func check(_ answer: Answer) {
    let isStream = answer.headers["content-type"] == "text/event-stream"
    for message in isStream ? answer.events : answer.json.map({ [$0] }) ?? [] { check(message) }
    remember(answer)
  }

  /// Keeps what was heard of a session for the other connections that use it.
  package func remember(_ answer: Answer) {
    guard let session = answer.headers["mcp-session-id"] else { return }
    Self.sessions.withLock { $0[session] = watch.withLock { $0 } }
  }

  /// Checks one message.
  package func check(_ message: JSON) {
    guard message["jsonrpc"] != nil || message.array != nil else { return }
    for fault in watch.withLock({ $0 }).server(message) { report("\(fault): \(message.text)") }
  }
}
