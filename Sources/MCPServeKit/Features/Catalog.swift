// SPDX-License-Identifier: Apache-2.0
import JSONKit

/// Features of one kind in the order they were registered, found by name.
struct Catalog<Entry: Sendable>: Sendable {
  /// Shared, because entries are large and looked up with every request.
  final class Row: Sendable {
    /// Grows with every registration and never repeats, so that a position in the list outlives changes.
    let ordinal: Int
    let name: String
    /// The entry as lists show it.
    let listing: JSON
    let entry: Entry

    init(ordinal: Int, name: String, listing: JSON, entry: Entry) {
      self.ordinal = ordinal
      self.name = name
      self.listing = listing
      self.entry = entry
    }
  }

  private(set) var rows: [Row] = []
  private var positions: [String: Int] = [:]
  /// The ordinal of the newest row there has been.
  private(set) var lastOrdinal = 0

  subscript(name: String) -> Entry? { row(name)?.entry }
  /// By the bytes of its name: what only looks the same, or is equal in Unicode, is another, as it is for rules of access.
  func row(_ name: String) -> Row? {
    // Comparing a few names takes less than hashing one.
    if rows.count <= 8 { return rows.first { $0.name.hasBytes(of: name) } }
    return positions[name].flatMap { rows[$0].name.hasBytes(of: name) ? rows[$0] : nil }
  }
  var names: [String] { rows.map(\.name) }
  var isEmpty: Bool { rows.isEmpty }

  /// False when the name is taken.
  mutating func insert(_ entry: Entry, name: String, listing: JSON) -> Bool {
    guard positions[name] == nil else { return false }
    positions[name] = rows.count
    lastOrdinal += 1
    rows.append(Row(ordinal: lastOrdinal, name: name, listing: listing, entry: entry))
    return true
  }

  mutating func replace(_ name: String, with entry: Entry) {
    guard let position = positions[name] else { return }
    let row = rows[position]
    rows[position] = Row(ordinal: row.ordinal, name: name, listing: row.listing, entry: entry)
  }

  /// The entries that fit, at their places in the list of all.
  func filter(_ fits: (Entry) -> Bool) -> Catalog {
    var catalog = self
    catalog.rows = rows.filter { fits($0.entry) }
    catalog.positions = Dictionary(uniqueKeysWithValues: catalog.rows.enumerated().map { ($1.name, $0) })
    return catalog
  }

  mutating func remove(_ name: String) -> Bool {
    guard let position = positions.removeValue(forKey: name) else { return false }
    rows.remove(at: position)
    for index in position..<rows.count { positions[rows[index].name] = index }
    return true
  }
}

extension Catalog {
  /// The listings that come after `ordinal`, at most `count`, and the ordinal to go on after when there are more.
  func page(after ordinal: Int, count: Int) -> (listings: [JSON], next: Int?) {
    let start = rows.partition(after: ordinal)
    let page = rows[start...].prefix(max(count, 1))
    return (page.map(\.listing), page.endIndex < rows.endIndex ? page.last?.ordinal : nil)
  }
}

extension Array {
  /// The index of the first row whose ordinal is greater; rows are sorted by it.
  fileprivate func partition<Entry>(after ordinal: Int) -> Int where Element == Catalog<Entry>.Row {
    var low = startIndex
    var high = endIndex
    while low < high {
      let middle = (low + high) / 2
      if self[middle].ordinal <= ordinal { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
