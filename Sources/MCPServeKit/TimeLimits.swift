// SPDX-License-Identifier: Apache-2.0

/// How long things may take: each a while, which begins anew with its progress, and never longer than a bound.
struct TimeLimits {
  private struct Entry {
    let limit: Duration
    let end: ContinuousClock.Instant
    let latestProgress: @Sendable () -> Double
    var progress: Double
    var deadline: ContinuousClock.Instant
  }

  private var entries: [Int: Entry] = [:]
  private var last = 0

  /// Starts a limit and names it.
  mutating func add(
    limit: Duration, longest: Duration, at now: ContinuousClock.Instant, progress: @escaping @Sendable () -> Double
  ) -> Int {
    last += 1
    entries[last] = Entry(
      limit: limit, end: now + longest, latestProgress: progress, progress: progress(), deadline: now + limit)
    return last
  }

  mutating func remove(_ id: Int) { entries[id] = nil }

  /// Removes and names what is due, and tells how long until something else may be; nil when nothing is left.
  mutating func expire(at now: ContinuousClock.Instant) -> (due: [Int], pause: Duration?) {
    var due: [Int] = []
    var next: ContinuousClock.Instant?
    for (id, entry) in entries {
      var entry = entry
      let progress = entry.latestProgress()
      if progress > entry.progress {
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
