// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit

/// An authorization server, as its metadata describe it.
///
/// Spec: RFC 8414; 2026-07-28, basic/authorization, "Authorization Server Metadata Discovery".
struct AuthorizationServer {
  /// What it is known by, to the letter.
  let issuer: String
  let authorizationEndpoint: WebAddress?
  let tokenEndpoint: WebAddress
  var registrationEndpoint: WebAddress?
  var revocationEndpoint: WebAddress?
  var scopes: [String] = []
  /// How it takes the challenge of PKCE; nil when it does not say.
  var challengeMethods: [String]?
  /// How clients may show who they are; nil when it does not say.
  var clientMethods: [String]?
  /// Whether it names itself in each answer (RFC 9207).
  var namesItself = false
  /// Whether a client may be known by the URL of its metadata.
  var takesMetadataDocuments = false
  /// Whether nothing says that it is one: it has no metadata, and its endpoints are the usual ones.
  var isAssumed = false

  /// Finds the server `issuer` by the rules of 2025-06-18 and later.
  static func find(
    _ issuer: String, _ http: AuthorizationHTTP, _ rules: AuthorizationRules
  ) async throws(ClientError) -> AuthorizationServer {
    let address = try http.checked(issuer, "the authorization server of \(http.server.text)")
    guard address.query == nil else {
      throw ClientError(
        .unauthorized, "the authorization server \(HTTPURL.shown(issuer)) has a query in its name: refused")
    }
    for path in places(for: address.trimmedPath, rules) {
      var place = address
      place.path = path
      guard let object = try await http.object(at: place, "authorization server metadata") else { continue }
      return try read(object, issuer: issuer, http)
    }
    throw ClientError(
      .unauthorized, "\(HTTPURL.shown(issuer)) has no authorization server metadata at any of the well-known places")
  }

  /// Finds the server a host is for itself, by the rules of 2025-03-26: metadata at its root, or the usual endpoints.
  static func find(onHostOf http: AuthorizationHTTP) async throws(ClientError) -> AuthorizationServer {
    var host = http.server
    (host.path, host.query) = ("", nil)
    _ = try http.checked(host.text, "the server")
    func at(_ path: String) -> WebAddress {
      var address = host
      address.path = path
      return address
    }
    if let object = try await http.object(
      at: at("/.well-known/oauth-authorization-server"), "authorization server metadata")
    {
      let named = object["issuer"]?.string
      return try read(object, issuer: named == host.text + "/" ? host.text + "/" : host.text, http)
    }
    return AuthorizationServer(
      issuer: host.text, authorizationEndpoint: at("/authorize"), tokenEndpoint: at("/token"),
      registrationEndpoint: at("/register"), isAssumed: true)
  }

  /// Where metadata may be, in the order to ask.
  static func places(for path: String, _ rules: AuthorizationRules) -> [String] {
    let known = "/.well-known/"
    let plain = ["\(known)oauth-authorization-server\(path)"]
    guard rules.revision.hasOpenIDDiscovery else { return plain }
    let inserted = plain + ["\(known)openid-configuration\(path)"]
    return path.isEmpty ? inserted : inserted + ["\(path)\(known)openid-configuration"]
  }

  private static func read(
    _ object: JSONObject, issuer: String, _ http: AuthorizationHTTP
  ) throws(ClientError) -> AuthorizationServer {
    let shown = HTTPURL.shown(issuer)
    guard object["issuer"]?.string == issuer else {
      let found = object["issuer"]?.string.map { HTTPURL.shown(plain($0)) } ?? "nobody"
      throw ClientError(
        .unauthorized, "the metadata of the authorization server \(shown) are those of \(found): refused")
    }
    func endpoint(_ name: String) throws(ClientError) -> WebAddress? {
      guard let text = object[name]?.string else { return nil }
      return try http.checked(text, "\(name) of \(shown)")
    }
    guard let token = try endpoint("token_endpoint") else {
      throw ClientError(.unauthorized, "the metadata of \(shown) name no token_endpoint")
    }
    return AuthorizationServer(
      issuer: issuer, authorizationEndpoint: try endpoint("authorization_endpoint"), tokenEndpoint: token,
      registrationEndpoint: try endpoint("registration_endpoint"),
      revocationEndpoint: try endpoint("revocation_endpoint"),
      scopes: object["scopes_supported"]?.strings() ?? [],
      challengeMethods: object["code_challenge_methods_supported"]?.strings(),
      clientMethods: object["token_endpoint_auth_methods_supported"]?.strings(),
      namesItself: object["authorization_response_iss_parameter_supported"]?.bool == true,
      takesMetadataDocuments: object["client_id_metadata_document_supported"]?.bool == true)
  }

  /// Refuses a server that may not hold whoever brings a code to the proof that it is theirs.
  func checkS256(_ rules: AuthorizationRules) throws(ClientError) {
    if challengeMethods.map({ $0.contains("S256") }) ?? !rules.revision.demandsS256 { return }
    throw ClientError(
      .unauthorized,
      "\(HTTPURL.shown(issuer)) does not say that it knows PKCE with S256 (code_challenge_methods_supported): refused")
  }
}
