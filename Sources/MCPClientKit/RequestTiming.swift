// SPDX-License-Identifier: Apache-2.0
public import MCPCore

/// When what happened to a request, for people who want to know where the time goes.
public struct RequestTiming: Sendable, Hashable {
  /// What was asked.
  public let method: Method
  /// When it was begun.
  public let start: ContinuousClock.Instant
  /// When its answer was there, or given up.
  public let end: ContinuousClock.Instant
  /// What was reached on the way; nil without HTTP.
  public let phases: Phases?

  /// When what was reached over HTTP, since the request's start; nil for what it did not need, as on a kept connection.
  public struct Phases: Sendable, Hashable {
    /// The name was looked up.
    public var resolved: Duration?
    /// The connection was there.
    public var connected: Duration?
    /// TLS was agreed on.
    public var secured: Duration?
    /// The head of the response came.
    public var firstByte: Duration?
    /// The first event of a stream came.
    public var firstEvent: Duration?

    /// Makes phases of which nothing is known.
    public init() {}
  }

  /// Makes a timing; tests do.
  public init(
    method: Method, start: ContinuousClock.Instant, end: ContinuousClock.Instant, phases: Phases? = nil
  ) {
    self.method = method
    self.start = start
    self.end = end
    self.phases = phases
  }
}
