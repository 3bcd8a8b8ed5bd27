// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import EventIO
import MCPConfig
import MCPRedis
import MCPServeKit
import Observability
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What a server has of the others it answers for.
struct Membership {
  let client: RedisClient
  let store: CachedSessionStore
  let events: RedisEventLog
  let tasks: RedisTaskStore
  let node: RedisNode
  let stateKeys: StateKeys
  private let follower: Follower

  /// Who knows the limits as they are now.
  private final class Follower: Sendable {
    let service = Mutex<Service?>(nil)
  }

  /// Joins the others: takes the name, and learns the keys they share.
  /// - Throws: `Failure` when Redis cannot be reached, or another server has the name.
  init(_ settings: ClusterSettings, service: String, limits: ServeLimits, _ logger: Logger) async throws(Failure) {
    let follower = Follower()
    self.follower = follower
    do {
      client = try RedisClient(settings.redis, logger: logger)
      let keys = try await ClusterKeyRing(
        client, prefix: settings.prefix, secrets: settings.secrets.map { $0.reveal() }, logger: logger)
      stateKeys = keys.stateKeys
      var itself = settings.node
      itself.fields.append(("keyHash", keys.print))
      node = RedisNode(client, itself, logger: logger)
      var options = RedisSessionStore.Options()
      options.prefix = settings.prefix
      options.instance = settings.node.name
      options.service = service
      options.limits.total = limits.sessions
      options.limits.perPrincipal = limits.sessionsPerPrincipal
      options.limits.longestLife = limits.sessionLongestLife
      options.ids = SignedSessionIDs(node: settings.node.name, keys: keys.sessionKeys)
      let sessions = RedisSessionStore(client, options)
      store = CachedSessionStore(sessions, grace: settings.grace, limit: limits.sessions)
      events = RedisEventLog(
        client, prefix: settings.prefix, limits: { follower.service.withLock { $0?.limits } ?? limits }, node: node)
      var kept = RedisTaskStore.Options()
      kept.prefix = settings.prefix
      tasks = RedisTaskStore(client, kept, node: node)
      Self.connect(node, store, sessions, keys, tasks)
      try await node.join()
    } catch let error as ClusterError {
      throw Failure(.internalError, "node_name", error.description)
    } catch let error as RedisError {
      throw Failure(.internalError, error.code.rawValue, error.message)
    } catch {
      throw Failure(.internalError, "cluster", "\(error)")
    }
    node.start()
    let fields = settings.node.fields.filter { ["address", "port"].contains($0.name) }
    logger.info("Clustered MCP server started", [("node", settings.node.name)] + fields)
  }

  /// Has each told what the other needs to know.
  private static func connect(
    _ node: RedisNode, _ store: CachedSessionStore, _ sessions: RedisSessionStore, _ keys: ClusterKeyRing,
    _ tasks: RedisTaskStore
  ) {
    store.tell { [weak node] id, change in
      node?.publish(change == .ended ? .ended(id) : .changed(id))
    }
    var hooks = RedisNode.Hooks()
    hooks.isHeld = { [weak store] end in store?.hold(until: end) }
    hooks.isReplaced = { [weak store] in store?.replaced() }
    hooks.redisAnswers = { [weak node, weak store] answers in
      store?.noteStore(answers: answers)
      if store?.isBeyondGrace == true { node?.noteLoss() }
    }
    hooks.redisIsEmpty = { [weak store] in
      try await keys.share()
      // What it is told twice, or by several servers, it takes once.
      for session in store?.remembered ?? [] { try await sessions.restore(session) }
    }
    hooks.isGone = { [weak tasks] node, boot in try await tasks?.bury(tasksOf: node, except: boot) }
    hooks.task = { [weak tasks] id in try? await tasks?.task(id) }
    hooks.drainIsWanted = { kill(getpid(), SIGTERM) }
    store.restore { [weak node] session in
      guard let node, try await node.hasLostAll() else { return false }
      try await sessions.restore(session)
      return true
    }
    node.setHooks(hooks)
  }

  /// Holds to the limits of a service, which may change.
  func follow(_ service: Service) { follower.service.withLock { $0 = service } }

  /// Leaves the others.
  func leave() async {
    await node.leave()
    client.close()
  }
}
