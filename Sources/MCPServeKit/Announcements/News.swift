// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore

/// An announcement made ready to be told to many.
struct News: Sendable {
  let announcement: Announcement
  let notification: Message.Notification
  /// The URI of a resource that changed and those of the folders it lies in: who subscribed to any of them is told.
  ///
  /// Spec: 2025-11-25, schema, `ResourceUpdatedNotification`: "might be a sub-resource of the one subscribed to".
  let uris: [String]

  init(_ announcement: Announcement) {
    self.announcement = announcement
    notification = announcement.notification
    if case .resourceUpdated(let uri) = announcement { uris = [uri] + uri.folders } else { uris = [] }
  }

  /// Whether the resource, or a folder it lies in, is one of `subscriptions`.
  func concerns(_ subscriptions: Set<String>) -> Bool {
    !subscriptions.isEmpty && uris.contains { subscriptions.contains($0) }
  }

  /// The notification as a text.
  var text: [UInt8] { Message.notification(notification).json.bytes }
}

extension Announcement {
  fileprivate var notification: Message.Notification {
    switch self {
    case .listChanged(let kind): return Message.Notification(kind.listChanged)
    case .resourceUpdated(let uri): return Message.Notification(.resourcesUpdated, ["uri": .string(uri)])
    case .log(let level, let data, let logger):
      var params: JSONObject = ["level": .string(level.name), "data": data]
      if let logger { params["logger"] = .string(logger) }
      return Message.Notification(.message, params)
    case .task(let task): return task.notification(in: task.revision)
    }
  }
}

extension String {
  /// The URIs of the folders this URI's resource lies in, each with and without its last slash.
  fileprivate var folders: [String] {
    guard let colon = utf8.firstIndex(of: UInt8(ascii: ":")) else { return [] }
    let rest = self[utf8.index(after: colon)...]
    let start = rest.hasPrefix("//") ? rest.utf8.index(rest.startIndex, offsetBy: 2) : rest.startIndex
    var folders: [String] = []
    for index in self[start...].utf8.indices.dropLast() where utf8[index] == UInt8(ascii: "/") {
      if index > start { folders.append(String(self[..<index])) }
      folders.append(String(self[...index]))
    }
    return folders
  }
}
