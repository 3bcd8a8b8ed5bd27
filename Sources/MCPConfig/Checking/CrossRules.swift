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
      "rate_limit.requests", "rate_limit.tools", "rate_limit.address",
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
      "/reload-config": "reloading", "/admin/sessions": "the list of sessions",
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
    let users: [(path: String, needsIt: Bool)] = [
      ("session.use_in_memory", !config.flag("session.use_in_memory")),
      ("cache.backend", config.flag("cache.enabled") && config.text("cache.backend") == "redis"),
    ]
    for user in users where user.needsIt && !hasRedis {
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

  private var hasRedis: Bool {
    config.text("redis.address") != nil || config.text("redis.host") != nil || !config.list("redis.addresses").isEmpty
  }

  private func cluster() -> [Problem] {
    let isMeant = config.origin("session.use_in_memory") != .standard
    guard config.flag("cluster.enabled"), config.flag("session.use_in_memory"), isMeant || !hasRedis else { return [] }
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

  func problem(_ rule: Problem.Rule, _ path: String, _ message: String, _ remedy: String) -> Problem {
    problem(.error, rule, path, message, remedy)
  }

  func problem(
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
