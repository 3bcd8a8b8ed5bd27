// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore

/// What a subscriber wants to hear of.
public struct Interests: Sendable, Hashable {
  /// Tools came, went or changed.
  public var toolsChanged: Bool
  /// Resources came, went or changed their listing.
  public var resourcesChanged: Bool
  /// Prompts came, went or changed.
  public var promptsChanged: Bool
  /// What the resources of these URIs hold, or of what lies below them, changed.
  public var resources: Set<String>
  /// Log lines of the server; `Client.setLogLevel` says of which level.
  public var logs: Bool

  /// Makes interests; none, unless told.
  public init(
    toolsChanged: Bool = false, resourcesChanged: Bool = false, promptsChanged: Bool = false,
    resources: Set<String> = [], logs: Bool = false
  ) {
    self.toolsChanged = toolsChanged
    self.resourcesChanged = resourcesChanged
    self.promptsChanged = promptsChanged
    self.resources = resources
    self.logs = logs
  }

  /// Changes of every list.
  public static let allLists = Interests(toolsChanged: true, resourcesChanged: true, promptsChanged: true)

  /// What of these a server with `capabilities` says that it tells (legacy era).
  func offered(by capabilities: JSONObject) -> Interests {
    func tells(_ capability: String, _ flag: String) -> Bool { capabilities[capability]?[flag] == true }
    return Interests(
      toolsChanged: toolsChanged && tells("tools", "listChanged"),
      resourcesChanged: resourcesChanged && tells("resources", "listChanged"),
      promptsChanged: promptsChanged && tells("prompts", "listChanged"),
      resources: tells("resources", "subscribe") ? resources : [], logs: logs && capabilities.contains("logging"))
  }

  /// Whether a notification is among them.
  func cover(_ notification: ServerNotification) -> Bool {
    switch notification {
    case .toolsChanged: toolsChanged
    case .resourcesChanged: resourcesChanged
    case .promptsChanged: promptsChanged
    case .resourceUpdated(let uri): resources.contains { uri.hasPrefix($0) }
    case .log: logs
    case .interrupted: true
    }
  }
}

/// The filter of `subscriptions/listen`.
///
/// Spec: 2026-07-28, basic/utilities/subscriptions.
extension Interests {
  /// Reads what the server honours; what nobody here knows is left out.
  init(json: JSON) {
    self.init(
      toolsChanged: json["toolsListChanged"] == true, resourcesChanged: json["resourcesListChanged"] == true,
      promptsChanged: json["promptsListChanged"] == true,
      resources: Set(json["resourceSubscriptions"]?.array?.compactMap(\.string) ?? []))
  }

  var json: JSONObject {
    var json = JSONObject()
    if toolsChanged { json["toolsListChanged"] = true }
    if resourcesChanged { json["resourcesListChanged"] = true }
    if promptsChanged { json["promptsListChanged"] = true }
    if !resources.isEmpty { json["resourceSubscriptions"] = .array(resources.sorted().map(JSON.string)) }
    return json
  }
}
