// SPDX-License-Identifier: Apache-2.0

/// How long things may take: each a while, which begins anew with its progress and does not run while somebody is asked,
/// and never longer than a bound.
struct TimeLimits {
  /// How far something has come, and whether it waits for somebody's answer.
  typealias Pulse = @Sendable () -> (progress: Double, isAsking: Bool)

  private struct Entry {
    let limit: Duration
    let end: ContinuousClock.Instant
    let pulse: Pulse
    var progress: Double
    var deadline: ContinuousClock.Instant
  }

  private var entries: [Int: Entry] = [:]
  private var last = 0

  /// Starts a limit and names it.
  mutating func add(
    limit: Duration, longest: Duration, at now: ContinuousClock.Instant, pulse: @escaping Pulse
  ) -> Int {
    last += 1
    entries[last] = Entry(
      limit: limit, end: now + longest, pulse: pulse, progress: pulse().progress, deadline: now + limit)
    return last
  }

  mutating func remove(_ id: Int) { entries[id] = nil }

  /// Removes and names what is due, and tells how long until something else may be; nil when nothing is left.
  mutating func expire(at now: ContinuousClock.Instant) -> (due: [Int], pause: Duration?) {
    var due: [Int] = []
    var next: ContinuousClock.Instant?
    for (id, entry) in entries {
      var entry = entry
      let (progress, isAsking) = entry.pulse()
      if progress > entry.progress || isAsking {
        entry.progress = progress
        entry.deadline = min(now + entry.limit, entry.end)
        entries[id] = entry
      }
      if entry.deadline <= now {
        due.append(id)
        entries[id] = nil
      } else {
        next = min(next ?? entry.deadline, entry.deadline)
      }
    }
    return (due, next.map { now.duration(to: $0) })
  }
}
