// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import MCPServeKit
import Observability

/// Who may call a server over HTTP.
struct CallerOptions: OptionGroup {
  @Option("File with the API keys that are accepted; see `mcpctl keys`.", value: "FILE", completion: .file)
  var authKeys: String?
  @Option("Authorization server whose tokens are accepted.", value: "URL") var authIssuer: String?
  @Option("Where the issuer's public keys are. Default: where its metadata says.", value: "URL|FILE", completion: .file)
  var authJwks: String?
  @Option("Who tokens have to be for. Default: the URL of this server.", value: "URL") var authAudience: String?
  @Option("Scope that every request needs.", value: "SCOPE") var authScope: [String]
  @Option("How often each caller may ask, such as 100/s or 5000/h.", value: "N/UNIT") var rateLimit: RateWord?

  /// The options that only make sense over HTTP.
  static let overHTTP = ["auth-keys", "auth-issuer", "auth-jwks", "auth-audience", "auth-scope"]

  /// Whether callers have to say who they are.
  var asksWho: Bool { authKeys != nil || authIssuer != nil }

  /// - Parameter isNamed: whether the server's own address can be its name.
  func check(isNamed: Bool) throws(UsageError) {
    if authJwks != nil, authIssuer == nil {
      throw UsageError("--auth-jwks has the keys of an issuer: add --auth-issuer URL")
    }
    if authAudience != nil, authIssuer == nil {
      throw UsageError("--auth-audience is held against tokens: add --auth-issuer URL")
    }
    if !authScope.isEmpty, !asksWho {
      throw UsageError("--auth-scope asks who calls: add --auth-keys FILE or --auth-issuer URL")
    }
    if authIssuer != nil, authAudience == nil, !isNamed {
      throw UsageError(
        "tokens have to be for this server, whose URL is not known on this --host: add --auth-audience URL, the one clients use"
      )
    }
  }

  /// What they ask for; nil when that is nothing.
  func authorization(logger: Logger) throws -> Authorization? {
    guard asksWho || rateLimit != nil else { return nil }
    var rules = AuthorizationRules()
    do throws(AuthorizationError) {
      rules.keys = try authKeys.map { path throws(AuthorizationError) in try APIKey.keys(inFile: path) } ?? []
      if let authIssuer { rules.issuers = [TokenIssuer(authIssuer, keys: keySource)] }
      rules.resource = authAudience
      rules.requiredScopes = authScope
      rules.limits = rateLimit.map { [$0.limit] } ?? []
      rules.letsAnybodyIn = !asksWho
      rules.auditsRequests = asksWho
      return try Authorization(rules, logger: logger)
    } catch {
      throw Failure(.badConfiguration, "config", error.message)
    }
  }

  private var keySource: TokenIssuer.Keys {
    guard let authJwks else { return .discovered }
    return authJwks.contains("://") ? .url(authJwks) : .file(authJwks)
  }
}

/// A rate such as `100/s`.
struct RateWord: ArgumentValue {
  let limit: RateLimit

  init(argument word: String) throws(ValueFault) {
    let units: [Substring: Duration] = ["s": .seconds(1), "m": .seconds(60), "h": .seconds(3600)]
    let parts = word.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let count = Int(parts[0]), (1...1_000_000).contains(count), let interval = units[parts[1]]
    else { throw ValueFault("'\(word)' is no rate; write 100/s, 600/m or 5000/h") }
    limit = RateLimit(count, per: interval)
  }
}
