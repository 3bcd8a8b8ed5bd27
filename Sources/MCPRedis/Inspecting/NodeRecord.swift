// SPDX-License-Identifier: Apache-2.0

/// What a node says of itself in Redis, `mcp:instance:ID`, and when it last did.
package struct NodeRecord: Sendable {
  package let id: String
  /// Its fields: `bootId`, `address`, `port`, `httpPort`, `pid`, `version`, `configHash`, `keyHash`, `state`, `sessions`,
  /// `streams`, `inflight`, `startedAt`.
  package let fields: [String: String]
  /// When it was last heard of, in milliseconds by the clock of Redis; nil when it is not in the list of nodes.
  package let heartbeat: Int?
  /// Whether another program keeps something else under this name, such as the SET of mcp-router-v3.
  package let isForeign: Bool

  /// Whether it is there: its record goes 15 s after its last heartbeat.
  package var isAlive: Bool { !fields.isEmpty }
}

extension StoreInspector {
  /// All nodes that were ever heard of and not taken off the list, in the order of their names.
  package func nodes() async throws(RedisError) -> [NodeRecord] {
    let answer = try await ask([
      RedisCommand("ZRANGE", .key(layout.instances), 0, "-1", "WITHSCORES")
    ])
    guard let words = answer.first?.strings, words.count.isMultiple(of: 2) else { return [] }
    let ids = stride(from: 0, to: words.count, by: 2).map { words[$0] }
    let records = try await ask(ids.map { RedisCommand("HGETALL", .key(layout.instance($0))) })
    return zip(ids, records).enumerated().map { place, pair in
      node(pair.0, record: pair.1, heartbeat: Double(words[place * 2 + 1]).map { Int($0) })
    }.sorted { $0.id < $1.id }
  }

  private func node(_ id: String, record: RedisValue, heartbeat: Int?) -> NodeRecord {
    let fields = (record.fields ?? [:]).mapValues { String(decoding: $0, as: UTF8.self) }
    return NodeRecord(id: id, fields: fields, heartbeat: heartbeat, isForeign: record.isError("WRONGTYPE"))
  }

  /// Asks a node to take no more sessions, finish its work and end.
  package func drain(_ node: String) async throws(RedisError) {
    let inbox = layout.inbox(ofNode: node)
    _ = try await client.add(InboxLetter.fields(InboxLetter.drain), toStream: inbox, keeping: InboxLetter.kept)
    _ = try await client.send(RedisCommand("PEXPIRE", .key(inbox), .int(InboxLetter.lifetime)).repeatable)
  }
}
