// SPDX-License-Identifier: Apache-2.0

/// Values that vanish when nobody asked for them for a while.
///
/// Every operation takes the same short time however many there are: values of one lifetime form a list in the order
/// of their deadlines, because each use moves a value to the end. What is due is swept away a few at a time.
struct ExpiringTable<Value> {
  /// A value's place in the list of its lifetime. Kept apart from the values, so that a use touches nothing else.
  private struct Link {
    var deadline: ContinuousClock.Instant
    var list: Int
    var previous = none
    var next = none
  }

  private struct List {
    let lifetime: Duration
    /// How much of it may be lost for not moving a value that was used just before: a thousandth.
    let slack: Duration
    var first = none
    var last = none
  }

  private static var none: Int { -1 }
  private var links: [Link] = []
  private var keys: [String] = []
  private var values: [Value?] = []
  private var free: [Int] = []
  private var positions: [SessionKey: Int] = [:]
  /// One per lifetime in use; there are only a few.
  private var lists: [List] = []

  var count: Int { positions.count }

  /// False when the key is in use.
  mutating func insert(
    _ value: Value, for key: String, lifetime: Duration, at now: ContinuousClock.Instant
  ) -> Bool {
    guard positions[SessionKey(key)] == nil else { return false }
    let link = Link(deadline: now + lifetime, list: index(ofList: lifetime))
    let position: Int
    if let reused = free.popLast() {
      position = reused
      links[position] = link
      keys[position] = key
      values[position] = value
    } else {
      position = links.count
      links.append(link)
      keys.append(key)
      values.append(value)
    }
    positions[SessionKey(key)] = position
    append(position)
    return true
  }

  /// The value, which then lives its whole lifetime again; nil when there is none or its time is up.
  mutating func value(for key: String, at now: ContinuousClock.Instant) -> Value? {
    sweep(at: now, atMost: 2)
    guard let position = positions[SessionKey(key)] else { return nil }
    guard links[position].deadline > now else {
      remove(key)
      return nil
    }
    let list = links[position].list
    let deadline = now + lists[list].lifetime
    if links[position].deadline + lists[list].slack > deadline { return values[position] }
    links[position].deadline = deadline
    if lists[list].last != position {
      unlink(position)
      append(position)
    }
    return values[position]
  }

  /// Whether there is a value whose time is not up; its lifetime goes on as before.
  func holds(_ key: String, at now: ContinuousClock.Instant) -> Bool {
    positions[SessionKey(key)].map { links[$0].deadline > now } ?? false
  }

  /// The values whose time is not up and how long nobody asked for each, of at most so many places from one on; and the place to
  /// go on from, which is the same when there are no more.
  func entries(
    from position: Int, atMost count: Int, at now: ContinuousClock.Instant
  ) -> (entries: [(value: Value, idle: Duration)], next: Int) {
    let end = min(position + count, values.count)
    guard position < end else { return ([], position) }
    let entries = (position..<end).compactMap { place -> (value: Value, idle: Duration)? in
      guard let value = values[place], links[place].deadline > now else { return nil }
      return (value, max(.zero, lists[links[place].list].lifetime - now.duration(to: links[place].deadline)))
    }
    return (entries, end)
  }

  @discardableResult
  mutating func remove(_ key: String) -> Value? {
    guard let position = positions.removeValue(forKey: SessionKey(key)) else { return nil }
    unlink(position)
    let value = values[position]
    keys[position] = ""
    values[position] = nil
    free.append(position)
    return value
  }

  /// Removes what is due, a bounded number at a time.
  mutating func sweep(at now: ContinuousClock.Instant, atMost limit: Int = 64) {
    var left = limit
    for list in lists.indices {
      while left > 0, lists[list].first != Self.none, links[lists[list].first].deadline <= now {
        remove(keys[lists[list].first])
        left -= 1
      }
    }
  }

  private mutating func index(ofList lifetime: Duration) -> Int {
    if let index = lists.firstIndex(where: { $0.lifetime == lifetime }) { return index }
    lists.append(List(lifetime: lifetime, slack: lifetime / 1000))
    return lists.count - 1
  }

  private mutating func append(_ position: Int) {
    let list = links[position].list
    let last = lists[list].last
    links[position].previous = last
    links[position].next = Self.none
    if last == Self.none { lists[list].first = position } else { links[last].next = position }
    lists[list].last = position
  }

  private mutating func unlink(_ position: Int) {
    let link = links[position]
    if link.previous == Self.none { lists[link.list].first = link.next } else { links[link.previous].next = link.next }
    if link.next == Self.none {
      lists[link.list].last = link.previous
    } else {
      links[link.next].previous = link.previous
    }
  }
}
