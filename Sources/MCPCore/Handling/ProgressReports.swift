// SPDX-License-Identifier: Apache-2.0

/// What is said about the progress of one request: it only grows, and leaves in the order in which it grew.
///
/// Whoever reports while a report is on its way leaves its own with the one who sends; of several, the newest counts.
struct ProgressReports {
  /// How far the request has come.
  private(set) var latest = -Double.infinity
  private var isSending = false
  private var waiting: Message.Notification?

  /// Whether the caller is to send `notification`, and then whatever `sent` returns.
  mutating func report(_ done: Double, _ notification: Message.Notification) -> Bool {
    guard done > latest else { return false }
    latest = done
    guard isSending else {
      isSending = true
      return true
    }
    waiting = notification
    return false
  }

  /// What came up while the last report was sent, to be sent next.
  mutating func sent() -> Message.Notification? {
    defer { waiting = nil }
    isSending = waiting != nil
    return waiting
  }
}
