// SPDX-License-Identifier: GPL-3.0-or-later
import JSONKit
import MCPRedis

/// All sessions that are meant at a moment, and what has changed since another.
struct SessionSnapshot: Sendable {
  /// The newest first.
  let rows: [SessionRow]
  private let places: [String: Int]
  /// When it was taken.
  let instant: ContinuousClock.Instant

  init(_ inspector: StoreInspector, _ selector: Selector) async throws(RedisError) {
    var pages = SessionPages(inspector, selector)
    rows = try await pages.all()
    places = Dictionary(rows.enumerated().map { ($1.record.id, $0) }) { first, _ in first }
    instant = .now
  }

  /// The session of that id.
  func row(_ id: String) -> SessionRow? { places[id].map { rows[$0] } }

  /// Something that happened to a session.
  struct Change: Sendable {
    enum Kind: String, Sendable { case opened, ended, moved, changed, used }
    let kind: Kind
    let row: SessionRow
    /// What was before, where that matters.
    var before: String?
  }

  /// What has happened since `earlier`.
  func changes(since earlier: SessionSnapshot) -> [Change] {
    var changes: [Change] = []
    for row in rows.reversed() {
      guard let old = earlier.row(row.record.id) else {
        changes.append(Change(kind: .opened, row: row))
        continue
      }
      if old.record.node != row.record.node {
        changes.append(Change(kind: .moved, row: row, before: old.record.node))
      } else if old.record.state != row.record.state {
        changes.append(Change(kind: .changed, row: row, before: old.record.state))
      } else if old.record.lastActive != row.record.lastActive {
        changes.append(Change(kind: .used, row: row))
      }
    }
    return changes + earlier.rows.filter { row($0.record.id) == nil }.map { Change(kind: .ended, row: $0) }
  }
}

/// Rounds with a pause between them, until there were enough, or Ctrl-C.
struct Rounds {
  let interval: Duration
  /// How many; 0 for ever.
  let count: Int

  func run(_ body: (_ number: Int) async throws -> Void) async throws {
    var number = 0
    while count == 0 || number < count {
      if number > 0 { try await Task.sleep(for: interval) }
      try await body(number)
      number += 1
    }
  }
}
