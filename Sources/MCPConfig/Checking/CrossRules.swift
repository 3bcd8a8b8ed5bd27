// SPDX-License-Identifier: Apache-2.0

/// What several keys have to agree on.
struct CrossRules {
  let config: ServerConfig
  let surroundings: Surroundings

  func problems() -> [Problem] {
    [
      reach(), paths(), protection(), certificates(), callers(), pages(), watching(), logging(), tools(), files(),
      sessions(), redis(), cluster(), client(),
    ].flatMap { $0 }
  }

  /// What is said of an address while nobody can be reached at one.
  private func reach() -> [Problem] {
    guard config.text("transport.type") == "stdio" else { return [] }
    return [
      "transport.host", "transport.port", "transport.path", "transport.sse", "transport.allowed_origins",
      "transport.cors.enabled", "transport.trusted_proxies", "metrics.enabled", "metrics.address", "logging.access_log",
      "auth.keys_file", "auth.issuer", "auth.client_certificates", "auth.admin_key", "auth.rules",
      "rate_limit.requests",
      "rate_limit.tools",
    ]
    .compactMap { path in
      guard case .file = config.origin(path) else { return nil }
      return problem(.warning, .noEffect, path, "is for a server over HTTP", "add transport.type: http-stream")
    }
  }

  private func paths() -> [Problem] {
    var problems: [Problem] = []
    var taken: [String: String] = [
      "/health": "the health endpoint", "/actuator/health": "the health endpoint", "/ready": "the health endpoint",
      "/reload-config": "reloading",
    ]
    let routes =
      ["transport.path"] + (offersSSE ? ["transport.sse_path", "transport.messages_path"] : [])
      + (config.flag("metrics.enabled") ? ["metrics.path"] : [])
    for path in routes {
      guard let route = config.text(path) else { continue }
      if let other = taken[route] {
        problems.append(
          problem(.conflict, path, "'\(clipped(route))' is the path of \(other) already", "choose another path"))
      }
      taken[route] = path
    }
    return problems
  }

  private var offersSSE: Bool { config.flag("transport.sse") || config.text("transport.type") == "sse" }

  private func protection() -> [Problem] {
    var problems: [Problem] = []
    let isTLS = config.flag("transport.tls.enabled")
    for path in ["transport.tls.cert_file", "transport.tls.key_file"] where isTLS && config.setting(path) == nil {
      problems.append(
        problem(.incomplete, "transport.tls.enabled", "needs \(path)", "set \(path), or transport.tls.enabled: false"))
    }
    return problems
  }

  private func certificates() -> [Problem] {
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
  private func pages() -> [Problem] {
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
  private func watching() -> [Problem] {
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

  private func callers() -> [Problem] {
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

  private func logging() -> [Problem] {
    guard config.text("logging.output") == "stdout", config.text("transport.type") == "stdio" else { return [] }
    return [
      problem(
        .conflict, "logging.output", "over stdio, stdout belongs to the protocol", "write stderr or the path of a file")
    ]
  }

  private func tools() -> [Problem] {
    let denied = Set(config.list("tools.deny"))
    let both = config.list("tools.allow").filter(denied.contains)
    guard !both.isEmpty else { return [] }
    let names = clipped(both.joined(separator: ", "))
    return [
      problem(
        .conflict, "tools.allow", "\(names): is allowed and denied", "keep it in one of tools.allow and tools.deny")
    ]
  }

  /// Files that are read at start, each where it is wanted.
  private func files() -> [Problem] {
    ConfigKey.all.compactMap { key in
      // What an option names is opened right away, and then told of.
      if case .flag = config.origin(key.path) { return nil }
      guard case .file(mustExist: true) = key.type, let path = config.text(key.path), !surroundings.exists(path) else {
        return nil
      }
      let section = key.path.split(separator: ".").dropLast().joined(separator: ".")
      let isOff = ConfigKey.at("\(section).enabled") != nil && !config.flag("\(section).enabled")
      return isOff
        ? nil : problem(.missingFile, key.path, "there is no file '\(clipped(path))'", "create it, or correct the path")
    }
  }

  private func sessions() -> [Problem] {
    guard let initialize = config.duration("session.initialize_timeout"), let life = config.duration("session.ttl"),
      initialize > life
    else { return [] }
    return [problem(.conflict, "session.initialize_timeout", "is longer than session.ttl", "make it shorter")]
  }

  private func redis() -> [Problem] {
    var problems: [Problem] = []
    let hasAddress =
      config.text("redis.address") != nil || config.text("redis.host") != nil || !config.list("redis.addresses").isEmpty
    let users: [(path: String, needsIt: Bool)] = [
      ("session.use_in_memory", !config.flag("session.use_in_memory")),
      ("cache.backend", config.flag("cache.enabled") && config.text("cache.backend") == "redis"),
    ]
    for user in users where user.needsIt && !hasAddress {
      problems.append(problem(.incomplete, user.path, "needs Redis", "set redis.address"))
    }
    if let most = config.integer("redis.pool_size"), let least = config.integer("redis.min_idle_conns"), least > most {
      problems.append(
        problem(
          .conflict, "redis.min_idle_conns", "is more than redis.pool_size, which is \(most)", "make it at most \(most)"
        ))
    }
    if let address = config.text("redis.address"), let host = config.text("redis.host") {
      let said = "\(host):\(config.integer("redis.port") ?? 6379)"
      if address != said && !address.hasSuffix("@\(said)") && !address.hasSuffix("/\(said)") {
        problems.append(
          problem(
            .warning, .conflict, "redis.host", "says something else than redis.address",
            "redis.address wins; remove redis.host"))
      }
    }
    return problems
  }

  private func cluster() -> [Problem] {
    guard config.flag("cluster.enabled"), config.flag("session.use_in_memory") else { return [] }
    return [
      problem(
        .conflict, "cluster.enabled", "needs sessions that all servers see",
        "set session.use_in_memory: false and redis.address")
    ]
  }

  private func client() -> [Problem] {
    guard config.flag("mcp.use_service"), config.setting("mcp.service_url") == nil else { return [] }
    return [problem(.incomplete, "mcp.use_service", "needs mcp.service_url", "set mcp.service_url")]
  }

  private func problem(_ rule: Problem.Rule, _ path: String, _ message: String, _ remedy: String) -> Problem {
    problem(.error, rule, path, message, remedy)
  }

  private func problem(
    _ severity: Problem.Severity, _ rule: Problem.Rule, _ path: String, _ message: String, _ remedy: String
  ) -> Problem {
    let setting = config.setting(path)
    let source: Problem.Source =
      switch setting?.origin {
      case .file(let file, let mark): .file(file, mark)
      case .environment(let name): .environment(name)
      case .flag(let word): .words(word)
      case .standard, nil: .words("default")
      }
    return Problem(severity, rule, source, setting?.spelled ?? path, message, remedy)
  }
}
