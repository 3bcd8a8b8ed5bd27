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
  /// Asks to hear of a resource's changes (legacy era).
  public static let resourcesSubscribe = Method(rawValue: "resources/subscribe")
  /// Asks to hear of a resource's changes no longer (legacy era).
  public static let resourcesUnsubscribe = Method(rawValue: "resources/unsubscribe")
  /// Opens a stream of notifications (modern era).
  public static let subscriptionsListen = Method(rawValue: "subscriptions/listen")

  /// Asks the client's model for a message.
  public static let createMessage = Method(rawValue: "sampling/createMessage")
  /// Asks the client's user to fill in a form or to open a URL (2025-06-18).
  public static let elicit = Method(rawValue: "elicitation/create")
  /// Asks for the directories a client works in.
  public static let rootsList = Method(rawValue: "roots/list")

  /// Says how a task is (2025-11-25, and the Tasks extension).
  public static let tasksGet = Method(rawValue: "tasks/get")
  /// Waits for a task's result (2025-11-25).
  public static let tasksResult = Method(rawValue: "tasks/result")
  /// Lists tasks, a page at a time (2025-11-25).
  public static let tasksList = Method(rawValue: "tasks/list")
  /// Ends a task early.
  public static let tasksCancel = Method(rawValue: "tasks/cancel")
  /// Gives a task what it waits for (Tasks extension).
  public static let tasksUpdate = Method(rawValue: "tasks/update")

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
  /// What a resource holds changed.
  public static let resourcesUpdated = Method(rawValue: "notifications/resources/updated")
  /// The client's roots changed (legacy era).
  public static let rootsListChanged = Method(rawValue: "notifications/roots/list_changed")
  /// What the user did at a URL is finished (2025-11-25).
  public static let elicitationComplete = Method(rawValue: "notifications/elicitation/complete")
  /// Opens what a listen stream says: the notifications it will carry (modern era).
  public static let subscriptionsAcknowledged = Method(rawValue: "notifications/subscriptions/acknowledged")
  /// How a task is (2025-11-25).
  public static let tasksStatus = Method(rawValue: "notifications/tasks/status")
  /// How a task is (Tasks extension).
  public static let tasksChanged = Method(rawValue: "notifications/tasks")
}
