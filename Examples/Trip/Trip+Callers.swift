// SPDX-License-Identifier: Apache-2.0
import MCPServeKit

extension Trip {
  /// Who may call over HTTP, with tokens of `issuer`, and what for.
  static func authorization(_ issuer: String, name: String) throws -> Authorization {
    var rules = AuthorizationRules()
    rules.issuers = [TokenIssuer(issuer)]
    rules.resource = "https://\(name)/mcp"
    rules.requiredScopes = ["trips:read"]
    rules.impliedScopes = ["trips:book": ["trips:read"]]
    rules.access = [AccessRule("trip://bookings/*", in: .resources, needs: ["trips:book"])]
    rules.limits = [RateLimit(20), RateLimit(6, per: .seconds(60), ofTools: "book")]
    return try Authorization(rules)
  }
}
