// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import EventIO
import MCPClientKit
import MCPCore

/// Whose tokens, and how they are got.
struct LoginOptions: OptionGroup {
  @Option("Scope to ask for; as many as are needed. Default: what the server names.", value: "SCOPE")
  var scope: [String]
  @Option("Client id you got from the authorization server.", value: "ID") var clientId: String?
  @Option("Environment variable with the secret of that client id.", value: "NAME") var clientSecretEnv: String?
  @Option("File with the secret of that client id.", value: "FILE", completion: .file) var clientSecretFile: String?
  @Option("Issuer that client id is for; any other is refused.", value: "URL") var issuer: String?
  @Option("URL of a client metadata document to be known by; see `mcpctl help authorization`.", value: "URL")
  var clientMetadataUrl: String?
  @Flag("Ask for the client itself and not for a user: no browser, but a client id and its secret.")
  var clientCredentials: Bool
  @Option("Where the browser is sent back to, such as http://127.0.0.1:8765/callback.", value: "URL")
  var redirectUri: String?
  @Flag("Only print the page to open.") var noBrowser: Bool

  func authorization(_ connection: ConnectionOptions, _ console: Console) throws -> AuthorizationOptions {
    guard clientSecretEnv == nil || clientSecretFile == nil else {
      throw UsageError("give --client-secret-env or --client-secret-file, not both")
    }
    let secret =
      try clientSecretEnv.map { try connection.secret("env:\($0)", "client secret", console) }
      ?? clientSecretFile.map { try connection.secret("file:\($0)", "client secret", console) }
    guard clientId != nil || secret == nil && issuer == nil && !clientCredentials else {
      throw UsageError("a secret, --issuer and --client-credentials need a --client-id")
    }
    guard secret != nil || !clientCredentials else {
      throw UsageError("--client-credentials needs --client-secret-env or --client-secret-file")
    }
    let scopes = scope.flatMap { $0.split(separator: " ").map(String.init) }
    return AuthorizationOptions(
      clientName: "mcpctl", clientID: clientId, clientSecret: secret, issuer: issuer,
      clientMetadataURL: clientMetadataUrl, scopes: scopes, isForMachine: clientCredentials,
      redirectURI: redirectUri, revision: connection.protocol.authorization,
      patience: connection.timeout ?? .seconds(300))
  }
}

/// The server an `auth` command is about.
struct AuthTarget {
  let url: String
  let headers: [Target.Header]

  /// - Throws: `Failure` also when the server was written down by somebody else and the user does not agree to it.
  init(_ word: String?, _ connection: ConnectionOptions, _ console: Console) async throws {
    if word != nil && connection.server != nil { throw UsageError("name the server once: as a word, or with --server") }
    let resolver = TargetResolver(environs: console.environs)
    let resolved = try resolver.resolve(
      server: word ?? connection.server, program: [], http: connection.transport.http)
    try await Consent(console: console).obtain(for: resolved.listing)
    guard case .url(let url, _, let headers) = resolved.target else {
      throw UsageError("authorization is for servers at a URL, not for \(resolved.target.name): name one")
    }
    self.url = url
    self.headers = try headers + connection.headers(console)
  }

  /// What gets and keeps the server's tokens.
  func authorizer(
    _ options: AuthorizationOptions, _ talk: Talk, _ console: Console
  ) throws -> Authorizer {
    guard let store = HidingStore(console, talk) else {
      throw Failure(.badConfiguration, "config", "there is no place for tokens: set HOME or XDG_STATE_HOME")
    }
    do throws(ClientError) {
      return try Authorizer(
        for: url, store: store, options: options, http: .init(headers: headers.map { .init($0.name, $0.value) }),
        onTrace: talk.tracing)
    } catch {
      throw Failure(error, server: HTTPURL.shown(url))
    }
  }
}
