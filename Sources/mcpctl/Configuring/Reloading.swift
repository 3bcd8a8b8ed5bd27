// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import MCPConfig
import MCPServeKit
import Observability
import Synchronization

/// Reads the configuration again while the server runs, and applies what can change then. A file with errors changes
/// nothing.
final class Reloading: Sendable {
  /// What of a server can change.
  struct Target {
    let server: Server
    let folders: ToolFolders
    let access: HTTPAccess
    let authorization: Authorization?
    let logger: Logger

    /// Looks for tools in folders; what is none is logged.
    func loadFolders(_ settings: ServeSettings) async {
      for problem in await folders.load(where: settings.offersTool) {
        logger.warning("not a tool", [("file", problem.path), ("reason", problem.message)])
      }
    }
  }

  private let console: Console
  private let file: String
  private let flags: [String: [String]]
  private let target: Target
  private let current: Mutex<ServerConfig>

  init(_ console: Console, file: String, flags: [String: [String]], from config: ServerConfig, _ target: Target) {
    (self.console, self.file, self.flags, self.target) = (console, file, flags, target)
    current = Mutex(config)
  }

  /// Reads the file again. What comes of it is logged.
  @concurrent
  func reload() async {
    let logger = target.logger
    do throws(Failure) {
      let loaded = try ConfigLoader.load(file, flags: flags, in: console)
      let settings = ServeSettings(loaded.config)
      let problems = loaded.problems + settings.problems
      let faults = problems.filter { $0.severity == .error || $0.rule == .unprotected }
      guard faults.isEmpty else {
        for fault in faults { logger.error("configuration fault", [("problem", fault.description)]) }
        return logger.error("configuration not reloaded: nothing has changed", [("file", file)])
      }
      try await apply(loaded.config)
    } catch {
      logger.error("configuration not reloaded: nothing has changed", [("file", file), ("reason", error.message)])
    }
  }

  private func apply(_ newer: ServerConfig) async throws(Failure) {
    // What needs a new start stays as it is, and so is named again each time.
    let running = current.withLock { $0 }
    let differences = running.differences(to: newer)
    let config = running.takingLiveValues(of: newer)
    let settings = ServeSettings(config)
    // First what can fail, so that nothing has changed then.
    if let authorization = target.authorization, let rules = try settings.authorizationRules() {
      do throws(AuthorizationError) {
        try authorization.replace(with: rules)
      } catch {
        throw Failure(.badConfiguration, "config", error.message)
      }
    }
    current.withLock { $0 = config }
    do throws(FeatureError) {
      try target.server.features.offer(BuiltinServer.features, where: settings.offers)
    } catch {
      throw Failure(.internalError, "features", "\(error)")
    }
    await target.loadFolders(settings)
    target.server.setRequestTimeLimit(settings.requestTimeLimit)
    target.access.allow(
      hosts: config.list("transport.allowed_hosts"), origins: config.list("transport.allowed_origins"))
    tell(differences, settings.logLevel)
  }

  /// At the level that was, or will be, whichever says more.
  private func tell(_ differences: [ServerConfig.Difference], _ level: Logger.Level?) {
    let logger = target.logger
    if let level, logger.level.map({ level < $0 }) ?? true { logger.setLevel(level) }
    let changed = differences.filter { !$0.needsRestart }.map(\.shown)
    logger.info("configuration reloaded", [("changed", changed.joined(separator: "; "))])
    let waiting = differences.filter(\.needsRestart).map(\.key.path)
    if !waiting.isEmpty {
      logger.warning("a new start is needed for some keys", [("keys", waiting.joined(separator: " "))])
    }
    logger.setLevel(level)
  }
}

extension FeatureSet {
  /// Offers those of `features` that are wanted: what is missing is added, what is not wanted any more removed.
  fileprivate func offer(_ features: [Feature], where isWanted: (Feature) -> Bool) throws(FeatureError) {
    let names = Set(tools.map(\.name))
    var missing: [Feature] = []
    for feature in features {
      guard case .tool(let tool) = feature else { continue }
      switch (isWanted(feature), names.contains(tool.tool.name)) {
      case (true, false): missing.append(feature)
      case (false, true): unregister(tool: tool.tool.name)
      case (true, true), (false, false): break
      }
    }
    if !missing.isEmpty { try register(missing) }
  }
}
