// SPDX-License-Identifier: Apache-2.0
import EventIO
import MCPCore
import Synchronization

/// Holds the key to one MCP server: sends the token along, renews it before and when it is over, and asks the user where
/// that takes the user. Given to a client by `ClientOptions.authorizer`.
///
/// The token goes to the server it is for and to nobody else.
public final class Authorizer: Sendable {
  struct State {
    var grant: Grant?
    var isLoaded = false
    /// How often the grant changed.
    var generation = 0
    /// The access token that could not be renewed.
    var unrenewable: String?
    /// What the user was asked for because a server refused, so as not to ask for it again.
    var tried: Set<Set<String>> = []
  }

  /// The server's canonical URI.
  public let server: String
  let address: WebAddress
  let options: AuthorizationOptions
  let store: any CredentialStore
  let rules: AuthorizationRules
  let httpOptions: ClientOptions.HTTPOptions
  let trace: (@Sendable (TraceEvent) -> Void)?
  let state = Mutex(State())

  /// - Parameters:
  ///   - server: the MCP server's URL: https, or http on this machine.
  ///   - store: where grants are kept.
  ///   - http: whom to trust and how to get there; its headers go to the MCP server alone.
  ///   - onTrace: hears of each request, without what is secret.
  public init(
    for server: String, store: any CredentialStore, options: AuthorizationOptions = AuthorizationOptions(),
    http: ClientOptions.HTTPOptions = .init(), onTrace: (@Sendable (TraceEvent) -> Void)? = nil
  ) throws(ClientError) {
    guard let address = WebAddress(String(server.prefix { $0 != "#" })) else {
      throw ClientError(.invalidTarget, "\(HTTPURL.shown(server)) is no URL that tokens can be got for")
    }
    guard address.scheme == "https" || address.isLoopback else {
      throw ClientError(
        .unauthorized, "\(HTTPURL.shown(server)) is not https: whoever listens on the way could read the token")
    }
    self.address = address
    self.server = address.canonical
    self.options = options
    self.store = store
    rules = try AuthorizationRules(options.revision)
    httpOptions = http
    trace = onTrace
  }

  /// The grant there is now.
  public func grant() async throws(ClientError) -> Grant? {
    if let known = state.withLock({ $0.isLoaded ? Optional($0.grant) : nil }) { return known }
    let grant = try await store.grant(for: server)
    state.withLock { state in
      guard !state.isLoaded else { return }
      (state.grant, state.isLoaded) = (grant, true)
    }
    return state.withLock { $0.grant }
  }

  /// Gets a grant anew: sees whether the server refuses a request, finds out who guards it, asks the user or shows the
  /// client's secret, and keeps what comes of it.
  @discardableResult
  public func logIn() async throws(ClientError) -> Grant {
    let refusal = try await withHTTP { http throws(ClientError) in
      try await http.refusal(revision: rules.revision, headers: httpOptions.headers)
    }
    var options = options
    if options.issuer == nil, let earlier = try await store.grant(for: server), earlier.client.origin == .preregistered,
      earlier.client.id == options.clientID
    {
      options.issuer = earlier.issuer  // whose id it was, it still is
    }
    return try await logIn(refusal, options, after: nil)
  }

  /// - Parameter challenges: what the server said when it refused a request; nil when it did not.
  func logIn(
    _ challenges: [AuthenticationChallenge]?, _ options: AuthorizationOptions, after earlier: Grant?
  ) async throws(ClientError) -> Grant {
    let grant = try await withHTTP { http throws(ClientError) in
      let flow = AuthorizationFlow(http: http, rules: rules, options: options, store: store)
      return try await flow.run(challenges, after: earlier)
    }
    try await store.alone(with: server) { () async throws(ClientError) in try await store.keep(grant) }
    adopt(grant)
    return grant
  }

  /// Forgets the grant, after giving its tokens back where the issuer takes them.
  /// - Returns: why the issuer still honours them; nil when it does not, or has no way to tell.
  @discardableResult
  public func logOut() async throws(ClientError) -> ClientError? {
    guard let grant = try await store.grant(for: server) else { return nil }
    try await store.alone(with: server) { () async throws(ClientError) in try await store.removeGrant(for: server) }
    state.withLock { ($0.grant, $0.isLoaded) = (nil, true) }
    guard let text = grant.revocationEndpoint else { return nil }
    do throws(ClientError) {
      try await withHTTP { http throws(ClientError) in
        let place = try http.checked(text, "the revocation endpoint")
        let endpoint = TokenEndpoint(address: place, client: grant.client, http: http)
        if let refreshToken = grant.refreshToken { try await endpoint.revoke(refreshToken, kind: "refresh_token") }
        try await endpoint.revoke(grant.accessToken, kind: "access_token")
      }
      return nil
    } catch {
      return error
    }
  }

  func adopt(_ grant: Grant?) {
    state.withLock { state in
      if state.grant?.accessToken != grant?.accessToken { state.generation += 1 }
      (state.grant, state.isLoaded) = (grant, true)
    }
  }

  func withHTTP<Value>(
    _ body: (AuthorizationHTTP) async throws(ClientError) -> Value
  ) async throws(ClientError) -> Value {
    let client = try HTTPClient(httpOptions, connectTimeout: .seconds(10))
    defer { client.close() }
    return try await body(AuthorizationHTTP(server: address, client: client, revision: rules.revision, trace: trace))
  }
}
