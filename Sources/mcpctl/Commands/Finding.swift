// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit
import MCPClientKit
import MCPCore

extension Client {
  /// All there is of a kind; nothing, where the server says that it does not have that kind.
  func listed(_ listing: Listing) async throws(ClientError) -> JSONObject {
    do throws(ClientError) {
      return try await list(listing)
    } catch {
      let isAbsent = error.rpcError?.code == .methodNotFound && negotiated.capabilities[listing.capability] == nil
      guard isAbsent else { throw error }
      return [listing.member: []]
    }
  }
}

extension Scene {
  /// The listed thing called `name`; throws a failure with exit code 8 and the nearest name when there is none.
  func find(_ name: String, in listing: Client.Listing, key: String, noun: String) async throws -> JSONObject {
    if let found = known(listing, name) { return found }
    let elements = try await client.listed(listing)[listing.member]?.array ?? []
    if let found = elements.first(where: { $0[key]?.string == name })?.object { return found }
    var failure = Failure.notFound(
      noun, name, among: elements.compactMap { $0[key]?.string }, server: client.serverName, followUp)
    // Nothing falls back to another server by itself; whoever forgot which one is current is told.
    if listing == .tools, reminder != nil, followUp.place == .shell, BuiltinServer.hasTool(name) {
      let more = "the built-in server has one: `mcpctl -s builtin tools get \(shellWord(name))`"
      failure.hint = failure.hint.map { "\($0); \(more)" } ?? more
    }
    throw failure
  }
}

extension Client.Listing {
  /// The capability a server declares when it has any.
  var capability: String { self == .resourceTemplates ? "resources" : member }
}

extension Failure {
  /// There is no such thing; `names` are what there is.
  static func notFound(
    _ noun: String, _ name: String, among names: [String], server: String, _ followUp: FollowUp = FollowUp()
  ) -> Failure {
    let all = "`\(followUp(noun == "template" ? "resources templates" : "\(noun)s ls"))` lists all"
    let few = names.joined(separator: ", ")
    let hint: String? =
      if noun == "tool", let slash = name.firstIndex(of: "/"), names.contains(String(name[name.index(after: slash)...]))
      {
        "no server is called '\(safeText(String(name[..<slash])))': `mcpctl servers ls` lists those there are"
      } else if let near = nearMiss(of: name, in: names) {
        "did you mean '\(near)'?"
      } else if names.isEmpty {
        "\(server) has no \(noun)s"
      } else if few.count <= 120 {
        // The nearest would be far off: what there is says more.
        "it has \(few)"
      } else {
        "the nearest of \(names.count) is '\(nearest(to: name, in: names) ?? "")'; \(all)"
      }
    return Failure(
      .notFound, "not_found", "\(server) has no \(noun) '\(name)'", hint: hint, facts: ["server": .string(server)])
  }
}
