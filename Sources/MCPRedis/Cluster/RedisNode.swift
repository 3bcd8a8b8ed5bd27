// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
package import MCPCore
package import MCPServeKit
package import Observability
import Synchronization

/// One of several servers that find each other in Redis.
///
/// It has a name, which nobody else may have while it lives: it says so every few seconds. Letters to it wait in its inbox, a
/// stream; cues are published, and may be missed.
package final class RedisNode: Cluster {
  /// What a server is among the others.
  package struct Options: Sendable {
    /// What all keys begin with.
    package var prefix = "mcp"
    /// Its name: letters, digits and `-`.
    package var name: String
    /// What it says of itself: `address`, `port`, `httpPort`, `version`, `configHash`.
    package var fields: [(name: String, value: String)] = []
    /// For how long it is believed to live without a word of it. Default 15 s.
    package var lease: Duration = .seconds(15)
    /// How often it says that it lives. Default 5 s.
    package var beat: Duration = .seconds(5)
    /// How long a request may go on, so that it is remembered who answers it. Default 10 min.
    package var longestRequest: Duration = .seconds(600)
    /// Whether no request should be sent here while Redis is away. Default false.
    package var requiresRedis = false

    package init(name: String) { self.name = name }
  }

  /// What it is told of itself.
  package struct Hooks: Sendable {
    /// The others know that this server lives, and believe it until then.
    package var isHeld: @Sendable (ContinuousClock.Instant) -> Void = { _ in }
    /// Another server has the name of this one.
    package var isReplaced: @Sendable () -> Void = {}
    /// Redis answers, or does not.
    package var redisAnswers: @Sendable (Bool) -> Void = { _ in }
    /// Redis has forgotten everything, this server included.
    package var redisIsEmpty: @Sendable () async throws -> Void = {}
    /// A server is gone, or its name is another's now, given second: what it has left in other places is to be ended.
    package var isGone: @Sendable (_ node: String, _ boot: String) async throws -> Void = { _, _ in }
    /// Looks up a task that another server has changed.
    package var task: @Sendable (String) async -> TaskRecord? = { _ in nil }
    /// An operator wants this server to finish its work and end.
    package var drainIsWanted: @Sendable () -> Void = {}

    package init() {}
  }

  struct State {
    /// Since when Redis has not answered; nil while it does.
    var downSince: ContinuousClock.Instant?
    var isDraining = false
    /// Until when nobody takes this server for dead.
    var heldUntil: ContinuousClock.Instant?
    /// Whether another server has the name of this one.
    var isReplaced = false
    /// What Redis calls what it knows. When it has lost that, the next is called something else.
    var generation: String?
    /// The tasks that are being looked up.
    var changedTasks: Set<String> = []
    var hooks = Hooks()
    var figures: @Sendable () -> [(name: String, value: Int)] = { [] }
    var tasks: [Task<Void, Never>] = []
  }

  let client: RedisClient
  let options: Options
  let keys: ClusterKeys
  let logger: Logger
  /// Tells this process from one before of the same name.
  let bootID = Session.ID.random().rawValue
  let state = Mutex(State())
  private let startedAt = Timestamp.now.milliseconds
  private let incoming: AsyncStream<ClusterMessage>
  let teller: AsyncStream<ClusterMessage>.Continuation
  private let outgoing: AsyncStream<[UInt8]>
  private let publisher: AsyncStream<[UInt8]>.Continuation

  package init(_ client: RedisClient, _ options: Options, logger: Logger) {
    self.client = client
    self.options = options
    self.logger = logger
    keys = ClusterKeys(prefix: options.prefix, client)
    // What is cut off here was for clients that get what they miss from the log, or ask again.
    (incoming, teller) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(10_000))
    (outgoing, publisher) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(10_000))
  }

  deinit { end() }

  package var node: String { options.name }

  package func setHooks(_ hooks: Hooks) { state.withLock { $0.hooks = hooks } }

  package func tell(_ figures: @escaping @Sendable () -> [(name: String, value: Int)]) {
    state.withLock { $0.figures = figures }
  }

  /// The store of sessions has been away for too long.
  package func noteLoss() { teller.yield(.storeIsLost) }

  /// What this server says of itself.
  var fields: [RedisArgument] {
    let (figures, isDraining) = state.withLock { ($0.figures, $0.isDraining) }
    var fields: [RedisArgument] = [
      "pid", .int(Int(ProcessFigures.id)), "startedAt", .int(startedAt), "state", .text(isDraining ? "draining" : "up"),
    ]
    for field in options.fields { fields += [.text(field.name), .text(field.value)] }
    for figure in figures() { fields += [.text(figure.name), .int(figure.value)] }
    return fields
  }

  /// Begins to live among the others: `join` has succeeded.
  package func start() {
    let tasks = [
      Task { await self.keepAlive() }, Task { await self.readInbox() }, Task { await self.hear() },
      Task { await self.reap() }, Task { await self.speak() },
    ]
    state.withLock { $0.tasks = tasks }
  }

  /// Leaves the others, so that its name is free at once, and ends what it leaves unfinished. Where that fails, its name stays on the
  /// list, and another server does it.
  package func leave() async {
    end()
    let hooks = state.withLock { $0.hooks }
    do {
      _ = try await client.run(ClusterScripts.leave, keys: [keys.instance(node)], [.text(bootID)])
      let ending = await within(.seconds(5)) { [node] () -> Result<Void, any Error> in
        do { return .success(try await hooks.isGone(node, "")) } catch { return .failure(error) }
      }
      guard let ending else {
        logger.warning("what this server leaves unfinished was not ended in time: another does it", [("node", node)])
        return
      }
      try ending.get()
      try await forget(node)
    } catch {
      logger.warning("the others do not know that this server is gone", [("error", "\(error)")])
    }
  }

  private func end() {
    for task in state.withLock({ $0.tasks }) { task.cancel() }
    teller.finish()
    publisher.finish()
  }

  package func arrivals() -> AsyncStream<ClusterMessage> { incoming }

  package func publish(_ message: ClusterMessage) {
    guard var json = message.json else { return }
    json["from"] = .string(node)
    publisher.yield(JSON.object(json).utf8)
  }

  private func speak() async {
    for await cue in outgoing {
      // Who misses a cue asks when what it remembers is old.
      _ = try? await client.send(RedisCommand("PUBLISH", .text(keys.bus), .bytes(cue)))
    }
  }

  package func send(_ message: ClusterMessage, to node: String) async throws -> Bool {
    guard let json = message.json else { return false }
    let letter = RedisCommand(
      "XADD", .key(keys.inbox(node)), "NOMKSTREAM", "MAXLEN", "~", 10_000, "*", "m", .bytes(JSON.object(json).utf8))
    return try await !client.send(letter).isNull
  }
}

