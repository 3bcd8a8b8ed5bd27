// SPDX-License-Identifier: Apache-2.0

/// What keeps a server from others, and lets those in who may come.
extension CrossRules {
  func protection() -> [Problem] {
    var problems: [Problem] = []
    let isTLS = config.flag("transport.tls.enabled")
    for path in ["transport.tls.cert_file", "transport.tls.key_file"] where isTLS && config.setting(path) == nil {
      problems.append(
        problem(.incomplete, "transport.tls.enabled", "needs \(path)", "set \(path), or transport.tls.enabled: false"))
    }
    return problems
  }

  func certificates() -> [Problem] {
    let asksForThem = config.setting("transport.tls.client_ca_file") != nil
    var problems: [Problem] = []
    if asksForThem, config.text("transport.type") != "stdio", !config.flag("transport.tls.enabled"),
      config.origin("transport.tls.cert_file").isFlag == false
    {
      problems.append(
        problem(
          .unprotected, "transport.tls.client_ca_file", "protects nothing without TLS",
          "set transport.tls.enabled: true with its cert_file and key_file, --tls-cert FILE with --tls-key FILE"))
    }
    if config.flag("auth.client_certificates"), !asksForThem {
      problems.append(
        problem(
          .incomplete, "auth.client_certificates", "needs certificates that can be trusted",
          "set transport.tls.client_ca_file, --tls-client-ca FILE"))
    }
    if !config.list("auth.certificate_scopes").isEmpty, !config.flag("auth.client_certificates") {
      problems.append(
        problem(
          .incomplete, "auth.certificate_scopes", "is about callers known by their certificates",
          "set auth.client_certificates: true"))
    }
    return problems
  }

  /// What browsers are told.
  func pages() -> [Problem] {
    let origins = config.list("transport.allowed_origins") + config.list("transport.cors.allowed_origins")
    guard config.flag("transport.cors.allow_credentials"), origins.isEmpty || origins.contains("*") else { return [] }
    return [
      problem(
        .conflict, "transport.cors.allow_credentials",
        "is for named origins, and \(origins.isEmpty ? "there are none" : "the origins have '*'")",
        "name the origins in transport.allowed_origins, --allow-origin ORIGIN, or do without credentials")
    ]
  }

  /// What is shown where nobody looks.
  func watching() -> [Problem] {
    guard config.origin("metrics.enabled") != .standard, config.flag("metrics.enabled"), isPublic,
      config.text("transport.type") != "stdio", config.setting("metrics.address") == nil
    else { return [] }
    return [
      problem(
        .warning, .noEffect, "metrics.enabled", "shows nothing beside a service that other machines reach",
        "set metrics.address, such as 127.0.0.1:9090")
    ]
  }

  private var isPublic: Bool { ["0.0.0.0", "::", "[::]"].contains(config.text("transport.host")) }

  func callers() -> [Problem] {
    var problems: [Problem] = []
    let hasIssuer = config.setting("auth.issuer") != nil
    let asksWho = hasIssuer || config.setting("auth.keys_file") != nil || config.flag("auth.client_certificates")
    for path in ["auth.jwks", "auth.audience"] where config.setting(path) != nil && !hasIssuer {
      problems.append(
        problem(.incomplete, path, "is about the tokens of an issuer", "set auth.issuer, --auth-issuer URL"))
    }
    if !config.list("auth.scopes").isEmpty, !asksWho {
      problems.append(
        problem(
          .incomplete, "auth.scopes", "asks who calls",
          "set auth.keys_file or auth.issuer, --auth-keys FILE or --auth-issuer URL"))
    }
    for item in config.items("rate_limit.tools") where item.values["requests"] == nil {
      problems.append(
        problem(
          .incomplete, "rate_limit.tools", "the limit of '\(clipped(item.text("name") ?? "*"))' needs a rate",
          "add requests: 100/s"))
    }
    if config.setting("rate_limit.burst") != nil, config.setting("rate_limit.requests") == nil {
      problems.append(
        problem(.incomplete, "rate_limit.burst", "is about rate_limit.requests", "set that too, such as 100/s"))
    }
    guard isPublic, config.text("transport.type") != "stdio" else { return problems }
    if hasIssuer, config.setting("auth.audience") == nil {
      problems.append(
        problem(
          .incomplete, "auth.issuer", "has tokens for this server, whose URL is not known on this host",
          "set auth.audience, --auth-audience URL, to the one clients use"))
    }
    if !asksWho {
      problems.append(
        problem(
          .warning, .exposed, "transport.host", "whoever reaches this machine can call these tools",
          "set auth.keys_file or auth.issuer, or listen on 127.0.0.1"))
    }
    return problems
  }
}
