// SPDX-License-Identifier: Apache-2.0

/// What one event stream of the legacy era left behind, so that another connection can go on where it broke off.
/// Decides, and does nothing.
///
/// Spec: 2025-11-25, basic/transports, "Resumability and Redelivery".
struct StreamRecovery {
  /// What to send as `Last-Event-ID`; nil when the server never named an event.
  private(set) var lastEventID: String?
  /// How long the server wants us to wait before we come back.
  private var retry: Duration?
  /// How many connections failed since something came.
  private var failures = 0
  /// How many connections ended since something came.
  private var emptyStreams = 0
  private let limit: Int

  /// - Parameter limit: how many attempts to connect may fail one after the other.
  init(limit: Int) { self.limit = limit }

  /// Whether another connection can go on.
  var canResume: Bool { lastEventID != nil }

  /// Remembers what a stream said about itself.
  mutating func saw(lastEventID id: String?, retry milliseconds: Int?) {
    if let id { lastEventID = id.isEmpty ? nil : id }
    // A day is for ever; more would overflow.
    if let milliseconds { retry = .milliseconds(min(milliseconds, 86_400_000)) }
  }

  /// Something came: the connection is of use.
  mutating func sawEvent() { (failures, emptyStreams) = (0, 0) }

  /// The connection ended or broke: how long to wait before the next.
  mutating func delayAfterEnd() -> Duration {
    emptyStreams += 1
    return max(retry ?? Backoff.delay(after: emptyStreams), .milliseconds(10))
  }

  /// An attempt to connect failed: how long to wait before the next; nil after too many.
  mutating func delayAfterFailure() -> Duration? {
    failures += 1
    guard failures < limit else { return nil }
    return max(retry ?? .zero, Backoff.delay(after: failures))
  }
}
