// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import MCPConfig
import MCPServeKit
import Observability

extension ServeSettings {
  /// Whether callers have to say who they are.
  var asksWho: Bool {
    config.text("auth.keys_file") != nil || config.text("auth.issuer") != nil
      || config.flag("auth.client_certificates")
  }

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
    guard hasRules else { return nil }
    var rules = AuthorizationRules()
    do throws(AuthorizationError) {
      if let file = config.text("auth.keys_file") { rules.keys = try APIKey.keys(inFile: file) }
    } catch {
      throw Failure(.badConfiguration, "config", error.message)
    }
    if let issuer = config.text("auth.issuer") { rules.issuers = [TokenIssuer(issuer, keys: keySource)] }
    rules.resource = config.text("auth.audience")
    rules.requiredScopes = config.list("auth.scopes")
    rules.acceptsCertificates = config.flag("auth.client_certificates")
    rules.certificateScopes = Set(config.list("auth.certificate_scopes"))
    rules.access = access
    rules.limits = rates
    rules.letsAnybodyIn = !asksWho
    rules.auditsRequests = asksWho
    return rules
  }

  /// Whether anything at all is asked of callers.
  /// Over standard input there is one caller, whose server it is.
  var hasRules: Bool {
    config.text("transport.type") != "stdio" && (asksWho || !rates.isEmpty || !config.items("auth.rules").isEmpty)
  }

  private var access: [AccessRule] {
    config.items("auth.rules").map { item in
      let kind: FeatureKind? =
        switch item.text("kind") {
        case "tools": .tools
        case "resources": .resources
        case "prompts": .prompts
        default: nil
        }
      return AccessRule(
        item.text("name") ?? "*", in: kind, for: item.list("principals"), needs: item.list("scopes") ?? [])
    }
  }

  private var rates: [RateLimit] {
    let all = config.text("rate_limit.requests").flatMap { rate($0, burst: config.integer("rate_limit.burst")) }
    return (all.map { [$0] } ?? [])
      + config.items("rate_limit.tools").compactMap { item in
        rate(item.text("requests") ?? "", burst: item.integer("burst"), tools: item.text("name") ?? "*")
      }
  }

  private func rate(_ word: String, burst: Int?, tools: String? = nil) -> RateLimit? {
    guard var limit = (try? RateWord(argument: word))?.limit else { return nil }
    if let burst { limit.burst = burst }
    limit.tools = tools
    return limit
  }

  private var keySource: TokenIssuer.Keys {
    guard let keys = config.text("auth.jwks") else { return .discovered }
    return keys.contains("://") ? .url(keys) : .file(keys)
  }
}
