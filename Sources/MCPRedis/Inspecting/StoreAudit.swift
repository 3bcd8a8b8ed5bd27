// SPDX-License-Identifier: Apache-2.0

/// Something in the store that is not as it should be.
package struct StoreFinding: Sendable, Hashable {
  /// How much it matters.
  package enum Weight: String, Sendable {
    /// An invariant does not hold.
    case wrong
    /// What belonged to something that is gone; `sessions gc` removes it.
    case orphan
    /// Another program's: recognised, and left alone.
    case foreign
  }

  package let weight: Weight
  /// What is the matter, the same for all of its kind.
  package let rule: String
  /// The key; of an entry of an index, the key and the entry.
  package let key: String
  /// How it can be removed, when it may be.
  package let removal: Removal?

  /// What `gc` does.
  package enum Removal: Sendable, Hashable {
    /// Deletes a key of a session unless there is a session by then.
    case leftover(key: String, session: String)
    /// Takes an entry off an index unless there is a session by then, or the entry has changed.
    case entry(index: String, session: String, score: String)
    /// Takes a node off the list that has not been heard of for long.
    case node(String, score: String)
  }
}

/// Looks through all keys of the servers once, and tells what is wrong. It asks for portions of names, and only what each kind
/// of key needs; keys of others are not read.
package struct StoreAudit: Sendable {
  let inspector: StoreInspector
  var layout: StoreLayout { inspector.layout }
  private var scan: RedisScan.Iterator
  private var isFinished = false
  private var seen: Set<String> = []
  private var indices: [String] = []
  /// How many keys of each kind there are.
  package private(set) var counts: [String: Int] = [:]

  package init(_ inspector: StoreInspector) {
    self.inspector = inspector
    scan = inspector.client.scan(matching: inspector.layout.everything, count: 1_000).makeAsyncIterator()
  }

  /// A key with what is known of it.
  struct Key {
    let name: String
    let kind: StoreLayout.Kind
    let type: String
    /// What is left of its life in milliseconds; nil when it does not go by itself.
    let life: Int?
  }

  /// What the next portion of keys gives; nil when all have been looked at.
  package mutating func next() async throws(RedisError) -> [StoreFinding]? {
    if isFinished { return nil }
    guard let names = try await scan.next() else {
      isFinished = true
      return try await indexFindings(indices) + nodeFindings()
    }
    let keys = try await facts(of: names.filter { seen.insert($0).inserted })
    for key in keys { counts[Self.name(of: key.kind), default: 0] += 1 }
    indices += keys.filter { ($0.kind == .index || $0.kind == .ownerIndex) && $0.type == "zset" }.map(\.name)
    let sound = keys.filter { $0.kind.type == $0.type }
    return keys.compactMap(Self.finding) + (try await sessionFindings(sound)) + (try await leftovers(sound))
  }

  private func facts(of names: [String]) async throws(RedisError) -> [Key] {
    let types = try await inspector.ask(names.map { RedisCommand("TYPE", .key($0)) })
    let lives = try await inspector.ask(names.map { RedisCommand("PTTL", .key($0)) })
    var keys: [Key] = []
    for (place, name) in names.enumerated() {
      // What has gone meanwhile is nobody's concern.
      guard let type = types[place].string, type != "none", let life = lives[place].int, life != -2 else { continue }
      keys.append(Key(name: name, kind: layout.kind(of: name), type: type, life: life < 0 ? nil : life))
    }
    return keys
  }

  /// What its name, its type and its life tell.
  private static func finding(_ key: Key) -> StoreFinding? {
    func found(_ weight: StoreFinding.Weight, _ rule: String) -> StoreFinding {
      StoreFinding(weight: weight, rule: rule, key: key.name, removal: nil)
    }
    if key.kind == .unknown { return found(.foreign, "keys of other programs under our prefix") }
    if let type = key.kind.type, type != key.type {
      if case .instance = key.kind, key.type == "set" {
        return found(.foreign, "a SET of session ids under the name of a node, as mcp-router-v3 keeps")
      }
      return found(.wrong, "a \(key.type) where a \(type) belongs")
    }
    if key.kind.isMortal, key.life == nil { return found(.wrong, "\(name(of: key.kind)) without a TTL") }
    return nil
  }

  /// What a kind is called.
  private static func name(of kind: StoreLayout.Kind) -> String {
    switch kind {
    case .session: "session"
    case .events: "events"
    case .streams: "streams"
    case .listener: "listener"
    case .request: "request"
    case .pending: "pending"
    case .instance: "instance"
    case .inbox: "inbox"
    case .instances: "instances"
    case .index: "index"
    case .ownerIndex: "owner index"
    case .task: "task"
    case .taskIndex: "task index"
    case .meta: "meta"
    case .other: "cache"
    case .unknown: "unknown"
    }
  }
}
