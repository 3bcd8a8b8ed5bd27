// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import MCPRedis
import MCPServeKit
import TestSupport

/// A Redis with sessions that the store of the servers has written, and the program that looks at them.
final class SharedStore: Sendable {
  let server: RedisServer
  let prefix: String

  init(_ options: [String] = [], prefix: String = "mcp") throws {
    server = try RedisServer(options)
    self.prefix = prefix
  }

  var url: String { "redis://127.0.0.1:\(server.port)" }

  /// Opens a session as a server does, and returns its id.
  @discardableResult
  func open(
    client: String = "claude-code", version: String = "2.1", user: String? = nil, node: String = "n1",
    revision: Revision = .v20250618, lifetime: Duration = .seconds(1800), subscriptions: Set<String> = []
  ) async throws -> String {
    var configuration = RedisConfiguration(.single(.host("127.0.0.1", port: server.port)))
    configuration.limits.commandTime = .seconds(20)
    configuration.limits.connectTime = .seconds(20)
    configuration.limits.patience = .seconds(20)
    var options = RedisSessionStore.Options()
    (options.instance, options.service, options.prefix) = (node, "mcpctl", prefix)
    let store = RedisSessionStore(try RedisClient(configuration), options)
    defer { store.close() }
    let session = Session(
      principal: user,
      handshake: Handshake(
        revision: revision, clientInfo: ["name": .string(client), "version": .string(version)],
        clientCapabilities: ["roots": ["listChanged": true]]),
      state: .initialized, subscriptions: subscriptions, isReady: true, lifetime: lifetime)
    try await store.insert(session)
    return session.id.rawValue
  }

  /// Runs the program with this store.
  func callAsFunction(_ words: String..., deadline: Int = 30) throws -> ProgramRun {
    try run([binary] + words, environment: ["MCPCTL_REDIS_URL": url], deadline: deadline)
  }

  /// Starts the program with this store.
  func start(_ words: String...) throws -> RunningProgram {
    try RunningProgram([binary] + words, environment: ["MCPCTL_REDIS_URL": url])
  }

  /// All that is in the store, and when it goes: the same when nothing was changed.
  func digest() throws -> String {
    let ends =
      "local sum = 0; for _, key in ipairs(redis.call('KEYS', '*')) do sum = sum + redis.call('PEXPIRETIME', key) % 1000000007 end; return sum"
    // Much may be there, and the machine slow.
    func ask(_ words: String...) throws -> String {
      let asked = try run(["redis-cli", "-p", "\(server.port)"] + words, deadline: 120)
      guard asked.code == 0 else { throw NoAnswer() }
      return asked.output
    }
    return try ask("DEBUG", "DIGEST") + ask("EVAL", ends, "0")
  }

  /// A `redis-server` that tells its digest.
  static let debugging = ["--enable-debug-command", "local"]

  /// Writes what a node says of itself.
  func node(_ id: String, _ fields: [String: String] = [:], silence: Int = 0) throws {
    if silence < 15 {
      let all = [
        "bootId": "boot-\(id)", "address": "10.0.0.1", "httpPort": "80\(id.utf8.count)\(id.utf8.last ?? 0)",
        "state": "up",
      ]
      .merging(fields) { $1 }
      _ = try run(
        ["redis-cli", "-p", "\(server.port)", "HSET", "mcp:instance:\(id)"] + all.flatMap { [$0.key, $0.value] })
      try server.ask("EXPIRE", "mcp:instance:\(id)", "600")
    }
    let heartbeat =
      "local t = redis.call('TIME'); return redis.call('ZADD', 'mcp:instances', (t[1] - ARGV[1]) * 1000, ARGV[2])"
    try server.ask("EVAL", heartbeat, "0", "\(silence)", id)
  }
}

/// Redis has not answered a test.
struct NoAnswer: Error {}
