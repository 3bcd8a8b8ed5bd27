// SPDX-License-Identifier: Apache-2.0
package import JSONKit

/// The reserved names inside `_meta`.
public enum MetaKey {
  /// Those nearly every modern request has.
  fileprivate static let usual = [protocolVersion, clientCapabilities, clientInfo]

  /// The revision a modern request is written in.
  public static let protocolVersion = "io.modelcontextprotocol/protocolVersion"
  /// What the client of a modern request can do.
  public static let clientCapabilities = "io.modelcontextprotocol/clientCapabilities"
  /// Who sends a modern request.
  public static let clientInfo = "io.modelcontextprotocol/clientInfo"
  /// Who answers, in a modern result.
  public static let serverInfo = "io.modelcontextprotocol/serverInfo"
  /// The least level of log notifications a modern request wants.
  public static let logLevel = "io.modelcontextprotocol/logLevel"
  /// The listen request a notification belongs to (2026-07-28).
  public static let subscriptionID = "io.modelcontextprotocol/subscriptionId"
  /// The task a message belongs to (2025-11-25).
  public static let relatedTask = "io.modelcontextprotocol/related-task"
  /// The W3C trace context of a request; not prefixed.
  public static let traceparent = "traceparent"
  /// Ties progress notifications to a request; not prefixed.
  public static let progressToken = "progressToken"
}

extension JSONLimits {
  /// The limits of a message.
  package static func message(bytes: Int) -> JSONLimits {
    var limits = JSONLimits(bytes: bytes)
    limits.sharedNames = MetaKey.usual
    limits.sharedWords = usualWords
    return limits
  }

  /// What nearly every message says.
  private static let usualWords = SharedWords([
    "jsonrpc", "2.0", "id", "method", "params", "result", "name", "version", "arguments", "_meta", "tools/call",
    "tools/list",
    "uri", "cursor", "progressToken", "text", "type", "content",
  ])
}
