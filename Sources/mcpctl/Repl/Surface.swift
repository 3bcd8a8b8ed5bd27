// SPDX-License-Identifier: GPL-3.0-or-later
import JSONKit
import MCPClientKit
import Synchronization

/// What a server offers, as it was last listed: for completion, and to find the schema of a tool without asking again.
final class Surface: Sendable {
  static let listings: [Client.Listing] = [.tools, .prompts, .resources, .resourceTemplates]

  private let lists = Mutex<[Client.Listing: [JSON]]>([:])
  /// Of which lists the server tells when they change.
  private let watched = Mutex<Set<Client.Listing>>([])

  init() {}

  /// What several servers offer, each thing under the name of its server: `prod/search`.
  convenience init(joining servers: [OpenServer]) {
    self.init()
    for listing in Self.listings {
      let elements = servers.flatMap { server in
        server.surface.elements(listing).map { $0.owned(by: server.name, listing) }
      }
      _ = take(elements, as: listing)
    }
  }

  func elements(_ listing: Client.Listing) -> [JSON] { lists.withLock { $0[listing] ?? [] } }

  func names(_ listing: Client.Listing) -> [String] { elements(listing).map { $0.word(listing.key) } }

  func element(_ listing: Client.Listing, _ name: String) -> JSONObject? {
    elements(listing).first { $0[listing.key]?.string == name }?.object
  }

  /// The same, where it is certainly current.
  func current(_ listing: Client.Listing, _ name: String) -> JSONObject? {
    watched.withLock { $0.contains(listing) } ? element(listing, name) : nil
  }

  func watch(_ listings: Set<Client.Listing>) { watched.withLock { $0 = listings } }

  /// Takes a new list.
  /// - Returns: the names that came and those that went; nil the first time.
  func take(_ elements: [JSON], as listing: Client.Listing) -> (came: [String], went: [String])? {
    let earlier = lists.withLock { lists in
      defer { lists[listing] = elements }
      return lists[listing]?.map { $0.word(listing.key) }
    }
    guard let earlier else { return nil }
    let names = elements.map { $0.word(listing.key) }
    let (before, after) = (Set(earlier), Set(names))
    return (names.filter { !before.contains($0) }, earlier.filter { !after.contains($0) })
  }

  /// `4 tools, 1 prompt`
  var summary: String {
    let counts = Self.listings.compactMap { listing -> String? in
      let count = elements(listing).count
      return count == 0 ? nil : "\(count) \(listing.noun)\(count == 1 ? "" : "s")"
    }
    return counts.isEmpty ? "nothing offered" : counts.joined(separator: ", ")
  }
}

extension JSON {
  /// The element of a list, known by `server/name`.
  func owned(by server: String, _ listing: Client.Listing) -> JSON {
    guard var object else { return self }
    object[listing.key] = .string("\(server)/\(word(listing.key))")
    return .object(object)
  }
}

extension Client.Listing {
  /// The member its elements are known by.
  var key: String {
    switch self {
    case .tools, .prompts: "name"
    case .resources: "uri"
    case .resourceTemplates: "uriTemplate"
    case .tasks: "taskId"
    }
  }

  /// What one of its elements is called.
  var noun: String {
    switch self {
    case .tools: "tool"
    case .prompts: "prompt"
    case .resources: "resource"
    case .resourceTemplates: "template"
    case .tasks: "task"
    }
  }
}
