// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import EventIO
import JSONKit
import MCPConfig
import MCPServeKit
import Observability
import Synchronization

/// Reads the configuration, and the files it names, again while the server runs, and applies what can change then. With
/// anything wrong nothing changes.
final class Reloading: Sendable {
  /// What of a server can change.
  struct Target {
    let service: Service
    let server: Server
    let folders: ToolFolders
    let access: HTTPAccess
    let adminKey: AdminKey
    let identity: TLSIdentity?
    let logger: Logger
    /// Whether everything is logged, whatever the configuration says.
    let isDebugging: Bool

    /// Looks for tools in folders; what is none is logged.
    func loadFolders(_ settings: ServeSettings) async {
      for problem in await folders.load(where: settings.offersTool) {
        logger.warning("not a tool", [("file", problem.path), ("reason", problem.message)])
      }
    }
  }

  private let console: Console
  private let file: String?
  private let flags: [String: [String]]
  private let target: Target
  private let current: Mutex<ServerConfig>

  /// - Parameter file: nil when there is none; `-`, standard input, cannot be read again, so that its values stay.
  init(_ console: Console, file: String?, flags: [String: [String]], from config: ServerConfig, _ target: Target) {
    (self.console, self.file, self.flags, self.target) = (console, file, flags, target)
    current = Mutex(config)
  }

  /// Reads everything again. What comes of it is logged, and reported.
  @concurrent
  func reload() async -> ReloadReport {
    var outcome = Outcome(file: file)
    do throws(Failure) {
      let newer = try read(&outcome)
      if outcome.faults.isEmpty { try await apply(newer, &outcome) }
    } catch {
      outcome.reason = error.message
    }
    if !outcome.isReloaded {
      let logger = target.logger
      for fault in outcome.faults { logger.error("configuration fault", [("problem", fault.description)]) }
      let reason = outcome.reason.map { [("reason", $0)] } ?? []
      logger.error("configuration not reloaded: nothing has changed", [("file", file ?? "-")] + reason)
    }
    return outcome.report
  }

  private func read(_ outcome: inout Outcome) throws(Failure) -> ServerConfig {
    guard file != "-" else { return current.withLock { $0 } }
    let loaded = try ConfigLoader.load(file, flags: flags, in: console)
    outcome.problems = (loaded.problems + ServeSettings(loaded.config).problems).sortedByPlace
    return loaded.config
  }

  private func apply(_ newer: ServerConfig, _ outcome: inout Outcome) async throws(Failure) {
    // What needs a new start stays as it is, and so is named again each time.
    let running = current.withLock { $0 }
    let isFixed = fixedKeys(running, newer)
    let config = running.takingLiveValues(of: newer, except: isFixed)
    let settings = ServeSettings(config)
    // First what can fail, so that nothing has changed then.
    let rules = try settings.authorizationRules()
    do {
      if let rules { _ = try Authorization(rules) }
      try target.identity?.reload()
    } catch let error as AuthorizationError {
      throw Failure(.badConfiguration, "config", error.message)
    } catch let error as IOError {
      throw Failure(.badConfiguration, error.code.rawValue, error.message)
    } catch {
      throw Failure(.badConfiguration, "config", "\(error)")
    }
    current.withLock { $0 = config }
    await swap(settings, rules)
    let differences = running.differences(to: newer)
    outcome.changed = differences.filter { !$0.needsRestart && !isFixed($0.key) }
    outcome.waiting = differences.filter { $0.needsRestart || isFixed($0.key) }
    outcome.isReloaded = true
    tell(outcome, target.isDebugging ? .debug : settings.logLevel)
  }

  /// Whether callers are asked anything at all is built in when the server starts: what that needs would cost the others.
  private func fixedKeys(_ running: ServerConfig, _ newer: ServerConfig) -> (ConfigKey) -> Bool {
    let isFixed = ServeSettings(newer).hasRules != (target.service.authorization != nil)
    return { isFixed && $0.isAboutCallers }
  }

