// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit
import MCPConfig
import MCPCore
import MCPServeKit

/// A configuration as the parts of a server take it.
struct ServeSettings {
  let config: ServerConfig

  init(_ config: ServerConfig) { self.config = config }

  var transport: ServeTransport { config.text("transport.type").flatMap(ServeTransport.init) ?? .stdio }

  /// The path clients are told: that of the events for `sse`. --path is about whichever is served.
  var path: String {
    let isTyped = if case .flag = config.origin("transport.path") { true } else { false }
    return config.text(transport == .sse && !isTyped ? "transport.sse_path" : "transport.path") ?? "/mcp"
  }

  var host: String { config.text("transport.host") ?? "127.0.0.1" }

  /// The certificate that is shown over TLS; nil where it is not spoken.
  var certificate: String? { speaksTLS ? config.text("transport.tls.cert_file") : nil }
  /// The key of the certificate.
  var key: String? { speaksTLS ? config.text("transport.tls.key_file") : nil }
  private var speaksTLS: Bool {
    if case .flag = config.origin("transport.tls.cert_file") { return true }
    return config.flag("transport.tls.enabled")
  }

  /// Who may call.
  var access: HTTPAccess {
    HTTPAccess(hosts: config.list("transport.allowed_hosts"), origins: config.list("transport.allowed_origins"))
  }

  func offered(access: HTTPAccess) -> Transport {
    guard transport != .stdio else { return .stdio }
    var options = HTTPOptions(host: host, port: UInt16(clamping: config.integer("transport.port") ?? 8000))
    options.threads = config.integer("performance.threads") ?? options.threads
    options.connections = config.integer("performance.max_connections") ?? options.connections
    options.access = access
    options.messagesPath = config.text("transport.messages_path") ?? options.messagesPath
    options.readTime = config.duration("transport.read_timeout")
    options.writeTime = config.duration("transport.write_timeout") ?? options.writeTime
    switch transport {
    case .sse:
      options.streamablePaths = []
      options.eventsPath = path
    case .stdio, .httpStream:
      if config.origin("transport.path") != .standard { options.streamablePaths = [path] }
      if config.flag("transport.sse") { options.eventsPath = config.text("transport.sse_path") }
    }
    return .http(options)
  }

  var limits: ServeLimits {
    var limits = ServeLimits()
    limits.messageBytes = config.size("performance.max_body") ?? limits.messageBytes
    limits.requestsInFlight = config.integer("performance.requests_in_flight") ?? limits.requestsInFlight
    limits.sessions = config.integer("session.max_sessions") ?? limits.sessions
    limits.sessionLifetime = config.duration("session.ttl") ?? limits.sessionLifetime
    limits.initializeTime = config.duration("session.initialize_timeout") ?? limits.initializeTime
    limits.keepAlive = config.duration("session.keep_alive") ?? limits.keepAlive
    limits.drainTime = config.duration("performance.shutdown_timeout") ?? limits.drainTime
    return limits
  }

  /// The revisions up to the newest one wanted.
  var revisions: [Revision] {
    guard let newest = config.text("server.protocol").flatMap(Revision.init) else { return Revision.allCases }
    return Revision.allCases.filter { $0 <= newest }
  }

  var requestTimeLimit: Duration {
    config.duration("performance.request_timeout") ?? Server.Options().requestTimeLimit
  }

  /// - Parameter longest: how long a tool may take with any amount of progress.
  func server(longest: Duration) throws -> Server {
    var options = Server.Options()
    options.requestTimeLimit = requestTimeLimit
    options.longestRequest = max(longest, options.requestTimeLimit)
    options.threads = config.integer("performance.handler_threads") ?? options.threads
    options.pageSize = config.integer("performance.page_size") ?? options.pageSize
    return try BuiltinServer.make(
      name: config.text("server.name") ?? BuiltinServer.name, version: config.text("server.version") ?? Version.number,
      instructions: config.text("server.instructions") ?? BuiltinServer.instructions, options: options, offers: offers)
  }

  /// The folders tools are looked for in.
  func folders(for features: FeatureSet) -> ToolFolders {
    ToolFolders(config.flag("tools.auto_discover") ? config.list("tools.directories") : [], for: features)
  }

  /// Whether a feature is offered.
  func offers(_ feature: Feature) -> Bool {
    let kinds = config.list("server.capabilities")
    switch feature {
    case .tool(let tool): return offersTool(tool.tool.name)
    case .resource: return kinds.contains("resources")
    case .prompt: return kinds.contains("prompts")
    }
  }

  func offersTool(_ name: String) -> Bool {
    guard config.list("server.capabilities").contains("tools"), config.flag("tools.enabled") else { return false }
    let allowed = config.list("tools.allow")
    return (allowed.isEmpty || allowed.contains { matches(name, $0) })
      && !config.list("tools.deny").contains { matches(name, $0) }
  }

  /// What only who knows the tools can say: names of `tools.allow` and `tools.deny` that mean none. With folders
  /// to look into, nobody knows before they are.
  var problems: [Problem] {
    guard !config.flag("tools.auto_discover") || config.list("tools.directories").isEmpty else { return [] }
    let names = BuiltinServer.features.compactMap { feature in
      if case .tool(let tool) = feature { tool.tool.name } else { nil }
    }
    return ["tools.allow", "tools.deny"].flatMap { path -> [Problem] in
      guard let setting = config.setting(path) else { return [] }
      return config.list(path).compactMap { pattern in
        guard !names.contains(where: { matches($0, pattern) }) else { return nil }
        let near =
          pattern.nearest(in: names).map { "did you mean '\($0)'?" } ?? "the tools are \(names.joined(separator: ", "))"
        return Problem(
          .warning, .unknownKey, setting.origin.source, setting.spelled, "no tool is called '\(safeText(pattern))'",
          near)
      }
    }
  }
}

extension ServerConfig.Origin {
  /// The same for a problem.
  var source: Problem.Source {
    switch self {
    case .standard: .words("default")
    case .file(let file, let mark): .file(file, mark)
    case .environment(let name): .environment(name)
    case .flag(let word): .words(word)
    }
  }
}

/// Whether `name` is what `pattern` says, in which `*` stands for any letters.
func matches(_ name: String, _ pattern: String) -> Bool {
  let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
  guard parts.count > 1, let first = parts.first, let last = parts.last else { return name == pattern }
  guard name.hasPrefix(first), name.hasSuffix(last), name.utf8.count >= first.utf8.count + last.utf8.count else {
    return false
  }
  var rest = name.dropFirst(first.count).dropLast(last.count)
  for part in parts.dropFirst().dropLast() where !part.isEmpty {
    guard let found = rest.firstRange(of: part) else { return false }
    rest = rest[found.upperBound...]
  }
  return true
}
