// SPDX-License-Identifier: Apache-2.0
import EventIO
import MCPCore
import MCPServeKit
import Observability
import TestSupport
import Testing

@testable import MCPRedis

/// A server that serves, one of several with one Redis.
struct Member {
  let port: UInt16
  let server: Server

  func peer() throws -> HTTPPeer {
    try HTTPPeer(try SocketAddress.addresses(host: "127.0.0.1", port: port)[0]) { Issue.record("\($0)") }
  }
}

/// Two servers, called `n1` and `n2`, until `body` is done.
/// - Parameter make: makes each, with where its tasks are kept.
func withTwoMembers(
  _ make: (any TaskStore) throws -> Server, _ body: (Member, Member) async throws -> Void
) async throws {
  let redis = try RedisServer()
  try await serving(redis, "n1", make) { one in
    try await serving(redis, "n2", make) { other in try await body(one, other) }
  }
}

/// Serves with others until `body` is done.
private func serving(
  _ redis: RedisServer, _ name: String, _ make: (any TaskStore) throws -> Server, _ body: (Member) async throws -> Void
) async throws {
  let client = try redis.client()
  let keys = try await ClusterKeyRing(client, prefix: "mcp", secrets: [], logger: .silent)
  var options = RedisSessionStore.Options()
  options.instance = name
  options.ids = SignedSessionIDs(node: name, keys: keys.sessionKeys)
  let store = CachedSessionStore(RedisSessionStore(client, options))
  let node = RedisNode(client, RedisNode.Options(name: name), logger: .silent)
  store.tell { id, change in node.publish(change == .ended ? .ended(id) : .changed(id)) }
  let tasks = RedisTaskStore(client, RedisTaskStore.Options(), node: node)
  var hooks = RedisNode.Hooks()
  hooks.task = { id in try? await tasks.task(id) }
  node.setHooks(hooks)
  try await node.join()
  node.start()
  let log = RedisEventLog(client, prefix: "mcp", limits: { ServeLimits() }, node: node)
  let server = try make(tasks)
  let service = Service(server, stateKeys: keys.stateKeys)
  let ports = AsyncStream.makeStream(of: UInt16.self)
  let task = Task {
    try await service.serve(
      .http(port: 0), sessions: store, events: log, with: node,
      ready: { listening in ports.continuation.yield(listening.port) })
  }
  var port: UInt16?
  for await found in ports.stream {
    port = found
    break
  }
  do {
    try await body(Member(port: try #require(port), server: server))
  } catch {
    task.cancel()
    throw error
  }
  task.cancel()
  _ = await task.result
  await node.leave()
}

extension HTTPPeer {
  /// Opens a session of a client that can be asked, and returns its id.
  func initialize() async throws -> String {
    let answer = try await ask(
      "POST", "/mcp",
      body: #"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","#
        + #""capabilities":{"sampling":{},"roots":{},"elicitation":{}}}}"#)
    let session = try #require(answer.headers["mcp-session-id"])
    _ = try await ask(
      "POST", "/mcp", ["Mcp-Session-Id": session], body: #"{"jsonrpc":"2.0","method":"notifications/initialized"}"#)
    return session
  }
}