  /// What cannot fail any more.
  private func swap(_ settings: ServeSettings, _ rules: AuthorizationRules?) async {
    let (target, http) = (target, settings.http)
    if let rules {
      do throws(AuthorizationError) { try target.service.authorization?.replace(with: rules) } catch {
        target.logger.error("rules not taken over", [("reason", error.message)])
      }
    }
    // It was looked at with the other keys.
    do throws(AuthorizationError) { try target.adminKey.set(settings.adminKey) } catch {
      target.logger.error("admin key not taken over", [("reason", error.message)])
    }
    target.access.apply(http)
    target.service.setLimits(settings.limits, of: http)
    target.server.setRequestTimeLimit(settings.requestTimeLimit, longest: settings.longestRequest)
    // Tools of folders make room first, in case that one has a name the server has itself.
    target.folders.setFolders(settings.toolFolders)
    for fault in target.server.features.offer(BuiltinServer.features(on: settings.namedNode), where: settings.offers) {
      target.logger.warning("not offered", [("reason", fault.message)])
    }
    await target.loadFolders(settings)
    for warning in target.identity?.warnings ?? [] { target.logger.warning(warning) }
  }

  /// At the level that was, or will be, whichever says more.
  private func tell(_ outcome: Outcome, _ level: Logger.Level?) {
    let logger = target.logger
    if let level, logger.level.map({ level < $0 }) ?? true { logger.setLevel(level) }
    logger.info("configuration reloaded", [("changed", outcome.changed.map(\.shown).joined(separator: "; "))])
    if !outcome.waiting.isEmpty {
      let keys = outcome.waiting.map(\.key.path).joined(separator: " ")
      logger.warning("a new start is needed for some keys", [("keys", keys)])
    }
    logger.setLevel(level)
  }
}

extension Reloading {
  /// What came of reading again.
  fileprivate struct Outcome {
    let file: String?
    var isReloaded = false
    var problems: [Problem] = []
    var changed: [ServerConfig.Difference] = []
    var waiting: [ServerConfig.Difference] = []
    /// What is wrong, when it has no place in the file.
    var reason: String?

    init(file: String?) { self.file = file }

    /// The problems that speak against it.
    var faults: [Problem] { problems.filter { $0.severity == .error } }

    var report: ReloadReport {
      var details: JSONObject = ["status": .string(isReloaded ? "reloaded" : "unchanged")]
      if let file { details["file"] = .string(file) }
      details["changed"] = .array(changed.map(\.json))
      details["needsRestart"] = .array(waiting.map(\.json))
      details["problems"] = .array(problems.map(\.json))
      if let reason { details["reason"] = .string(reason) }
      return ReloadReport(isReloaded: isReloaded, details: details)
    }
  }
}

extension ServerConfig.Difference {
  /// Secrets stay masked.
  fileprivate var json: JSON {
    ["key": .string(key.path), "old": old?.json ?? .null, "new": new?.json ?? .null]
  }
}

extension ConfigKey {
  /// Whether it says who may call, and how often.
  fileprivate var isAboutCallers: Bool {
    path != "auth.admin_key" && path != "rate_limit.address"
      && (path.hasPrefix("auth.") || path.hasPrefix("rate_limit."))
  }
}

extension FeatureSet {
  /// Offers those tools of `features` that are wanted, in one step: what is missing is added, what is not wanted any more
  /// removed.
  /// - Returns: why some were not added.
  fileprivate func offer(_ features: [Feature], where isWanted: (Feature) -> Bool) -> [FeatureError] {
    let names = Set(tools.map(\.name))
    var (missing, unwanted): ([ServerTool], Set<String>) = ([], [])
    for feature in features {
      guard case .tool(let tool) = feature else { continue }
      switch (isWanted(feature), names.contains(tool.tool.name)) {
      case (true, false): missing.append(tool)
      case (false, true): unwanted.insert(tool.tool.name)
      case (true, true), (false, false): break
      }
    }
    return missing.isEmpty && unwanted.isEmpty ? [] : Array(replace(tools: unwanted, with: missing).values)
  }
}
