// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit
import MCPClientKit

/// What one server offers and another does not, or otherwise.
private struct Difference {
  let listing: Client.Listing
  let name: String
  /// The server that alone has it; nil when both have it.
  let owner: String?
  /// Which members differ.
  var members: [String] = []
}

extension Repl {
  /// `\diff`: two open servers side by side.
  func compare(_ words: [String], _ statement: Statement, _ console: Console) async throws {
    let pair: [OpenServer]
    switch words.count {
    case 0 where servers.count == 2: pair = servers
    case 2: pair = [try server(named: words[0]), try server(named: words[1])]
    default: throw UsageError("write \\diff A B, the names of two open servers; \\c a,b opens both")
    }
    var found: [Difference] = []
    for listing in Surface.listings {
      let (left, right) = (try await elements(listing, of: pair[0]), try await elements(listing, of: pair[1]))
      found += Self.differences(listing, left, right, pair)
    }
    let rows = found.map { difference in
      [
        difference.listing.noun, difference.name,
        difference.owner.map { "only \($0)" } ?? "differ in \(difference.members.joined(separator: ", "))",
      ]
    }
    let items = found.map { difference -> JSON in
      var item: JSONObject = ["kind": .string(difference.listing.noun), "name": .string(difference.name)]
      item["only"] = difference.owner.map(JSON.string)
      if !difference.members.isEmpty { item["members"] = .array(difference.members.map(JSON.string)) }
      return .object(item)
    }
    try await display(
      Presentation(
        list: ["differences": .array(items)], items: items,
        table: Table(columns: ["KIND", "NAME", "DIFFERENCE"].map { .init(heading: $0) }, rows: rows),
        empty: "\(pair[0].name) and \(pair[1].name) offer the same"), statement, console)
  }

  private func elements(_ listing: Client.Listing, of server: OpenServer) async throws -> [JSON] {
    guard server.scene.client.negotiated.capabilities[listing.capability] != nil else { return [] }
    return try await server.scene.client.listed(listing)[listing.member]?.array ?? []
  }

  private static func differences(
    _ listing: Client.Listing, _ left: [JSON], _ right: [JSON], _ pair: [OpenServer]
  ) -> [Difference] {
    func index(_ elements: [JSON]) -> [String: JSON] {
      Dictionary(elements.map { ($0.word(listing.key), $0) }) { first, _ in first }
    }
    let (here, there) = (index(left), index(right))
    return Set(here.keys).union(there.keys).sorted().compactMap { name in
      guard let one = here[name]?.object else { return Difference(listing: listing, name: name, owner: pair[1].name) }
      guard let other = there[name]?.object else {
        return Difference(listing: listing, name: name, owner: pair[0].name)
      }
      let members = Set(one.names).union(other.names).filter { one[$0] != other[$0] }.sorted()
      return members.isEmpty ? nil : Difference(listing: listing, name: name, owner: nil, members: members)
    }
  }
}
