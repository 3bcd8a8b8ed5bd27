// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore

/// Says whom a client gets tokens from.
///
/// Spec: 2026-07-28, basic/authorization, "Protected Resource Metadata Discovery Requirements"; RFC 9728.
struct ResourceMetadata: Sendable {
  let service: Service

  /// The document of the resource at a path.
  func answer(_ head: HTTPHead, resource: String, _ rules: AuthorizationRules) -> HTTPAnswer {
    guard head.method == .get || head.method == .head else { return .methodNotAllowed("GET, HEAD") }
    var document: JSONObject = [
      "resource": .string(resource),
      "authorization_servers": .array(rules.allAuthorizationServers.map(JSON.string)),
      "bearer_methods_supported": ["header"],
    ]
    let scopes = scopes(rules)
    if !scopes.isEmpty { document["scopes_supported"] = .array(scopes.map(JSON.string)) }
    if let name = (service.identity["title"] ?? service.identity["name"]) { document["resource_name"] = name }
    var answer = HTTPAnswer.json(JSON.object(document).bytes)
    answer.headers.set("Cache-Control", "max-age=60")
    return answer
  }

  /// Every scope a client may be asked for. `offline_access` is between a client and its authorization server.
  ///
  /// Spec: 2026-07-28, basic/authorization, "Refresh Tokens".
  func scopes(_ rules: AuthorizationRules) -> [String] {
    var scopes = Set(rules.requiredScopes + rules.supportedScopes + rules.access.flatMap(\.scopes))
    scopes.formUnion(service.neededScopes)
    scopes.remove("offline_access")
    return scopes.filter(\.isScope).sorted()
  }
}
