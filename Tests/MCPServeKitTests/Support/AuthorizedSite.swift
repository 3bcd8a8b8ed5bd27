// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore
import Observability
import TestSupport

@testable import MCPServeKit

/// Keys of several callers, and what they are sent as.
enum Keys {
  static let ada = "ada-0123456789abcdef"
  static let bob = "bob-0123456789abcdef"
  static let boss = "boss-0123456789abcdef"

  static func all() throws -> [APIKey] {
    [
      try APIKey(name: "ada", secret: ada, scopes: ["read"]), try APIKey(name: "bob", secret: bob, scopes: ["read"]),
      try APIKey(name: "boss", secret: boss, scopes: ["admin"]),
    ]
  }

  static func header(_ secret: String) -> [String: String] { ["Authorization": "Bearer \(secret)"] }
}

/// Rules that let the callers of `Keys` in.
func keyRules(_ change: (inout AuthorizationRules) throws -> Void = { _ in }) throws -> AuthorizationRules {
  var rules = AuthorizationRules()
  rules.keys = try Keys.all()
  try change(&rules)
  return rules
}

extension HTTPPeer {
  /// Asks as a modern client, with some headers more.
  func askModern(
    _ method: String, _ params: JSONObject = [:], _ more: [String: String] = [:]
  ) async throws -> Answer {
    let (headers, body) = modern(method, params)
    return try await ask("POST", "/mcp", headers.merging(more) { $1 }, body: body)
  }
}

/// A legacy request.
func legacy(_ method: String, _ params: JSONObject = [:], id: JSON = 1) -> String {
  JSON.object(["jsonrpc": "2.0", "id": id, "method": .string(method), "params": .object(params)]).text
}
