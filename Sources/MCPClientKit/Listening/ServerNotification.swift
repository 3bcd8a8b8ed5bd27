// SPDX-License-Identifier: Apache-2.0
public import JSONKit
public import MCPCore
public import Observability

/// What a subscriber hears.
public enum ServerNotification: Sendable, Hashable {
  /// Tools came, went or changed: list them anew.
  case toolsChanged
  /// Resources came, went or changed their listing: list them anew.
  case resourcesChanged
  /// Prompts came, went or changed: list them anew.
  case promptsChanged
  /// What the resource of this URI holds changed: read it anew.
  case resourceUpdated(uri: String)
  /// A log line.
  case log(LogLine)
  /// The connection was lost for a while and is back. What happened in between was not heard: ask anew for all that
  /// matters.
  case interrupted

  /// A log line of a server (schema: `LoggingMessageNotification`).
  public struct LogLine: Sendable, Hashable {
    /// How much it matters.
    public let level: Logger.Level
    /// The part of the server that speaks.
    public let logger: String?
    /// What is said. Untrusted.
    public let data: JSON
  }

  /// Reads a notification; nil when it is of another kind, or malformed.
  public init?(_ notification: Message.Notification) {
    let params = notification.params
    switch notification.method {
    case .toolsListChanged: self = .toolsChanged
    case .resourcesListChanged: self = .resourcesChanged
    case .promptsListChanged: self = .promptsChanged
    case .resourcesUpdated:
      guard let uri = params["uri"]?.string else { return nil }
      self = .resourceUpdated(uri: uri)
    case .message:
      guard let level = params["level"]?.string.flatMap(Logger.Level.init(name:)) else { return nil }
      self = .log(LogLine(level: level, logger: params["logger"]?.string, data: params["data"] ?? .null))
    default: return nil
    }
  }
}
