// SPDX-License-Identifier: Apache-2.0
import EventIO
import Observability
import Synchronization

/// Where a service is offered.
public enum Transport: Sendable {
  /// To the process that started this one, over standard input and output.
  case stdio
  /// To anybody, over HTTP.
  case http(HTTPOptions)

  /// Over HTTP at an address; for this machine alone unless `host` says otherwise.
  public static func http(host: String = "127.0.0.1", port: UInt16) -> Transport {
    .http(HTTPOptions(host: host, port: port))
  }
}

/// Where a service listens, once it does.
public struct Listening: Sendable, Hashable {
  /// The bound addresses, such as `127.0.0.1:8000`, with the port the system chose.
  public let addresses: [String]
  /// The first port.
  public let port: UInt16
  /// Where metrics are shown, such as `127.0.0.1:8000`; nil where they are not.
  public let monitorAddress: String?
}

extension Service {
  /// Serves until the peer is gone, or until the process is asked to stop by SIGINT or SIGTERM, or the task is
  /// cancelled. Then what is in flight is answered, for up to `ServeLimits.drainTime`; a second signal cuts that short.
  /// Over stdio, where whoever stops the server has no use for answers any more, it is withdrawn at once.
  ///
  /// - Parameters:
  ///   - sessions: where legacy sessions are kept; nil keeps them in memory.
  ///   - events: where what was said on their streams is kept, for clients whose connection broke; nil keeps it in memory.
  ///   - ready: called once connections are accepted; not for stdio.
  ///   - reload: reads the configuration anew, for each SIGHUP and each `POST /reload-config` (`HTTPOptions.adminKey`), one at a
  ///     time; nil leaves that signal as it is. Metrics and systemd are told. Not for stdio.
  /// - Throws: an error that names the address when it cannot be listened on.
  public func serve(
    _ transport: Transport, sessions: (any SessionStore)? = nil, events: (any EventLog)? = nil,
    ready: @Sendable (Listening) -> Void = { _ in }, reload: (@Sendable () async -> ReloadReport)? = nil
  ) async throws {
    try await serve(transport, sessions: sessions, events: events, with: nil, ready: ready, reload: reload)
  }

  /// The same, together with other servers.
  package func serve(
    _ transport: Transport, sessions: (any SessionStore)? = nil, events: (any EventLog)? = nil,
    with cluster: (any Cluster)?, ready: @Sendable (Listening) -> Void = { _ in },
    reload: (@Sendable () async -> ReloadReport)? = nil
  ) async throws {
    switch transport {
    case .stdio: try await serveStandardStreams()
    case .http(let options):
      try await serve(
        options, sessions ?? MemorySessionStore(limits: SessionLimits(limits)),
        events ?? MemoryEventLog(limits: limits), cluster, reload, ready)
    }
  }

