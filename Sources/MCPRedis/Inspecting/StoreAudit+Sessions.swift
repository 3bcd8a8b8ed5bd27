// SPDX-License-Identifier: Apache-2.0

extension StoreAudit {
  /// What the records of sessions tell.
  func sessionFindings(_ keys: [Key]) async throws(RedisError) -> [StoreFinding] {
    let sessions: [(key: Key, id: String)] = keys.compactMap { key in
      if case .session(let id) = key.kind { (key, id) } else { nil }
    }
    guard !sessions.isEmpty else { return [] }
    let now = try await inspector.now()
    let records = try await inspector.ask(sessions.map { SessionRecordReader.command($0.key.name) })
    let scores = try await inspector.ask(sessions.map { RedisCommand("ZSCORE", .key(layout.index), .text($0.id)) })
    var reader = SessionRecordReader()
    var findings: [StoreFinding] = []
    for (place, session) in sessions.enumerated() {
      guard case .session(let record) = reader.read(records[place], id: session.id) else { continue }
      let stated = records[place].array?.first?.string
      findings += Self.faults(
        record, stated: stated, life: session.key.life, isIndexed: scores[place].string != nil, now: now
      ).map { StoreFinding(weight: $0, rule: $1, key: session.key.name, removal: nil) }
    }
    return findings
  }

  private static func faults(
    _ record: SessionRecord, stated: String?, life: Int?, isIndexed: Bool, now: Int
  ) -> [(StoreFinding.Weight, String)] {
    guard let stated else { return [(.wrong, "a record without its id: something brought it back to life")] }
    guard stated == record.id else { return [(.wrong, "a record with the id of another session")] }
    guard record.revision != nil, record.lifetime != nil, let expiresAt = record.expiresAt,
      let createdAt = record.createdAt, let lastActive = record.lastActive, let lifetime = record.lifetime
    else { return [(.foreign, "a record of another program, such as mcp-router-v3: listed, and left alone")] }
    var faults: [(StoreFinding.Weight, String)] = []
    if createdAt > lastActive || lastActive > expiresAt { faults.append((.wrong, "times that contradict each other")) }
    // Redis rounds, and some time passes between two questions.
    if lastActive > now + 5_000 { faults.append((.wrong, "a last use in the future")) }
    if let life, life > lifetime + 5_000 { faults.append((.wrong, "a TTL that is longer than the lifetime")) }
    if !isIndexed { faults.append((.wrong, "a session that is not in the index")) }
    return faults
  }

  /// What belonged to sessions that are gone.
  func leftovers(_ keys: [Key]) async throws(RedisError) -> [StoreFinding] {
    let parts: [(key: Key, id: String, rule: String)] = keys.compactMap { key in
      switch key.kind {
      case .events(let id): (key, id, "events of a session that is gone")
      case .streams(let id): (key, id, "streams of a session that is gone")
      case .listener(let id): (key, id, "a listener of a session that is gone")
      case .pending(let id): (key, id, "a question of a session that is gone")
      default: nil
      }
    }
    guard !parts.isEmpty else { return [] }
    let states = try await inspector.ask(
      parts.map { RedisCommand("HMGET", .key(layout.session($0.id)), "state", "sessionId") })
    return zip(parts, states).compactMap { part, answer in
      guard case .array(let values) = answer else { return nil }
      guard values.allSatisfy(\.isNull) || values.first?.string == "terminated" else { return nil }
      return StoreFinding(
        weight: .orphan, rule: part.rule, key: part.key.name,
        removal: .leftover(key: part.key.name, session: part.id))
    }
  }

  /// Entries of indices whose records are gone.
  func indexFindings(_ indices: [String]) async throws(RedisError) -> [StoreFinding] {
    var findings: [StoreFinding] = []
    for index in indices {
      var cursor = "0"
      repeat {
        let answer = try await inspector.client.send(
          RedisCommand("ZSCAN", .key(index), .text(cursor), "COUNT", 1_000)
        ).array
        guard let answer, answer.count == 2, let next = answer[0].string, let words = answer[1].strings else { break }
        cursor = next
        let entries = stride(from: 0, to: words.count - 1, by: 2).map { (id: words[$0], score: words[$0 + 1]) }
        let exist = try await inspector.ask(entries.map { RedisCommand("EXISTS", .key(layout.session($0.id))) })
        for (entry, answer) in zip(entries, exist) where answer.int == 0 {
          findings.append(
            StoreFinding(
              weight: .orphan, rule: "an entry of an index whose session is gone", key: "\(index) \(entry.id)",
              removal: .entry(index: index, session: entry.id, score: entry.score)))
        }
      } while cursor != "0"
    }
    return findings
  }

  /// Nodes that were not heard of for an hour; the others may still need what is known of them.
  func nodeFindings() async throws(RedisError) -> [StoreFinding] {
    let now = try await inspector.now()
    return try await inspector.nodes().compactMap { node in
      guard !node.isAlive, let heartbeat = node.heartbeat, heartbeat < now - 3_600_000 else { return nil }
      return StoreFinding(
        weight: .orphan, rule: "a node that has not been heard of for an hour", key: "\(layout.instances) \(node.id)",
        removal: .node(node.id, score: String(heartbeat)))
    }
  }
}

// MARK: - Removing

extension StoreInspector {
  /// KEYS: the record of the session, the key to delete.
  private static let deleteLeftover = RedisScript(
    """
    local state = redis.call('HMGET', KEYS[1], 'state', 'sessionId')
    if state[1] == 'terminated' or not (state[1] or state[2]) then return redis.call('DEL', KEYS[2]) end
    return 0
    """, isRepeatable: true)

  /// KEYS: a set with scores. ARGV: an entry, the score it had.
  private static let removeEntry = RedisScript(
    """
    local score = redis.call('ZSCORE', KEYS[1], ARGV[1])
    if score and tonumber(score) == tonumber(ARGV[2]) then return redis.call('ZREM', KEYS[1], ARGV[1]) end
    return 0
    """, isRepeatable: true)

  /// Removes what was found, unless it has come to life meanwhile.
  package func remove(_ removal: StoreFinding.Removal) async throws(RedisError) -> Bool {
    let answer: RedisValue
    switch removal {
    case .leftover(let key, let session):
      answer = try await client.run(Self.deleteLeftover, keys: [layout.session(session), key])
    case .entry(let index, let session, let score):
      guard try await client.send(RedisCommand("EXISTS", .key(layout.session(session)))).int == 0 else { return false }
      answer = try await client.run(Self.removeEntry, keys: [index], [.text(session), .text(score)])
    case .node(let id, let score):
      guard try await client.send(RedisCommand("EXISTS", .key(layout.instance(id)))).int == 0 else { return false }
      answer = try await client.run(Self.removeEntry, keys: [layout.instances], [.text(id), .text(score)])
    }
    return answer.int == 1
  }
}