// MARK: - What is asked of it

extension RedisNode {
  package func expectAnswer(to question: RequestID, of session: Session.ID, for time: Duration) async throws {
    _ = try await client.send(
      RedisCommand("SET", .key(keys.pending(question, session)), .text(node), "PX", .int(time.milliseconds)).repeatable)
  }

  package func settle(_ question: RequestID, of session: Session.ID) async {
    // One that stays by mistake goes when its time is up.
    _ = try? await client.send(RedisCommand("DEL", .key(keys.pending(question, session))).repeatable)
  }

  package func asker(of question: RequestID, of session: Session.ID) async throws -> String? {
    try await client.send(RedisCommand("GET", .key(keys.pending(question, session)))).string
  }

  package func answerer(of request: RequestID, of session: Session.ID) async throws -> String? {
    try await client.send(RedisCommand("HGET", .key(keys.request(request, session)), "node")).string
  }

  package var degraded: [String] {
    (state.withLock { $0.downSince } == nil ? [] : ["redis"]) + (isFenced ? ["lease"] : [])
  }
  /// While Redis is away for all, as far as this server has seen, others cannot take over either.
  package var isFenced: Bool {
    hasLapsed
      && state.withLock { state in
        guard !state.isReplaced, let since = state.downSince, let held = state.heldUntil else { return true }
        return since >= held
      }
  }
  /// Whether others may take this server for dead now, or soon.
  var hasLapsed: Bool {
    state.withLock { $0.isReplaced || ($0.heldUntil.map { $0 <= .now } ?? false) }
  }
  package var isUnfit: Bool { options.requiresRedis && !degraded.isEmpty }

  package func drain() async {
    state.withLock { $0.isDraining = true }
    _ = try? await beat()
  }
}
