// SPDX-License-Identifier: Apache-2.0
import EventIO
public import MCPServeKit
import Observability
import Synchronization

/// Keeps legacy sessions in Redis, so that any server finds what another began. Each look-up is one script, which reads the record
/// and begins its lifetime anew; what Redis cannot be asked is an error, and never taken for a session that is gone.
public final class RedisSessionStore: LimitedSessionStore {
  /// How sessions are kept.
  public struct Options: Sendable {
    /// What all keys begin with. Default `mcp`.
    public var prefix = "mcp"
    /// What this server is called among those that share sessions.
    public var instance = ""
    /// What the service is called.
    public var service = ""
    /// Makes and checks ids that cannot be made up; nil takes any.
    package var ids: SignedSessionIDs?
    /// How many sessions are kept by all servers together, and for how long at most.
    public var limits = SessionLimits()

    /// Makes options with the defaults.
    public init() {}
  }

  private let client: RedisClient
  private let options: Options
  private let limits: Mutex<SessionLimits>
  private let keys: SessionKeys
  /// What is added to the time of Redis.
  private let shift: @Sendable () -> Duration

  /// Connects when it is first needed.
  /// - Parameter url: where Redis is, such as `redis://USER:PASSWORD@HOST:6379/0`.
  /// - Throws: an error that says what is wrong with the URL, and nothing that is secret in it.
  public convenience init(url: String, options: Options = Options()) throws {
    self.init(try RedisClient(RedisConfiguration(url: url)), options)
  }

  /// - Parameter shift: added to the time of Redis, so that a test need not wait.
  package init(_ client: RedisClient, _ options: Options, shift: @escaping @Sendable () -> Duration = { .zero }) {
    self.client = client
    self.options = options
    limits = Mutex(options.limits)
    self.shift = shift
    if case .cluster = client.configuration.topology {
      keys = SessionKeys(prefix: options.prefix, isTagged: true)
    } else {
      keys = SessionKeys(prefix: options.prefix, isTagged: false)
    }
  }

  /// Ends the connections.
  public func close() { client.close() }

  /// Holds to other limits from now on; sessions that are there stay, as long as they were to.
  package func setLimits(_ newer: SessionLimits) { limits.withLock { $0 = newer } }

  /// An id for a new session.
  public func makeID() throws -> Session.ID { try options.ids?.make() ?? .random() }

  /// Whether one of the servers made the id, where ids are signed.
  public func isGenuine(_ id: Session.ID) -> Bool { options.ids?.isGenuine(id) ?? true }

  /// Keeps a new session.
  public func insert(_ session: Session) async throws {
    let limits = limits.withLock { $0 }
    let lifetime = session.lifetime.milliseconds
    let admitted = try await client.run(
      SessionScripts.admit, keys: indices(of: session.principal),
      [
        offset, .text(session.id.rawValue), .int(min(lifetime, limits.longestLife.milliseconds)), .int(limits.total),
        .int(limits.perPrincipal), .int(limits.longestLife.milliseconds),
      ])
    switch admitted.int {
    case 1: throw SessionError.full(limits)
    case 2: throw SessionError.fullForPrincipal(limits)
    default: break
    }
    let fields =
      SessionFields.constant(session, instance: options.instance, service: options.service)
      + SessionFields.variable(session)
    let created: RedisValue
    do {
      created = try await client.run(
        SessionScripts.create, keys: [keys.session(session.id)],
        [offset, .int(lifetime), .int(limits.longestLife.milliseconds)] + fields)
    } catch {
      await forget(session.id, of: session.principal)
      throw error
    }
    // The other one has its place in the index, and keeps it.
    guard created.int == 1 else { throw SessionError.duplicate(session.id) }
  }

  /// The session of that name.
  public func session(_ id: Session.ID) async throws -> Session? {
    guard isGenuine(id) else { return nil }
    let answer = try await client.run(SessionScripts.touch, keys: [keys.session(id)], [offset])
    if answer.isNull { return nil }
    guard let parts = answer.array, parts.count == 3, let now = parts[1].int, let fields = parts[2].fields,
      let session = StoredSession(record: fields, now: now)?.session
    else {
      throw RedisError(.malformed, "the record of session \(id) in Redis cannot be read: did another program write it?")
    }
    if parts[0].int == 1 { try await tellIndices(of: session) }
    return session
  }

