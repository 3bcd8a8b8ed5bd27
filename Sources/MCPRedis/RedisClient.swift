// SPDX-License-Identifier: Apache-2.0
package import EventIO
package import Observability
import Synchronization

/// Talks to Redis: one server, the master that sentinels know, or a cluster.
///
/// It has one connection to each server for each event loop, which all commands share; none waits for the answers to those
/// before. Reading streams with patience, and subscriptions, have connections of their own. Close it when it is needed no more.
package final class RedisClient: Sendable {
  /// The connections of one loop.
  final class Lane: Sendable {
    let loop: EventLoop
    let links = Mutex<[StreamEndpoint: RedisLink]>([:])
    /// Where there is one server at a time.
    let main: RedisLink?

    init(_ loop: EventLoop, main: RedisLink?) {
      self.loop = loop
      self.main = main
    }

    func close() {
      main?.close()
      for link in links.withLock({ $0.values.map(\.self) }) { link.close() }
    }
  }

  package let configuration: RedisConfiguration
  let settings: LinkSettings
  /// In a cluster, who has which keys.
  let map: ClusterMap?
  /// Where there is one server at a time: who knows which.
  private let finder: (any EndpointFinder)?
  let lanes: [Lane]
  private let ownLoop: EventLoop?
  /// What else ends with the client.
  private let dependents = Mutex<[ObjectIdentifier: @Sendable () -> Void]>([:])
  private let turn = Atomic<Int>(0)
  private let hasClosed = Atomic<Bool>(false)

  /// Makes a client, which connects when it is first needed.
  /// - Parameter loops: where its connections live; by default on a loop of its own.
  /// - Throws: `RedisError` `.invalid` naming the file that TLS cannot use.
  package init(
    _ configuration: RedisConfiguration, loops: [EventLoop] = [], logger: Logger = .silent
  ) throws(RedisError) {
    self.configuration = configuration
    settings = try LinkSettings(configuration, logger)
    if case .cluster(let seeds) = configuration.topology { map = ClusterMap(seeds: seeds) } else { map = nil }
    do throws(IOError) {
      if loops.isEmpty {
        let loop = try EventLoop()
        try loop.start(name: "redis")
        ownLoop = loop
      } else {
        ownLoop = nil
      }
    } catch {
      throw RedisError(.invalid, "no client for Redis: \(error.message)")
    }
    finder = configuration.finder(settings)
    let (finder, settings) = (finder, settings)
    lanes = (ownLoop.map { [$0] } ?? loops).map { loop in
      Lane(loop, main: finder.map { RedisLink(loop, $0, settings) })
    }
  }

  deinit {
    close()
    // Nobody waits for an answer any more: whoever does has the client.
    ownLoop?.stop()
  }

  /// Ends all connections. What waits fails; subscriptions end.
  package func close() {
    guard !hasClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
    for end in dependents.withLock({ $0.values.map(\.self) }) { end() }
    for lane in lanes { lane.close() }
  }

  /// Whether nothing is to be begun any more.
  var isClosed: Bool { hasClosed.load(ordering: .acquiring) }

  /// Ends a subscription with the client.
  func keep(_ link: SubscriptionLink) {
    dependents.withLock { $0[ObjectIdentifier(link)] = { link.close() } }
    if isClosed { link.close() }
  }

  func forget(_ link: SubscriptionLink) {
    dependents.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(link)) }
  }

  /// Sends a command, and waits for its answer.
  /// - Throws: `RedisError`, also when the server answers with an error.
  package func send(_ command: RedisCommand) async throws(RedisError) -> RedisValue {
    try await send(command, before: deadline(of: [command]))
  }

  /// Sends commands one after the other on the same connection, without waiting in between. Others' may come in between.
  /// - Returns: an answer for each, which is `.error` where the server did not do it.
  package func send(_ commands: [RedisCommand]) async throws(RedisError) -> [RedisValue] {
    guard !commands.isEmpty else { return [] }
    return try await perform(commands, before: deadline(of: commands)).answers
  }

  func send(_ command: RedisCommand, before deadline: Deadline) async throws(RedisError) -> RedisValue {
    let result = try await perform([command], before: deadline)
    guard let answer = result.answers.first else { return .null }
    if case .error(let text) = answer { throw .server(text, to: command, at: result.place) }
    return answer
  }

  /// When an answer has to be there, and how long that was from when it was asked.
  struct Deadline {
    let instant: ContinuousClock.Instant
    let time: Duration
  }

  func deadline(of commands: [RedisCommand]) -> Deadline {
    let time = commands.compactMap(\.time).max() ?? settings.limits.commandTime
    return Deadline(instant: .now + time, time: time)
  }

  /// A loop for what belongs to no command: that of the caller when it is one of ours.
  var loop: EventLoop { lane.loop }

  /// Who knows where a connection for one purpose should lead: in a cluster to the server of `key`, or to any.
  func finder(near key: String?) -> any EndpointFinder {
    if let finder { return finder }
    return ClusterFinder(map ?? ClusterMap(seeds: []), slot: key.map(HashSlot.slot))
  }

  var lane: Lane {
    guard lanes.count > 1 else { return lanes[0] }
    if let current = lanes.first(where: { $0.loop.isCurrent }) { return current }
    let number = turn.wrappingAdd(1, ordering: .relaxed).newValue
    return lanes[Int(UInt(bitPattern: number) % UInt(lanes.count))]
  }
}

// MARK: - Who is asked

extension RedisClient {
  struct Answered {
    let answers: [RedisValue]
    let place: String
  }

  private func perform(_ commands: [RedisCommand], before deadline: Deadline) async throws(RedisError) -> Answered {
    let lane = lane
    if let link = lane.main {
      let call = Call(commands, deadline: deadline.instant, time: deadline.time)
      return Answered(answers: try await link.perform(call).get(), place: link.finder.place)
    }
    return try await performInCluster(commands, lane, deadline)
  }
}

extension LinkSettings {
  init(_ configuration: RedisConfiguration, _ logger: Logger) throws(RedisError) {
    do throws(IOError) {
      tls = try configuration.tls.map { files throws(IOError) in try TLSContext(client: files) }
    } catch {
      throw RedisError(.invalid, "no TLS with Redis: \(error.message)")
    }
    login = Login(
      user: configuration.user, password: configuration.password, database: configuration.database,
      name: configuration.name,
      isBystander: configuration.isBystander)
    limits = configuration.limits
    self.logger = logger
  }
}

extension RedisConfiguration {
  /// Nil in a cluster, where each key has a server of its own.
  fileprivate func finder(_ settings: LinkSettings) -> (any EndpointFinder)? {
    switch topology {
    case .single(let endpoint): return FixedEndpoint(endpoint: endpoint)
    case .sentinel(let master, let sentinels):
      var settings = settings
      settings.login = Login(password: sentinelPassword, name: name)
      return SentinelFinder(master: master, sentinels: sentinels, settings)
    case .cluster: return nil
    }
  }
}
