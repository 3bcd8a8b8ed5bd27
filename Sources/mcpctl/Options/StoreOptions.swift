// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import MCPConfig
import MCPRedis

/// A command that looks at a store of sessions.
protocol StoreCommand: Command {
  var store: StoreOptions { get }
}

/// Which store of sessions is meant.
struct StoreOptions: OptionGroup {
  @Option(
    "Redis with the sessions: redis://HOST:PORT/DB, rediss://, unix:///PATH, redis+sentinel:// or redis+cluster://. Default "
      + "is redis.address of the configuration, then MCPCTL_REDIS_URL. The password belongs into REDIS_PASSWORD. For sessions "
      + "ls, get and kill also the http:// URL of a server that has its sessions in memory, whose admin key is in MCPCTL_ADMIN_KEY.",
    value: "URL")
  var store: String?
  @Option("What the keys begin with. Default is the one of session.key_prefix, mcp.", value: "TEXT") var prefix: String?
  @Option("Configuration that says where Redis is. Default MCP_CONFIG_PATH.", value: "FILE", completion: .file)
  var config: String?

  /// Where a store is when nothing else says so.
  static let variable = "MCPCTL_REDIS_URL"
  /// How the address of a server is written whose memory is meant.
  static let exampleOfServer = "http://HOST:PORT"

  /// The store these options name.
  /// - Throws: `Failure` when none is named, or the URL cannot be used.
  func inspector(_ console: Console, limits: RedisLimits = RedisLimits()) throws(Failure) -> StoreInspector {
    let config = try ConfigLoader.load(ConfigLoader.file(config, in: console), in: console).config
    guard !ServerMemory.isMeant(by: store) else {
      throw Failure(
        .usage, "store", "only `mcpctl sessions` ls, get and kill look into the memory of a server",
        hint: "name a Redis: --store redis://HOST:PORT")
    }
    guard let url = try url(config, console) else {
      throw Failure(
        .badConfiguration, "no_store", "no store is named",
        hint:
          "--store redis://HOST:PORT, redis.address in the configuration, or \(Self.variable) names a Redis; sessions "
          + "ls, get and kill also look into one server: --store \(Self.exampleOfServer), with its auth.admin_key in "
          + ServerMemory.variable)
    }
    do throws(RedisError) {
      var configuration = try RedisConfiguration(url: url)
      if configuration.password == nil, let password = config.secret("redis.password"), !password.isEmpty {
        configuration.password = password.reveal()
      }
      if configuration.database == 0, let database = config.integer("redis.db") { configuration.database = database }
      configuration.limits = limits
      return try StoreInspector(configuration, prefix: prefix ?? Self.prefix(of: config))
    } catch {
      throw Failure(error)
    }
  }

  /// The server whose memory is meant; nil when a Redis is.
  /// - Throws: `Failure` when it cannot be asked.
  func memory(_ console: Console) throws(Failure) -> ServerMemory? {
    guard let store, ServerMemory.isMeant(by: store) else { return nil }
    let config = try ConfigLoader.load(ConfigLoader.file(config, in: console), in: console).config
    return try ServerMemory(store, config, console)
  }

  private func url(_ config: ServerConfig, _ console: Console) throws(Failure) -> String? {
    if let store {
      if maskingPassword(in: store) != store {
        console.error.print(
          "warning: everybody on this machine can read the password in --store: put it into REDIS_PASSWORD")
      }
      return store.contains("://") ? store : "redis://\(store)"
    }
    if let address = config.text("redis.address"), !address.isEmpty {
      return address.contains("://") ? address : "redis://\(address)"
    }
    if let host = config.text("redis.host"), !host.isEmpty {
      return "redis://\(host):\(config.integer("redis.port") ?? 6379)"
    }
    return console.environment(Self.variable).flatMap { $0.isEmpty ? nil : $0 }
  }

  /// `mcp` of `mcp:sessions:`.
  private static func prefix(of config: ServerConfig) -> String {
    let text = config.text("session.key_prefix") ?? ""
    let suffix = ":sessions:"
    return text.hasSuffix(suffix) && text.count > suffix.count ? String(text.dropLast(suffix.count)) : "mcp"
  }
}

extension StoreOptions {
  /// Runs `body` with the store, until Ctrl-C.
  func withStore(
    _ console: Console, limits: RedisLimits = RedisLimits(),
    _ body: @escaping @Sendable (StoreInspector) async throws -> ExitCode
  ) async throws -> ExitCode {
    try await interruptible { try await using(console, limits: limits, body) }
  }

  /// The same for who minds Ctrl-C.
  func using<Value>(
    _ console: Console, limits: RedisLimits = RedisLimits(), _ body: (StoreInspector) async throws -> Value
  ) async throws -> Value {
    let inspector = try inspector(console, limits: limits)
    defer { inspector.close() }
    do {
      return try await body(inspector)
    } catch let error as RedisError {
      throw Failure(error)
    }
  }
}

extension Failure {
  /// What the client of Redis says, with the exit code it stands for.
  init(_ error: RedisError) {
    let exit: ExitCode =
      switch error.code {
      case .invalid: .usage
      case .unreachable, .connectionLost, .closed, .overloaded: .unreachable
      case .denied: .unauthorized
      case .timeout: .timeout
      case .cancelled: .interrupted
      default: .protocolError
      }
    let hint: String? =
      switch error.code {
      case .unreachable: "is Redis running there? `mcpctl cluster doctor` looks closer"
      case .denied: "REDIS_PASSWORD holds the password; a user stands in the URL: redis://USER:@HOST"
      default: nil
      }
    self.init(exit, "redis_\(error.code.rawValue)", error.message, hint: hint)
  }
}
