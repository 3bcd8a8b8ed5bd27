// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit

/// The whole way from a server that wants authorization to a grant.
///
/// Spec: 2026-07-28, basic/authorization, "Authorization Flow Steps".
struct AuthorizationFlow {
  let http: AuthorizationHTTP
  let rules: AuthorizationRules
  let options: AuthorizationOptions
  let store: any CredentialStore

  /// - Parameters:
  ///   - challenges: what the server said when it refused a request; nil when it did not.
  ///   - earlier: the grant there is, whose scopes are to stay.
  func run(_ challenges: [AuthenticationChallenge]?, after earlier: Grant?) async throws(ClientError) -> Grant {
    let resource =
      rules.revision.hasResourceMetadata ? try await ProtectedResource.find(for: http, challenges ?? []) : nil
    guard challenges != nil || resource != nil else {
      throw ClientError(
        .nothingToAuthorize,
        "\(http.server.text) refused no request and has no resource metadata: there is nothing to log in to")
    }
    let (server, rules) = try await server(resource)
    let scopes = scopes(challenges ?? [], resource, server, earlier)
    let target = rules.revision.hasResourceMetadata ? resource?.resource ?? http.server.canonical : nil
    let registrar = Registrar(server: server, http: http, options: options, store: store)
    return options.isForMachine
      ? try await askAsMachine(server, registrar, scopes, target)
      : try await askUser(server, registrar, scopes, target, rules)
  }

  /// Who guards the server; a server without metadata may do so itself, and then the rules of its time count.
  private func server(
    _ resource: ProtectedResource?
  ) async throws(ClientError) -> (AuthorizationServer, AuthorizationRules) {
    if let resource {
      let wanted = resource.authorizationServers.first { $0 == options.issuer } ?? resource.authorizationServers[0]
      return (try await AuthorizationServer.find(wanted, http, rules), rules)
    }
    guard rules.fallsBackToHost else {
      throw ClientError(
        .unauthorized, "\(http.server.text) has no resource metadata (RFC 9728), so nobody knows who issues its tokens")
    }
    return (try await AuthorizationServer.find(onHostOf: http), try AuthorizationRules(.v20250326))
  }

  /// What to ask for: what the caller wants, else what the challenge names, else all there is; with what there was.
  ///
  /// Spec: 2026-07-28, basic/authorization, "Scope Selection Strategy" and "Step-Up Authorization Flow".
  private func scopes(
    _ challenges: [AuthenticationChallenge], _ resource: ProtectedResource?, _ server: AuthorizationServer,
    _ earlier: Grant?
  ) -> [String] {
    let challenged = challenges.first { $0.isBearer && $0.scopes != nil }?.scopes
    var wanted = options.scopes.isEmpty ? challenged ?? resource?.scopes ?? [] : options.scopes
    for scope in earlier?.scopes ?? [] where !wanted.contains(scope) { wanted.append(scope) }
    let isOffered = server.scopes.contains("offline_access") && !options.isForMachine
    if isOffered, !wanted.contains("offline_access") { wanted.append("offline_access") }
    var seen: Set<String> = []
    return wanted.filter { seen.insert($0).inserted }
  }

  private func askAsMachine(
    _ server: AuthorizationServer, _ registrar: Registrar, _ scopes: [String], _ resource: String?
  ) async throws(ClientError) -> Grant {
    guard let client = try await registrar.known(for: scopes, now: options.now()), client.secret != nil else {
      throw ClientError(
        .unauthorized, "a machine needs a client id and a secret of \(HTTPURL.shown(server.issuer)) to get a token")
    }
    return try await grant(Grant.machineRequest(scopes), of: server, to: client, scopes, resource)
  }

  private func askUser(
    _ server: AuthorizationServer, _ registrar: Registrar, _ scopes: [String], _ resource: String?,
    _ rules: AuthorizationRules
  ) async throws(ClientError) -> Grant {
    guard let showPage = options.showPage else {
      throw ClientError(
        .unauthorized, "\(http.server.text) wants a user to agree in a browser, and nobody is asked here")
    }
    guard let endpoint = server.authorizationEndpoint else {
      throw ClientError(.unauthorized, "the metadata of \(HTTPURL.shown(server.issuer)) name no authorization_endpoint")
    }
    try server.checkS256(rules)
    let known = try await registrar.known(for: scopes, now: options.now())
    return try await listening(for: known) { listener, uri, client throws(ClientError) in
      let client = if let client { client } else { try await registrar.register(redirectURI: uri, scopes: scopes) }
      let request = try AuthorizationRequest(
        to: server, as: client, redirectURI: uri, scopes: scopes, resource: resource)
      let page = request.page(at: endpoint)
      let code = try await listener.answer(within: options.patience, read: request.read) { await showPage(page) }
      let fields = [
        ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", uri),
        ("code_verifier", request.verifier),
      ]
      return try await grant(fields, of: server, to: client, scopes, resource)
    }
  }

  /// Listens where the browser is to come back: where the client was registered with, else where the caller wants it,
  /// else at any port. When the port of a client that registered itself is taken, it has to register itself anew.
  private func listening(
    for client: ClientRegistration?,
    _ body: (RedirectListener, String, ClientRegistration?) async throws(ClientError) -> Grant
  ) async throws(ClientError) -> Grant {
    let wanted = try (client?.redirectURI ?? options.redirectURI).map(Self.checked)
    do throws(ClientError) {
      return try await RedirectListener.listening(at: wanted) { listener, uri throws(ClientError) in
        try await body(listener, uri, client)
      }
    } catch {
      guard error.code == .redirectPort, client?.origin == .dynamic, options.redirectURI == nil else { throw error }
      return try await RedirectListener.listening(at: nil) { listener, uri throws(ClientError) in
        try await body(listener, uri, nil)
      }
    }
  }

  private static func checked(_ redirectURI: String) throws(ClientError) -> WebAddress {
    guard let address = WebAddress(redirectURI), address.scheme == "http", address.isLoopback, address.query == nil
    else {
      throw ClientError(
        .invalidTarget, "the redirect URI must be like http://127.0.0.1:8765/callback, on this machine: \(redirectURI)")
    }
    return address
  }

  /// Turns what was got for the user's consent into tokens.
  private func grant(
    _ fields: [(String, String)], of server: AuthorizationServer, to client: ClientRegistration, _ scopes: [String],
    _ resource: String?
  ) async throws(ClientError) -> Grant {
    let tokens: TokenEndpoint.Tokens
    do throws(ClientError) {
      tokens = try await TokenEndpoint(address: server.tokenEndpoint, client: client, http: http).tokens(
        fields, resource: resource)
    } catch {
      // A client the server has forgotten is registered anew the next time.
      if client.origin == .dynamic, error.httpStatus == 401 { try await store.removeRegistration(for: server.issuer) }
      throw error
    }
    return Grant(
      server: http.server.canonical, resource: resource, issuer: server.issuer,
      tokenEndpoint: server.tokenEndpoint.text, revocationEndpoint: server.revocationEndpoint?.text, client: client,
      isForMachine: options.isForMachine, accessToken: tokens.accessToken, refreshToken: tokens.refreshToken,
      scopes: tokens.scopes ?? scopes, expiresAt: tokens.lifetime.map { options.now() + $0 })
  }
}

extension Grant {
  static func machineRequest(_ scopes: [String]) -> [(String, String)] {
    let scope = scopes.isEmpty ? [] : [("scope", scopes.joined(separator: " "))]
    return [("grant_type", "client_credentials")] + scope
  }
}
