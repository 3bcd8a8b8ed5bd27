// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit

/// Finds out what an authorization server knows this client by, in the order the specification gives.
///
/// Spec: 2026-07-28, basic/authorization, "Client Registration Approaches".
struct Registrar {
  let server: AuthorizationServer
  let http: AuthorizationHTTP
  let options: AuthorizationOptions
  let store: any CredentialStore

  private var shown: String { HTTPURL.shown(server.issuer) }

  /// What is known before the browser can be sent anywhere: nil when the client still has to register itself.
  ///
  /// - Parameter scopes: what is going to be asked for.
  func known(for scopes: [String], now: Int) async throws(ClientError) -> ClientRegistration? {
    if let id = options.clientID {
      // Whom the server names gets the secret, so it has to be named by whoever holds it.
      guard options.issuer != nil || options.clientSecret == nil else {
        throw ClientError(
          .unauthorized,
          "\(http.server.text) is guarded by \(shown): say that the client's secret is for that, with --issuer")
      }
      guard options.issuer.map({ $0 == server.issuer }) ?? true else {
        throw ClientError(
          .unauthorized,
          "\(http.server.text) is guarded by \(shown), but the client id is for \(HTTPURL.shown(options.issuer ?? "")): refused"
        )
      }
      return ClientRegistration(
        id: id, secret: options.clientSecret, method: options.clientSecret == nil ? .none : secretMethod,
        origin: .preregistered, redirectURI: options.redirectURI)
    }
    if let url = options.clientMetadataURL, server.takesMetadataDocuments {
      return try await MetadataDocument(url: url, http: http).registration()
    }
    guard let kept = try await store.registration(for: server.issuer), kept.origin == .dynamic else { return nil }
    if let wanted = options.redirectURI, wanted != kept.redirectURI { return nil }
    let isOver = kept.expiresAt.map { $0 <= now } ?? false
    let isWideEnough = kept.scopes.map { Set(scopes).isSubset(of: $0) } ?? true
    return isOver || !isWideEnough ? nil : kept
  }

  /// Registers the client. What comes of it is kept, for this issuer alone.
  ///
  /// Spec: RFC 7591; 2026-07-28, basic/authorization, "Dynamic Client Registration".
  func register(redirectURI: String, scopes: [String]) async throws(ClientError) -> ClientRegistration {
    guard let endpoint = server.registrationEndpoint else {
      let document =
        server.takesMetadataDocuments ? ", or the URL of the client's metadata document (--client-metadata-url)" : ""
      throw ClientError(
        .unauthorized,
        "\(shown) lets no client register itself: give the id you got from it (--client-id)\(document)")
    }
    let method =
      server.clientMethods.map { $0.contains("none") } ?? true ? ClientRegistration.Method.none : secretMethod
    var asked: JSONObject = [
      "client_name": .string(options.clientName), "application_type": "native",
      "redirect_uris": [.string(redirectURI)], "grant_types": ["authorization_code", "refresh_token"],
      "response_types": ["code"], "token_endpoint_auth_method": .string(method.rawValue),
    ]
    if !scopes.isEmpty { asked["scope"] = .string(scopes.joined(separator: " ")) }
    let answer = try await http.post(json: .object(asked), to: endpoint)
    if server.isAssumed, [401, 403, 404, 405].contains(answer.status), answer.object?["error"]?.string == nil {
      throw ClientError(
        .unauthorized,
        "\(http.server.text) does not say who issues tokens: it may want an API key (--bearer-env NAME, or "
          + "-H 'X-API-Key: env:NAME')",
        httpStatus: answer.status)
    }
    guard answer.isSuccess, let object = answer.object, let id = object["client_id"]?.string, !id.isEmpty else {
      throw ClientError(
        .unauthorized,
        "\(shown) refused to register this client: \(answer.reason); a client id from it is given with --client-id",
        httpStatus: answer.status)
    }
    let secret = object["client_secret"]?.string
    let given = object["token_endpoint_auth_method"]?.string.flatMap(ClientRegistration.Method.init) ?? method
    let registration = ClientRegistration(
      id: id, secret: secret, method: secret == nil ? ClientRegistration.Method.none : given == .none ? .post : given,
      origin: .dynamic, redirectURI: redirectURI,
      scopes: object["scope"]?.string.map { $0.split(separator: " ").map(String.init) },
      expiresAt: object["client_secret_expires_at"]?.int.flatMap { $0 > 0 ? $0 : nil })
    try await store.keep(registration, for: server.issuer)
    return registration
  }

  /// The better of the ways to show a secret that the server takes.
  private var secretMethod: ClientRegistration.Method {
    guard let methods = server.clientMethods else { return .basic }
    return methods.contains("client_secret_post") ? .post : .basic
  }
}

/// The document a client is known by where an authorization server looks it up.
///
/// Spec: 2026-07-28, basic/authorization, "Client ID Metadata Documents".
struct MetadataDocument {
  let url: String
  let http: AuthorizationHTTP

  /// Reads the document as the authorization server will, to say at once what it would not take.
  func registration() async throws(ClientError) -> ClientRegistration {
    let address = try http.checked(url, "the client's metadata URL")
    guard address.trimmedPath.isEmpty == false else { throw fault("a client id of this kind needs a path") }
    guard let object = try await http.object(at: address, "client metadata") else { throw fault("there is nothing") }
    guard object["client_id"]?.string == url else { throw fault("its client_id is not its own URL") }
    guard object["client_name"]?.string != nil else { throw fault("it has no client_name") }
    let redirects = (object["redirect_uris"]?.strings() ?? []).compactMap(WebAddress.init)
    guard let redirect = redirects.first(where: { $0.scheme == "http" && $0.isLoopback && $0.host != "[::1]" }) else {
      throw fault("its redirect_uris have none on this machine, such as http://127.0.0.1/callback")
    }
    return ClientRegistration(id: url, origin: .metadataDocument, redirectURI: redirect.text)
  }

  private func fault(_ what: String) -> ClientError {
    ClientError(.unauthorized, "\(HTTPURL.shown(url)) is no metadata document for this client: \(what)")
  }
}
