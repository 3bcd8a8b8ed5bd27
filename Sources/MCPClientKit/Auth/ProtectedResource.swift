// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit

/// What a server says about itself as a protected resource.
///
/// Spec: RFC 9728; 2026-07-28, basic/authorization, "Protected Resource Metadata Discovery Requirements".
struct ProtectedResource {
  /// What tokens are asked for.
  let resource: String
  /// The issuers it takes tokens of, at least one.
  let authorizationServers: [String]
  /// All its scopes, as far as it tells.
  let scopes: [String]?

  /// Asks for the metadata: where the challenge says, else at the well-known place of the server's path, else at that of
  /// its host.
  /// - Returns: nil for a server without any.
  static func find(
    for http: AuthorizationHTTP, _ challenges: [AuthenticationChallenge]
  ) async throws(ClientError) -> ProtectedResource? {
    if let named = challenges.first(where: { $0.isBearer && $0.resourceMetadata != nil })?.resourceMetadata {
      let address = try http.checked(named, "the metadata URL of \(http.server.text)")
      if let object = try await http.object(at: address, "resource metadata") { return try read(object, for: http) }
    }
    for path in Set([http.server.trimmedPath, ""]).sorted(by: >) {
      var address = http.server
      (address.path, address.query) = ("/.well-known/oauth-protected-resource\(path)", nil)
      if let object = try await http.object(at: address, "resource metadata") { return try read(object, for: http) }
    }
    return nil
  }

  private static func read(_ object: JSONObject, for http: AuthorizationHTTP) throws(ClientError) -> ProtectedResource {
    let server = http.server.text
    guard let resource = object["resource"]?.string, let address = WebAddress(resource) else {
      throw ClientError(.unauthorized, "the resource metadata of \(server) name no resource: nothing was sent there")
    }
    // Else whoever answers could have us fetch tokens for somebody else, and send them to him.
    guard address.covers(http.server) else {
      throw ClientError(
        .unauthorized,
        "the resource metadata of \(server) are about another resource, \(HTTPURL.shown(address.text)): refused")
    }
    guard let servers = object["authorization_servers"]?.strings(limit: 8), !servers.isEmpty else {
      throw ClientError(.unauthorized, "the resource metadata of \(server) name no authorization server")
    }
    return ProtectedResource(
      resource: resource, authorizationServers: servers, scopes: object["scopes_supported"]?.strings())
  }
}
