// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import MCPConfig
import MCPServeKit
import Observability

extension ServeSettings {
  /// Whether callers have to say who they are.
  var asksWho: Bool { config.text("auth.keys_file") != nil || config.text("auth.issuer") != nil }

  /// What is asked of callers; nil when that is nothing.
  func authorization(logger: Logger) throws(Failure) -> Authorization? {
    guard let rules = try authorizationRules() else { return nil }
    do throws(AuthorizationError) {
      return try Authorization(rules, logger: logger)
    } catch {
      throw Failure(.badConfiguration, "config", error.message)
    }
  }

  /// The rules the configuration stands for, with the keys that are in their file now.
  func authorizationRules() throws(Failure) -> AuthorizationRules? {
    let rate = config.text("rate_limit.requests").flatMap { try? RateWord(argument: $0) }
    guard asksWho || rate != nil else { return nil }
    var rules = AuthorizationRules()
    do throws(AuthorizationError) {
      if let file = config.text("auth.keys_file") { rules.keys = try APIKey.keys(inFile: file) }
    } catch {
      throw Failure(.badConfiguration, "config", error.message)
    }
    if let issuer = config.text("auth.issuer") { rules.issuers = [TokenIssuer(issuer, keys: keySource)] }
    rules.resource = config.text("auth.audience")
    rules.requiredScopes = config.list("auth.scopes")
    rules.limits = rate.map { [$0.limit] } ?? []
    rules.letsAnybodyIn = !asksWho
    rules.auditsRequests = asksWho
    return rules
  }

  private var keySource: TokenIssuer.Keys {
    guard let keys = config.text("auth.jwks") else { return .discovered }
    return keys.contains("://") ? .url(keys) : .file(keys)
  }
}
