// SPDX-License-Identifier: GPL-3.0-or-later
import MCPRedis

/// The sessions that are meant, page by page.
struct SessionPages {
  private let inspector: StoreInspector
  private let selector: Selector
  private var left: Int
  private var walk: SessionWalk
  private let countsEvents: Bool
  private var aliveNodes: Set<String>?
  private var hasBegun = false

  /// - Parameters:
  ///   - limit: how many sessions at most; nil for all.
  ///   - countsEvents: whether it is asked of each session what waits for its client.
  init(
    _ inspector: StoreInspector, _ selector: Selector, limit: Int? = nil, ignoresIndex: Bool = false,
    countsEvents: Bool = false
  ) {
    (self.inspector, self.selector, self.countsEvents) = (inspector, selector, countsEvents)
    left = limit ?? .max
    walk = SessionWalk(inspector, ignoresIndex: ignoresIndex)
  }

  /// How many names led to something that is no session.
  var foreign: Int { walk.foreign }

  /// The next page; nil after the last.
  mutating func next() async throws(RedisError) -> [SessionRow]? {
    if !hasBegun {
      hasBegun = true
      let nodes = try await inspector.nodes()
      aliveNodes = nodes.isEmpty ? nil : Set(nodes.filter(\.isAlive).map(\.id))
    }
    guard left > 0, let records = try await walk.next() else { return nil }
    var rows = records.map { SessionRow($0, now: walk.now) }.filter(selector.holds)
    if rows.count > left { rows.removeLast(rows.count - left) }
    left -= rows.count
    if let aliveNodes {
      for place in rows.indices { rows[place].isNodeAlive = rows[place].record.node.map(aliveNodes.contains) }
    }
    if countsEvents {
      let lengths = try await inspector.ask(
        rows.map { RedisCommand("XLEN", .key(inspector.layout.events($0.record.id))) })
      for (place, length) in lengths.enumerated() { rows[place].queued = length.int }
    }
    return rows
  }

  /// All of them at once.
  mutating func all() async throws(RedisError) -> [SessionRow] {
    var rows: [SessionRow] = []
    while let page = try await next() { rows += page }
    return rows
  }
}
