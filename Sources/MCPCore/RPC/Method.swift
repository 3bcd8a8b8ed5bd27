// SPDX-License-Identifier: Apache-2.0

/// The name of a request or notification. An open set: unknown names pass through.
public struct Method: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
  /// The name on the wire.
  public let rawValue: String

  /// Makes a method of any name.
  public init(rawValue: String) { self.rawValue = rawValue }

  /// The name on the wire.
  public var description: String { rawValue }
}

extension Method {
  /// Opens a legacy conversation.
  public static let initialize = Method(rawValue: "initialize")
  /// Describes a server in the modern era.
  public static let discover = Method(rawValue: "server/discover")
  /// Asks whether the peer is there (legacy era).
  public static let ping = Method(rawValue: "ping")
  /// Lists tools, a page at a time.
  public static let toolsList = Method(rawValue: "tools/list")
  /// Calls a tool.
  public static let toolsCall = Method(rawValue: "tools/call")
  /// Describes one tool; ours, not the specification's.
  public static let toolsGet = Method(rawValue: "tools/get")
  /// Lists resources, a page at a time.
  public static let resourcesList = Method(rawValue: "resources/list")
  /// Lists resource templates, a page at a time.
  public static let resourceTemplatesList = Method(rawValue: "resources/templates/list")
  /// Reads a resource.
  public static let resourcesRead = Method(rawValue: "resources/read")
  /// Lists prompts, a page at a time.
  public static let promptsList = Method(rawValue: "prompts/list")
  /// Renders a prompt.
  public static let promptsGet = Method(rawValue: "prompts/get")
  /// Suggests values for an argument.
  public static let complete = Method(rawValue: "completion/complete")
  /// Sets the least level of log notifications (legacy era).
  public static let setLogLevel = Method(rawValue: "logging/setLevel")

  /// Ends the opening of a legacy conversation.
  public static let initialized = Method(rawValue: "notifications/initialized")
  /// Withdraws a request.
  public static let cancelled = Method(rawValue: "notifications/cancelled")
  /// Tells how far a request has come.
  public static let progress = Method(rawValue: "notifications/progress")
  /// A log line of the server for the client.
  public static let message = Method(rawValue: "notifications/message")
  /// The list of tools changed.
  public static let toolsListChanged = Method(rawValue: "notifications/tools/list_changed")
  /// The list of resources changed.
  public static let resourcesListChanged = Method(rawValue: "notifications/resources/list_changed")
  /// The list of prompts changed.
  public static let promptsListChanged = Method(rawValue: "notifications/prompts/list_changed")
}
