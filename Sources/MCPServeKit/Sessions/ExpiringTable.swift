// SPDX-License-Identifier: Apache-2.0
import Observability

/// Values that vanish when nobody asked for them for a while.
///
/// Every operation takes the same short time however many there are: values of one lifetime form a list in the order
/// of their deadlines, because each use moves a value to the end. What is due is swept away a few at a time; what ends
/// before its lifetime is, when those before it in the list are due.
struct ExpiringTable<Value> {
  /// A value's place in the list of its lifetime. Kept apart from the values, so that a use touches nothing else.
  private struct Link {
    /// When it was used last, or a little before that.
    var used: Moment
    /// When its time is up, however much it is used.
    let end: Moment
    var list: Int
    var previous = none
    var next = none
  }

  private struct List {
    /// In nanoseconds.
    let lifetime: Int
    /// How much of it may be lost for not moving a value that was used just before: a thousandth.
    let slack: Int
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
  /// Before this nothing is due.
  private var nextDue: Moment?

  var count: Int { positions.count }

  /// How many lifetimes are in use.
  var lifetimes: Int { lists.count }

  /// False when the key is in use.
  ///
  /// Each lifetime costs every operation something: what is left of a longer life is to be said by `end`, not by a lifetime of its own.
  mutating func insert(
    _ value: Value, for key: String, lifetime: Duration, until end: Moment = Moment(nanoseconds: .max), at now: Moment
  ) -> Bool {
    guard positions[SessionKey(key)] == nil else { return false }
    let link = Link(used: now, end: end, list: index(ofList: lifetime))
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
    begin(position)
    return true
  }

  /// Puts another value in the place of one, with a lifetime that begins now and the end there was; false when there is none.
  mutating func replace(_ value: Value, for key: String, lifetime: Duration, at now: Moment) -> Bool {
    guard let position = positions[SessionKey(key)] else { return false }
    unlink(position)
    links[position] = Link(used: now, end: links[position].end, list: index(ofList: lifetime))
    values[position] = value
    begin(position)
    return true
  }

  /// Has the time of a value run.
  private mutating func begin(_ position: Int) {
    append(position)
    let due = deadline(of: position)
    nextDue = nextDue.map { min($0, due) } ?? due
  }

  /// The value, which then lives its whole lifetime again; nil when there is none or its time is up.
  mutating func value(for key: String, at now: Moment) -> Value? {
    value(for: key, at: now) { $0 }
  }

  /// What `read` takes of the value, where all of it would be much to copy.
  @inline(__always)
  mutating func value<Part>(
    for key: String, at now: Moment, _ read: (borrowing Value) -> Part
  ) -> Part? {
    sweep(at: now, atMost: 2)
    guard let position = positions[SessionKey(key)] else { return nil }
    guard deadline(of: position) > now else {
      remove(key)
      return nil
    }
    use(position, at: now)
    return values[position].map(read)
  }

  private func deadline(of position: Int) -> Moment {
    let link = links[position]
    return min(link.used.adding(nanoseconds: lists[link.list].lifetime), link.end)
  }

  private mutating func use(_ position: Int, at now: Moment) {
    let list = links[position].list
    guard links[position].used.adding(nanoseconds: lists[list].slack) <= now else { return }
    links[position].used = now
    guard lists[list].last != position else { return }
    unlink(position)
    append(position)
  }

  /// Whether there is a value whose time is not up; its lifetime goes on as before.
  func holds(_ key: String, at now: Moment) -> Bool {
    positions[SessionKey(key)].map { deadline(of: $0) > now } ?? false
  }

  /// The values whose time is not up and how long nobody asked for each, of at most so many places from one on; and the place to
  /// go on from, which is the same when there are no more.
  func entries(
    from position: Int, atMost count: Int, at now: Moment
  ) -> (entries: [(value: Value, idle: Duration)], next: Int) {
    let end = min(position + count, values.count)
    guard position < end else { return ([], position) }
    let entries = (position..<end).compactMap { place -> (value: Value, idle: Duration)? in
      guard let value = values[place], deadline(of: place) > now else { return nil }
      return (value, max(.zero, links[place].used.duration(to: now)))
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
  mutating func sweep(at now: Moment, atMost limit: Int = 64) {
    guard let due = nextDue, due <= now else { return }
    var left = limit
    for list in lists.indices {
      while left > 0, lists[list].first != Self.none, deadline(of: lists[list].first) <= now {
        remove(keys[lists[list].first])
        left -= 1
      }
    }
    nextDue = lists.compactMap { $0.first == Self.none ? nil : deadline(of: $0.first) }.min()
  }

  private mutating func index(ofList duration: Duration) -> Int {
    let lifetime = duration.nanoseconds
    if let index = lists.firstIndex(where: { $0.lifetime == lifetime }) { return index }
    let list = List(lifetime: lifetime, slack: lifetime / 1000)
    if let unused = lists.firstIndex(where: { $0.first == Self.none }) {
      lists[unused] = list
      return unused
    }
    lists.append(list)
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