  private func serve(
    _ options: HTTPOptions, _ store: any SessionStore, _ log: any EventLog, _ cluster: (any Cluster)?,
    _ reload: (@Sendable () async -> ReloadReport)?, _ ready: @Sendable (Listening) -> Void
  ) async throws {
    let addresses = try SocketAddress.addresses(host: options.host, port: options.port)
    let isLoopback = addresses.allSatisfy(\.isLoopback)
    let reloader = reload.map { Reloader(self, $0) }
    let site = HTTPSite(
      self, options, store: store, log: log, cluster: cluster, reloader: reloader, isLoopback: isLoopback)
    if options.compressedFrom != nil { try Gzip.load() }
    let server = try HTTPServer(
      handler: site, limits: HTTPLimits(limits, options), loops: options.threads, tls: options.tls?.keeper,
      logger: logger)
    listener.withLock { $0 = Listener(server: server, store: store, options: options, cluster: cluster) }
    defer { listener.withLock { $0 = nil } }
    var reloadOnSignal: (@Sendable () async -> Void)?
    if let reloader { reloadOnSignal = { _ = await reloader.reload() } }
    let stop = try await StopSignals(logger, reload: reloadOnSignal)
    defer { stop.end() }
    try checkNames(addresses, isSecure: options.tls != nil)
    let monitor = try startMonitor(options)
    site.listens(on: addresses)  // unless the system chooses the port
    let open = try server.start(host: options.host, port: options.port)
    site.listens(on: open)
    if options.tls == nil, options.trustedProxies.isEmpty, !open.allSatisfy(\.isLoopback) {
      logger.warning("served to other machines without TLS: what is said can be read and changed on the way")
    }
    let bound = open.map(\.description)
    let supervision = Supervision(self, server, site, options)
    defer { supervision.end() }
    logger.info("server started", [("addresses", bound.joined(separator: " "))])
    let isBeside = instruments.metrics != nil && options.monitoring.isBeside(isLoopback: isLoopback)
    ready(
      Listening(
        addresses: bound, port: open.first?.port ?? 0,
        monitorAddress: monitor?.address ?? (isBeside ? bound.first : nil)))
    supervision.isReady(bound)
    await withTaskGroup { group in
      group.addTask { await supervision.watch() }
      group.addTask { [quotas] in
        // Often enough that a session in use does not expire between two looks.
        while (try? await Task.sleep(for: min(quotas.all.keepAlive, quotas.all.sessionLifetime / 3))) != nil {
          await site.beat()
        }
      }
      if let tls = options.tls { group.addTask { [logger] in await tls.keepCurrent(logger) } }
      await stop.first()
      logger.info("server stopping")
      supervision.isStopping()
      await cluster?.drain()
      group.addTask { [quotas] in
        if cluster != nil {
          // Whoever distributes requests finds out without one that fails.
          await server.stopAccepting()
          try? await Task.sleep(for: min(.seconds(1), quotas.all.drainTime / 4))
        }
        await server.shutdown(within: quotas.all.drainTime)
        stop.end()
      }
      await stop.second()
      group.cancelAll()
      await server.shutdown(within: .zero)
    }
    await monitor?.server.shutdown(within: .seconds(1))
    logger.info("server stopped")
  }

  /// Tokens have to say whom they are for, so the server has to have a name.
  private func checkNames(_ addresses: [SocketAddress], isSecure: Bool) throws {
    guard let rules = authorization?.rules, rules.checksAudience, rules.resource == nil, rules.audiences.isEmpty,
      ResourceNames(addresses, isSecure: isSecure).isEmpty
    else { return }
    throw AuthorizationError(
      "tokens have to be for this server, whose URL is not known: set AuthorizationRules.resource to the one clients use"
    )
  }

  /// Opens the address metrics are shown at, when they have one of their own.
  private func startMonitor(_ options: HTTPOptions) throws -> (server: HTTPServer, address: String)? {
    guard case .at(let host, let port) = options.monitoring else { return nil }
    let isLoopback = try SocketAddress.addresses(host: host, port: port).allSatisfy(\.isLoopback)
    let guards = HTTPGuards(hosts: isLoopback ? options.allowedHosts : [], origins: [], isLoopback: isLoopback)
    var limits = HTTPLimits()
    limits.bodyBytes = 0
    limits.connections = 64
    let server = try HTTPServer(
      handler: MonitorSite(monitor: Monitor(self, options, cluster), guards: guards), limits: limits, logger: logger)
    let bound = try server.start(host: host, port: port).map(\.description)
    logger.info("metrics are shown", [("addresses", bound.joined(separator: " "))])
    return (server, bound.first ?? "")
  }

  private func serveStandardStreams() async throws {
    let channel = try StandardChannel(limits: limits)
    let endpoint = ChannelEndpoint(self, on: channel)
    let stop = try await StopSignals(logger)
    try await withThrowingTaskGroup { group in
      group.addTask(executorPreference: channel.executor) {
        defer { stop.end() }
        try await endpoint.run()
      }
      await stop.first()
      group.cancelAll()
      try await group.waitForAll()
    }
  }
}

extension Server {
  /// Serves with the default limits and without a log; see `Service.serve`.
  public func serve(_ transport: Transport, ready: @Sendable (Listening) -> Void = { _ in }) async throws {
    try await Service(self).serve(transport, ready: ready)
  }
}
