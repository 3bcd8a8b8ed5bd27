// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore

/// What to do after a request failed: by what the failure says about the server, and by what the request may have done.
/// Decides, and does nothing.
struct RetryPolicy {
  /// What to do next.
  enum Step: Equatable {
    /// The failure is the answer.
    case giveUp
    /// Send the request again, over the same connection.
    case again(after: Duration)
    /// Open a new session or connection, and send the request again.
    case reconnect(after: Duration)
    /// Ask for the tools first: their headers may have changed since.
    case listTools
  }

  /// How often a request may be repeated after failures that may pass.
  let attempts: Int
  /// The revision spoken, as servers name it.
  let revision: Revision
  let transport: Negotiated.Transport

  /// - Parameters:
  ///   - failures: how many failures there were, this one included.
  ///   - isRepeatable: whether doing it twice is as good as doing it once.
  func step(after error: ClientError, of method: Method, isRepeatable: Bool, failures: Int) -> Step {
    switch (error.code, error.rpcError?.code) {
    case (.sessionLost, _):
      // Spec: 2025-11-25, basic/transports, "Session Management": a new session, without the old id.
      return failures == 1 && (error.isUnsent || isRepeatable) ? .reconnect(after: .zero) : .giveUp
    case (_, .unsupportedProtocolVersion?):
      // Spec: 2026-07-28, basic/versioning: a revision that both speak.
      let isSpoken = error.supportedVersions?.contains(.string(revision.rawValue)) == true
      return failures == 1 && isSpoken ? .again(after: .zero) : .giveUp
    case (_, .headerMismatch?):
      // Spec: 2026-07-28, streamable-http, "Custom Headers": the tool may have been listed anew since we asked.
      return failures == 1 && method == .toolsCall ? .listTools : .giveUp
    default: break
    }
    guard failures <= attempts, error.mayPass, error.isUnsent || isRepeatable else { return .giveUp }
    let delay = Backoff.delay(after: failures)
    return needsNewConnection(after: error) ? .reconnect(after: delay) : .again(after: delay)
  }

  /// Streams and children are gone when they broke; HTTP requests are each their own.
  private func needsNewConnection(after error: ClientError) -> Bool {
    switch transport {
    case .stdio, .sse: error.code == .disconnected
    case .streamableHTTP, .channel: false
    }
  }
}

extension ClientError {
  /// Whether trying again may help: the network and servers that start or are busy, not what was said.
  fileprivate var mayPass: Bool {
    switch code {
    case .unreachable, .disconnected: true
    case .httpStatus: [429, 502, 503, 504].contains(httpStatus)
    default: false
    }
  }
}

extension Method {
  /// Whether asking twice is as good as asking once, whatever the server.
  var isRepeatable: Bool {
    switch self {
    case .initialize, .discover, .ping, .toolsList, .toolsGet, .resourcesList, .resourceTemplatesList, .resourcesRead,
      .promptsList, .promptsGet, .complete, .setLogLevel, .resourcesSubscribe, .resourcesUnsubscribe, .tasksGet,
      .tasksResult, .tasksList, .tasksCancel, .subscriptionsListen:
      true
    default: false
    }
  }
}

/// How long to wait before trying again.
enum Backoff {
  /// 250 ms, doubled with each failure up to 10 s, and up to a quarter less, lest all clients come back at once.
  static func delay(after failures: Int) -> Duration {
    let full = min(Duration.milliseconds(250) * (1 << min(max(failures - 1, 0), 8)), .seconds(10))
    return full * Double.random(in: 0.75...1)
  }
}
