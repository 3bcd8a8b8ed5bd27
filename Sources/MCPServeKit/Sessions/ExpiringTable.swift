// SPDX-License-Identifier: Apache-2.0

/// Values that vanish when nobody asked for them for a while.
///
/// Every operation takes the same short time however many there are: values of one lifetime form a list in the order
/// of their deadlines, because each use moves a value to the end. What is due is swept away a few at a time.
struct ExpiringTable<Value> {
  private struct Slot {
    let key: String
    var value: Value
    var deadline: ContinuousClock.Instant
    let list: Int
    var previous: Int
    var next: Int
  }

  private struct List {
    let lifetime: Duration
    var first = none
    var last = none
  }

  private static var none: Int { -1 }
  private var slots: [Slot?] = []
  private var free: [Int] = []
  private var positions: [String: Int] = [:]
  /// One per lifetime in use; there are only a few.
  private var lists: [List] = []

  var count: Int { positions.count }

  /// False when the key is in use.
  mutating func insert(
    _ value: Value, for key: String, lifetime: Duration, at now: ContinuousClock.Instant
  ) -> Bool {
    guard positions[key] == nil else { return false }
    let list = index(ofList: lifetime)
    let slot = Slot(
      key: key, value: value, deadline: now + lifetime, list: list, previous: Self.none, next: Self.none)
    let position = free.popLast() ?? slots.count
    if position == slots.count { slots.append(slot) } else { slots[position] = slot }
    positions[key] = position
    append(position)
    return true
  }

  /// The value, which then lives its whole lifetime again; nil when there is none or its time is up.
  mutating func value(for key: String, at now: ContinuousClock.Instant) -> Value? {
    sweep(at: now, atMost: 2)
    guard let position = positions[key], let slot = slots[position] else { return nil }
    guard slot.deadline > now else {
      remove(key)
      return nil
    }
    slots[position]?.deadline = now + lists[slot.list].lifetime
    if lists[slot.list].last != position {
      unlink(position)
      append(position)
    }
    return slot.value
  }

  @discardableResult
  mutating func remove(_ key: String) -> Value? {
    guard let position = positions.removeValue(forKey: key), let slot = slots[position] else { return nil }
    unlink(position)
    slots[position] = nil
    free.append(position)
    return slot.value
  }

  /// Removes what is due, a bounded number at a time.
  mutating func sweep(at now: ContinuousClock.Instant, atMost limit: Int = 64) {
    var left = limit
    for list in lists.indices {
      while left > 0, lists[list].first != Self.none, let slot = slots[lists[list].first], slot.deadline <= now {
        remove(slot.key)
        left -= 1
      }
    }
  }

  private mutating func index(ofList lifetime: Duration) -> Int {
    if let index = lists.firstIndex(where: { $0.lifetime == lifetime }) { return index }
    lists.append(List(lifetime: lifetime))
    return lists.count - 1
  }

  private mutating func append(_ position: Int) {
    guard let list = slots[position]?.list else { return }
    let last = lists[list].last
    slots[position]?.previous = last
    slots[position]?.next = Self.none
    if last == Self.none { lists[list].first = position } else { slots[last]?.next = position }
    lists[list].last = position
  }

  private mutating func unlink(_ position: Int) {
    guard let slot = slots[position] else { return }
    if slot.previous == Self.none { lists[slot.list].first = slot.next } else { slots[slot.previous]?.next = slot.next }
    if slot.next == Self.none {
      lists[slot.list].last = slot.previous
    } else {
      slots[slot.next]?.previous = slot.previous
    }
  }
}
