// SPDX-License-Identifier: Apache-2.0
public import JSONKit

/// What a handler answers, in the newest revision's shape; dialects spell it for older ones.
public enum Reply: Sendable, Hashable {
  /// The final result, without `resultType` and cache members: the dialect adds those where they belong.
  case complete(JSONObject, cache: CacheHint = CacheHint())
  /// The arguments do not fit the tool's schema; each fault names its argument. Newer revisions answer with a tool
  /// result the model can read, older ones with `invalidParams`.
  case invalidArguments([String])
  /// The client is to answer questions first (2026-07-28). Handlers throw `InputRequired` by asking; this is for those that
  /// pass on what another server asks.
  case inputRequired(InputRequired)
  /// The call goes on as a task (2025-11-25; later by an extension the request declared).
  case task(TaskState)

  /// How long a client may reuse a list or a resource (2026-07-28, server/utilities/caching).
  public struct CacheHint: Sendable, Hashable {
    /// How long the result stays fresh. Default: not at all.
    public var lifetime: Duration
    /// Whether others may be given the same result.
    public var isPublic: Bool

    /// Makes a hint.
    public init(lifetime: Duration = .zero, isPublic: Bool = false) {
      self.lifetime = lifetime
      self.isPublic = isPublic
    }
  }
}
