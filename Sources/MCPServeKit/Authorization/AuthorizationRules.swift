// SPDX-License-Identifier: Apache-2.0
import EventIO

/// Who is let in, and what for. A value: change a copy and hand it to `Authorization.replace`.
///
///     var rules = AuthorizationRules()
///     rules.issuers = [TokenIssuer("https://login.example.com")]
///     rules.resource = "https://mcp.example.com/mcp"
///     rules.requiredScopes = ["tools:call"]
///     try await Service(server, authorization: Authorization(rules)).serve(.http(port: 8000))
///
/// Over stdio nobody has to say who it is, since whoever started a server could do what it does; the limits count there too.
public struct AuthorizationRules: Sendable {
  /// The API keys that are accepted, as `Authorization: Bearer KEY` or `X-API-Key: KEY`.
  public var keys: [APIKey] = []
  /// Whose tokens are accepted.
  public var issuers: [TokenIssuer] = []
  /// Whether a client that has shown a certificate (`TLSIdentity`, `clientAuthorities`) and sends no key or token is known by it:
  /// as `cert:` and the certificate's subject, such as `cert:CN=ada,O=Example`. Default: no.
  public var acceptsCertificates = false
  /// What callers are granted who are known by their certificates.
  public var certificateScopes: Set<String> = []
  /// Authorization servers that clients are told of besides the issuers: for authenticators of your own.
  public var authorizationServers: [String] = []
  /// The URL clients reach this server under, such as `https://mcp.example.com/mcp`, which tokens have to be for. Default:
  /// the address it listens on, with the path of the request; for servers that others reach it has to be given.
  public var resource: String?
  /// More audiences that tokens may be for, such as the identifier an authorization server knows this server by.
  public var audiences: [String] = []
  /// By how much clocks may differ. Default 30 s.
  public var leeway: Duration = .seconds(30)
  /// The scopes every request needs, all of them.
  public var requiredScopes: [String] = []
  /// The scopes clients are told of besides those that requests, rules and features need.
  public var supportedScopes: [String] = []
  /// For each scope those that are part of it: `["write": ["read"]]`.
  public var impliedScopes: [String: [String]] = [:]
  /// Who may use which tools, resources and prompts. Of several that fit the first decides.
  public var access: [AccessRule] = []
  /// How often each caller may ask. A request has to fit all that concern it.
  public var limits: [RateLimit] = []
  /// Whether requests without credentials are let in, as nobody: for servers that only have limits. Default: no.
  public var letsAnybodyIn = false
  /// Whether each request is noted in the server's log, at the level `info`: who, what, the outcome and how long it took.
  /// Default: yes.
  public var auditsRequests = true

  /// Makes rules that let nobody in.
  public init() {}
}

extension AuthorizationRules {
  /// The authorization servers clients may get tokens from.
  var allAuthorizationServers: [String] { issuers.map(\.name) + authorizationServers }

  /// Whether tokens have to name this server.
  var checksAudience: Bool { !issuers.isEmpty }

  /// - Throws: `AuthorizationError` naming what cannot be followed.
  func check() throws(AuthorizationError) {
    var names: Set<String> = []
    for key in keys where !names.insert(key.name).inserted {
      throw AuthorizationError("two keys are called '\(key.name)': give each its own name")
    }
    guard keys.count <= APIKey.mostKeys else {
      throw AuthorizationError("\(keys.count) keys are more than \(APIKey.mostKeys), the limit")
    }
    let scopes =
      requiredScopes + supportedScopes + certificateScopes + access.flatMap(\.scopes)
      + impliedScopes.flatMap { [$0.key] + $0.value }
    if let scope = scopes.first(where: { !$0.isScope }) {
      throw AuthorizationError("'\(scope)' is no scope: use printable ASCII without spaces, quotes and backslashes")
    }
    for server in allAuthorizationServers {
      guard KeySource.isTrustworthy(server), !server.contains(where: { $0 == "?" || $0 == "#" || $0 == " " }) else {
        throw AuthorizationError(
          "the authorization server '\(HTTPURL.shown(server))' needs a URL with https, or http on this machine")
      }
    }
    for issuer in issuers {
      guard case .url(let url) = issuer.keys, !KeySource.isTrustworthy(url) else { continue }
      throw AuthorizationError("the keys at '\(HTTPURL.shown(url))' need https, or http on this machine")
    }
    guard Set(issuers.map(\.name)).count == issuers.count else {
      throw AuthorizationError("an issuer is named twice")
    }
    if let resource, HTTPURL.origin(of: resource) == nil || resource.contains("#") {
      throw AuthorizationError(
        "the resource '\(HTTPURL.shown(resource))' needs an http or https URL without a fragment")
    }
  }
}
