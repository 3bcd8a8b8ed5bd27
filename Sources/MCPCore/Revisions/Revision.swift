// SPDX-License-Identifier: Apache-2.0

/// A revision of the protocol, oldest first.
public enum Revision: String, CaseIterable, Comparable, Sendable, CustomStringConvertible {
  /// The first: stdio and HTTP+SSE.
  case v20241105 = "2024-11-05"
  /// Streamable HTTP and batches.
  case v20250326 = "2025-03-26"
  /// Structured output, elicitation, no batches.
  case v20250618 = "2025-06-18"
  /// Icons, tasks, JSON Schema 2020-12; the last with a handshake.
  case v20251125 = "2025-11-25"
  /// Stateless: no handshake, no session.
  case v20260728 = "2026-07-28"

  /// The two ways of opening a conversation (spec: basic/versioning).
  public enum Era: String, Sendable {
    /// `initialize` and a session.
    case legacy
    /// Every request says who asks.
    case modern
  }

  /// The era this revision belongs to.
  public var era: Era { self == .v20260728 ? .modern : .legacy }

  /// The revision a peer names; nil when there is none of this name. Asked with every modern request, so the newest
  /// is compared first.
  init?(named name: String) {
    if name == "2026-07-28" { self = .v20260728 } else { self.init(rawValue: name) }
  }

  /// The newest revision with a handshake.
  public static let latestLegacy = Revision.v20251125
  /// The newest revision.
  public static let latest = Revision.v20260728
  /// All revisions with a handshake, oldest first.
  public static let legacy: [Revision] = [.v20241105, .v20250326, .v20250618, .v20251125]
  /// All revisions without one.
  public static let modern: [Revision] = [.v20260728]

  /// Orders by date.
  public static func < (one: Revision, other: Revision) -> Bool { one.rawValue < other.rawValue }
  /// The date, as on the wire.
  public var description: String { rawValue }
}

/// What a revision can say. The only place that compares revisions.
extension Revision {
  /// An error about a request whose id could not be read has no id, not even null.
  public var namesNoUnreadableID: Bool { self >= .v20251125 }
  /// Arrays of messages are understood (2025-03-26 only).
  public var hasBatches: Bool { self == .v20250326 }
  /// Requests over HTTP repeat the revision in a header.
  public var hasVersionHeader: Bool { self >= .v20250618 }
  /// Tool results may carry `structuredContent`.
  public var hasStructuredContent: Bool { self >= .v20250618 }
  /// `structuredContent` and `outputSchema` may be of any type, not only objects.
  public var hasAnyStructuredContent: Bool { self >= .v20260728 }
  /// Content may be audio.
  public var hasAudio: Bool { self >= .v20250326 }
  /// Content may be a link to a resource.
  public var hasResourceLinks: Bool { self >= .v20250618 }
  /// `notifications/progress` may carry a message.
  public var hasProgressMessage: Bool { self >= .v20250326 }
  /// The capability `completions` exists.
  public var hasCompletionsCapability: Bool { self >= .v20250326 }
  /// Arguments that do not fit a tool's schema are the tool's error, not the protocol's.
  public var reportsArgumentFaultsAsResult: Bool { self >= .v20251125 }
  /// Changes are pushed unasked, and resources subscribed to one by one; later both are asked for with
  /// `subscriptions/listen`.
  public var pushesChanges: Bool { era == .legacy }
  /// Clients may be asked to have a form filled in.
  public var hasElicitation: Bool { self >= .v20250618 }
  /// Clients may be asked to have a URL opened, and forms may have titled choices, several choices and defaults.
  public var hasURLElicitation: Bool { self >= .v20251125 }
  /// A URL to open has an id, whose completion is announced, and may be asked for by an error (2025-11-25 only).
  public var hasElicitationIDs: Bool { self == .v20251125 }
  /// Sampling may use tools, and messages may have several blocks.
  public var hasSamplingTools: Bool { self >= .v20251125 }
  /// A stream that broke can be resumed after the last event that arrived.
  public var hasResumption: Bool { hasStreamableHTTP && era == .legacy }
  /// Streams begin with an empty event, and a server may end a connection whose stream goes on.
  public var hasPolling: Bool { self == .v20251125 }
  /// A request may ask to become a task (2025-11-25 only; tasks are an extension since).
  public var hasCoreTasks: Bool { self == .v20251125 }
  /// A tool's call may become a task when its client has the Tasks extension.
  public var hasTasksExtension: Bool { self >= .v20260728 }
  /// The revision speaks Streamable HTTP.
  public var hasStreamableHTTP: Bool { self >= .v20250326 }
}
