// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Counts requests against limits, as token buckets do: a bucket is remembered by the moment it will be full again, and
/// forgotten then.
///
/// Names of tools come from whoever calls them, so a caller has a bucket for each tool there is and one for all there are not,
/// and where nobody knows which there are, at most so many.
final class RateLimiter: Sendable {
  typealias Instant = ContinuousClock.Instant

  /// A caller, as one limit knows it.
  private struct Caller: Hashable {
    let limit: Int
    let name: String
  }

  /// Which bucket of a caller it is.
  private enum Bucket {
    case whole
    case tool(String)
    /// Of the tools that have none of their own.
    case otherTools
  }

  private struct Buckets {
    /// When each is full again.
    var whole: Instant?
    var tools: [String: Instant] = [:]
    var otherTools: Instant?

    subscript(bucket: Bucket) -> Instant? {
      get {
        switch bucket {
        case .whole: whole
        case .tool(let name): tools[name]
        case .otherTools: otherTools
        }
      }
      set {
        switch bucket {
        case .whole: whole = newValue
        case .tool(let name): tools[name] = newValue
        case .otherTools: otherTools = newValue
        }
      }
    }

    var count: Int { tools.count + (whole == nil ? 0 : 1) + (otherTools == nil ? 0 : 1) }

    mutating func forget(at now: Instant) {
      if let time = whole, time <= now { whole = nil }
      if let time = otherTools, time <= now { otherTools = nil }
      if !tools.isEmpty { tools = tools.filter { $0.value > now } }
    }
  }

  private struct Place {
    let caller: Caller
    let bucket: Bucket
  }

  private struct State {
    var callers: [Caller: Buckets] = [:]
    var count = 0
    var swept: Instant?

    subscript(place: Place) -> Instant? { callers[place.caller]?[place.bucket] }

    mutating func set(_ place: Place, to full: Instant) {
      if callers[place.caller, default: Buckets()][place.bucket] == nil { count += 1 }
      callers[place.caller, default: Buckets()][place.bucket] = full
    }

    /// Forgets what is full.
    mutating func sweep(at now: Instant) {
      swept = now
      count = 0
      for caller in callers.keys {
        callers[caller]?.forget(at: now)
        let left = callers[caller]?.count ?? 0
        if left == 0 { callers[caller] = nil }
        count += left
      }
    }
  }

  let limits: [RateLimit]
  /// Whether it matters which tool is called.
  let countsTools: Bool
  private let mostBuckets: Int
  private let mostTools: Int
  private let now: @Sendable () -> Instant
  private let state = Mutex(State())

  /// - Parameters:
  ///   - mostBuckets: how many callers and tools are told apart; beyond, they share one bucket for each limit.
  ///   - mostTools: how many tools of a caller are told apart; beyond, they share one bucket of that caller.
  init(
    _ limits: [RateLimit], mostBuckets: Int = 20_000, mostTools: Int = 1_000,
    now: @escaping @Sendable () -> Instant = { .now }
  ) {
    self.limits = limits
    countsTools = limits.contains { $0.tools != nil }
    self.mostBuckets = mostBuckets
    self.mostTools = mostTools
    self.now = now
  }

  /// How many buckets there are.
  var bucketCount: Int { state.withLock { $0.count } }

  /// Counts a request; when it is one too many nothing is counted, and how long to wait is returned.
  /// - Parameters:
  ///   - tool: the tool it calls, if it calls one.
  ///   - isKnown: whether there is such a tool, or may be.
  func take(_ principal: String, tool: String?, isKnown: Bool = true) -> Duration? {
    let now = now()
    return state.withLock { state in
      // Apart from the first, so that one limit takes no list.
      var first: (Place, Instant)?
      var others: [(Place, Instant)] = []
      for (index, limit) in limits.enumerated() {
        guard let bucket = bucket(limit, tool, isKnown) else { continue }
        let place = place(bucket, of: Caller(limit: index, name: principal), &state, now)
        let full = max(state[place] ?? now, now) + limit.cost
        let capacity = limit.cost * limit.burst
        if full - now > capacity { return full - now - capacity }
        if first == nil { first = (place, full) } else { others.append((place, full)) }
      }
      if let (place, full) = first { state.set(place, to: full) }
      for (place, full) in others { state.set(place, to: full) }
      return nil
    }
  }

  /// Takes back what was counted just now, because the request will be counted again.
  func giveBack(_ principal: String, tool: String?, isKnown: Bool = true) {
    state.withLock { state in
      for (index, limit) in limits.enumerated() {
        guard let bucket = bucket(limit, tool, isKnown) else { continue }
        // Where it went: while there is no own bucket, there was no room for one.
        let caller = Caller(limit: index, name: principal)
        var places = [Place(caller: caller, bucket: bucket)]
        if case .tool = bucket, state.callers[caller]?.tools.count ?? 0 >= mostTools {
          places.append(Place(caller: caller, bucket: .otherTools))
        }
        places.append(shared(index))
        guard let place = places.first(where: { state[$0] != nil }), let full = state[place] else { continue }
        state.set(place, to: full - limit.cost)
      }
    }
  }

  /// The bucket a limit has for such a request; nil when it is not about it.
  private func bucket(_ limit: RateLimit, _ tool: String?, _ isKnown: Bool) -> Bucket? {
    guard let pattern = limit.tools else { return .whole }
    guard let tool, Glob.matches(pattern, tool) else { return nil }
    return isKnown ? .tool(tool) : .otherTools
  }

  /// Where a bucket is: among those of its caller, or shared when there is no room.
  private func place(_ bucket: Bucket, of caller: Caller, _ state: inout State, _ now: Instant) -> Place {
    let own = Place(caller: caller, bucket: bucket)
    if state[own] != nil { return own }
    if case .tool = bucket, let tools = state.callers[caller]?.tools.count, tools >= mostTools {
      sweep(&state, now)
      if state.callers[caller]?.tools.count ?? 0 >= mostTools { return place(.otherTools, of: caller, &state, now) }
    }
    guard state.count >= mostBuckets else { return own }
    sweep(&state, now)
    return state.count < mostBuckets ? own : shared(caller.limit)
  }

  private func shared(_ limit: Int) -> Place { Place(caller: Caller(limit: limit, name: ""), bucket: .whole) }

  /// Not more often than once a second, because it looks at everything.
  private func sweep(_ state: inout State, _ now: Instant) {
    guard state.swept.map({ now - $0 >= .seconds(1) }) ?? true else { return }
    state.sweep(at: now)
  }
}
