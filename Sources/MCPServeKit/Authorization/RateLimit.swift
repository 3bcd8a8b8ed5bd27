// SPDX-License-Identifier: Apache-2.0

/// How often each caller may ask. Callers nobody knows, because they do not have to say who they are, are counted together.
public struct RateLimit: Sendable, Hashable {
  /// How many requests.
  public var count: Int
  /// In how long a time.
  public var interval: Duration
  /// How many may come at once after a pause. Default: as many as `count`.
  public var burst: Int
  /// The tools whose calls are counted, as a pattern with `*` and `?`, each tool for itself; nil counts all requests
  /// together.
  public var tools: String?

  /// Makes a limit: at least one request in at least a millisecond.
  public init(_ count: Int, per interval: Duration = .seconds(1), burst: Int? = nil, ofTools tools: String? = nil) {
    self.count = max(count, 1)
    self.interval = max(interval, .milliseconds(1))
    self.burst = max(burst ?? count, 1)
    self.tools = tools
  }

  /// How long one request takes to be forgotten.
  var cost: Duration { interval / count }
}
