// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Counts requests against limits, as token buckets do: a bucket is remembered by the moment it will be full again, and
/// forgotten then.
final class RateLimiter: Sendable {
  private struct Key: Hashable {
    let limit: Int
    let principal: String
    let tool: String?
  }

  private struct State {
    /// When each bucket is full again.
    var full: [Key: ContinuousClock.Instant] = [:]
    var swept: ContinuousClock.Instant?
  }

  let limits: [RateLimit]
  private let mostBuckets: Int
  private let now: @Sendable () -> ContinuousClock.Instant
  private let state = Mutex(State())

  /// - Parameter mostBuckets: how many callers and tools are told apart; beyond, they share one bucket for each limit.
  init(
    _ limits: [RateLimit], mostBuckets: Int = 20_000, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
  ) {
    self.limits = limits
    self.mostBuckets = mostBuckets
    self.now = now
  }

  /// Counts a request; when it is one too many nothing is counted, and how long to wait is returned.
  /// - Parameter tool: the tool it calls, if it calls one.
  func take(_ principal: String, tool: String?) -> Duration? {
    let now = now()
    return state.withLock { state in
      var changes: [(Key, ContinuousClock.Instant)] = []
      for (index, limit) in limits.enumerated() {
        guard let key = key(index, limit, principal, tool) else { continue }
        let known = bucket(key, &state, now)
        let full = max(state.full[known] ?? now, now) + limit.cost
        let capacity = limit.cost * limit.burst
        if full - now > capacity { return full - now - capacity }
        changes.append((known, full))
      }
      for (key, full) in changes { state.full[key] = full }
      return nil
    }
  }

  /// Takes back what was counted, because the request will be counted again.
  func giveBack(_ principal: String, tool: String?) {
    state.withLock { state in
      for (index, limit) in limits.enumerated() {
        guard let key = key(index, limit, principal, tool), let full = state.full[key] else { continue }
        state.full[key] = full - limit.cost
      }
    }
  }

  private func key(_ index: Int, _ limit: RateLimit, _ principal: String, _ tool: String?) -> Key? {
    guard let pattern = limit.tools else { return Key(limit: index, principal: principal, tool: nil) }
    guard let tool, Glob.matches(pattern, tool) else { return nil }
    return Key(limit: index, principal: principal, tool: tool)
  }

  /// The bucket of a key, or the one shared by all for whom there is no room.
  private func bucket(_ key: Key, _ state: inout State, _ now: ContinuousClock.Instant) -> Key {
    guard state.full.count >= mostBuckets, state.full[key] == nil else { return key }
    if state.swept.map({ now - $0 >= .seconds(1) }) ?? true {
      state.swept = now
      state.full = state.full.filter { $0.value > now }
      if state.full.count < mostBuckets { return key }
    }
    return Key(limit: key.limit, principal: "", tool: nil)
  }
}
