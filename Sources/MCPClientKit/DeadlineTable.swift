// SPDX-License-Identifier: Apache-2.0
import MCPCore

/// When which request has waited for too long. Decides, and has no clock.
struct DeadlineTable {
  typealias Instant = ContinuousClock.Instant

  /// Which of a request's two time-outs came first.
  enum Expiry: Equatable {
    /// Nothing was heard since the request or its last progress.
    case idle
    /// It took too long in all.
    case total
  }

  private struct Entry {
    let idle: Duration
    let end: Instant
    var deadline: Instant
    var expiry: Expiry
  }

  /// How many reasons there are for idle time not to count.
  private var holds = 0
  private var entries: [RequestID: Entry] = [:]

  /// When `expired` is to be called next; nil when nothing is watched.
  var next: Instant? { entries.values.lazy.map(\.deadline).min() }

  /// - Returns: the request's first deadline.
  mutating func watch(_ id: RequestID, idle: Duration, total: Duration, from now: Instant) -> Instant {
    let entry = Entry(
      idle: idle, end: now.advanced(by: total), deadline: now.advanced(by: min(idle, total)),
      expiry: idle <= total ? .idle : .total)
    entries[id] = entry
    if holds > 0 { keepAlive(id, at: now) }
    return entries[id]?.deadline ?? entry.deadline
  }

  /// The request has shown progress, which puts its idle time-out off, never the total one.
  mutating func keepAlive(_ id: RequestID, at now: Instant) {
    guard var entry = entries[id] else { return }
    let idle = now.advanced(by: entry.idle)
    (entry.deadline, entry.expiry) = holds == 0 && idle < entry.end ? (idle, .idle) : (entry.end, .total)
    entries[id] = entry
  }

  /// The server waits for us, so from now on only total time-outs count, until `release`.
  mutating func hold(at now: Instant) {
    holds += 1
    if holds == 1 { for id in entries.keys { keepAlive(id, at: now) } }
  }

  /// The reverse of `hold`: the time to be idle begins anew.
  mutating func release(at now: Instant) {
    holds -= 1
    if holds == 0 { for id in entries.keys { keepAlive(id, at: now) } }
  }

  mutating func forget(_ id: RequestID) { entries[id] = nil }

  /// Takes out the requests that have waited for too long.
  mutating func expired(at now: Instant) -> [(id: RequestID, expiry: Expiry)] {
    let expired = entries.filter { $0.value.deadline <= now }
    for id in expired.keys { entries[id] = nil }
    return expired.map { ($0.key, $0.value.expiry) }
  }
}
