// SPDX-License-Identifier: Apache-2.0

/// How long to wait between attempts: twice as long after each failure, up to a bound, and never the same for two clients, so
/// that they do not all come at once.
struct Backoff {
  private let least: Duration
  private let longest: Duration
  private var ceiling: Duration

  init(least: Duration, longest: Duration) {
    self.least = least
    self.longest = longest
    ceiling = least
  }

  /// The pause before the next attempt: between a half and all of what it may be at most.
  mutating func next(using generator: inout some RandomNumberGenerator) -> Duration {
    let pause = ceiling / 2 + ceiling / 2 * Double.random(in: 0...1, using: &generator)
    ceiling = min(ceiling * 2, longest)
    return pause
  }

  /// An attempt has succeeded.
  mutating func reset() { ceiling = least }
}