  /// Keeps a changed session.
  public func replace(_ session: Session) async throws -> Bool {
    let answer = try await client.run(
      SessionScripts.replace, keys: [keys.session(session.id)],
      [offset, .int(session.version), .int(session.lifetime.milliseconds)] + SessionFields.variable(session))
    guard answer.int == 1 else { return false }
    try await tellIndices(of: session)
    return true
  }

  /// Keeps sessions again that Redis has lost, with what is left of their lives; those it knows stay as they are.
  package func restore(_ session: Session) async throws {
    let life = limits.withLock { $0 }.longestLife.milliseconds
    let left = life - max(0, Timestamp.now.milliseconds - session.opened.milliseconds)
    guard left > 0 else { return }
    var fields =
      SessionFields.constant(session, instance: options.instance, service: options.service)
      + SessionFields.variable(session)
    fields += ["createdAt", .int(session.opened.milliseconds), "version", .int(session.version)]
    let created = try await client.run(
      SessionScripts.create, keys: [keys.session(session.id)],
      [offset, .int(session.lifetime.milliseconds), .int(left)] + fields)
    if created.int == 1 { try await tellIndices(of: session) }
  }

  /// Forgets a session.
  @discardableResult
  public func remove(_ id: Session.ID) async throws -> Bool {
    guard isGenuine(id) else { return false }
    let answer = try await client.run(
      SessionScripts.remove, keys: [keys.session(id)], [offset, .int(limits.withLock { $0 }.graveTime.milliseconds)])
    guard let principal = answer.string else { return false }
    await forget(id, of: principal.isEmpty ? nil : principal)
    return true
  }
}

// MARK: - Indices

extension RedisSessionStore {
  private var offset: RedisArgument { .int(shift().milliseconds) }

  private func indices(of principal: String?) -> [String] {
    [keys.index] + (principal.map { [keys.index(ofOwner: $0)] } ?? [])
  }

  private func tellIndices(of session: Session) async throws {
    _ = try await client.run(
      SessionScripts.index, keys: indices(of: session.principal),
      [
        offset, .text(session.id.rawValue), .int(session.lifetime.milliseconds),
        .int(limits.withLock { $0 }.longestLife.milliseconds),
      ])
  }

  /// What stays in an index by mistake goes when its time is up.
  private func forget(_ id: Session.ID, of principal: String?) async {
    _ = try? await client.send(
      indices(of: principal).map { RedisCommand("ZREM", .key($0), .text(id.rawValue)).repeatable })
  }
}

// MARK: - Lists

extension RedisSessionStore {
  /// All sessions, in portions.
  public func listing() -> AsyncThrowingStream<[StoredSession], any Error> {
    let listing = Listing(client: client, keys: keys, shift: shift)
    return AsyncThrowingStream { try await listing.next() }
  }

  /// One walk through the records. SCAN may name a key twice; a session comes once.
  private actor Listing {
    private let client: RedisClient
    private let keys: SessionKeys
    private let shift: @Sendable () -> Duration
    private var scan: RedisScan.Iterator
    private var seen: Set<String> = []

    init(client: RedisClient, keys: SessionKeys, shift: @escaping @Sendable () -> Duration) {
      self.client = client
      self.keys = keys
      self.shift = shift
      scan = client.scan(matching: keys.pattern, type: "hash").makeAsyncIterator()
    }

    func next() async throws -> [StoredSession]? {
      var scan = scan
      guard let found = try await scan.next() else { return nil }
      self.scan = scan
      let new = found.filter { seen.insert($0).inserted }
      let now = try await client.time() + shift().milliseconds
      return try await records(new).compactMap { StoredSession(record: $0, now: now) }
    }

    /// The records, asked for all at once. They may be on several servers.
    private func records(_ keys: [String]) async throws -> [[String: [UInt8]]] {
      try await withThrowingTaskGroup(of: [String: [UInt8]].self) { [client] group in
        for key in keys {
          group.addTask { try await client.send(RedisCommand("HGETALL", .key(key))).fields ?? [:] }
        }
        var records: [[String: [UInt8]]] = []
        for try await record in group { records.append(record) }
        return records
      }
    }
  }
}
