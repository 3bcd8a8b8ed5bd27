// SPDX-License-Identifier: Apache-2.0
import JSONKit
public import MCPCore

/// What one request is given beyond its parameters.
public struct RequestOptions: Sendable {
  /// How long to wait since the request or its last progress; the client's, unless told.
  public var idleTimeout: Duration?
  /// How long to wait in all; the client's, unless told.
  public var totalTimeout: Duration?
  /// Hears how far the request has come; asks the server to tell. Called in order, one at a time; must return quickly.
  public var onProgress: (@Sendable (Progress) -> Void)?
  /// Whether the request may be repeated when its answer was lost: a tool that says it is idempotent or reads only,
  /// of a server you believe. Methods that are harmless whatever the server are repeated anyway.
  public var isIdempotent: Bool
  /// Whether to ask the server even where an earlier answer is still fresh.
  public var ignoresCache: Bool
  /// Whether the server may make a task of a tool's call, which is then waited for: declared where the revision has
  /// tasks, and asked for in 2025-11-25 where the server offers it.
  public var asTask: Bool
  /// Hears how the task is, each time somebody looks.
  public var onTask: (@Sendable (TaskState) -> Void)?
  /// Whether what says that the call became a task is the result, and nobody waits for it.
  public var leavesTask = false
  /// Whether a task goes on whose result is no longer waited for, because of a time-out or a cancellation. By default it
  /// is cancelled.
  public var keepsTask = false

  /// Makes options; each has a default.
  public init(
    idleTimeout: Duration? = nil, totalTimeout: Duration? = nil, onProgress: (@Sendable (Progress) -> Void)? = nil,
    isIdempotent: Bool = false, ignoresCache: Bool = false, asTask: Bool = false,
    onTask: (@Sendable (TaskState) -> Void)? = nil
  ) {
    self.idleTimeout = idleTimeout
    self.totalTimeout = totalTimeout
    self.onProgress = onProgress
    self.isIdempotent = isIdempotent
    self.ignoresCache = ignoresCache
    self.asTask = asTask
    self.onTask = onTask
  }
}

/// How far a request has come.
public struct Progress: Sendable, Hashable {
  /// How much is done; grows.
  public var done: Double
  /// How much there is, when the server knows.
  public var total: Double?
  /// What is being done, for people.
  public var message: String?

  /// Reads the parameters of `notifications/progress`; nil when `progress` is no number.
  init?(_ params: JSONObject) {
    guard let done = params["progress"]?.double else { return nil }
    self.done = done
    total = params["total"]?.double
    message = params["message"]?.string
  }
}
