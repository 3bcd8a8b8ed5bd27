// SPDX-License-Identifier: Apache-2.0

/// How far a legacy conversation is.
public enum SessionState: String, Sendable, CaseIterable {
  /// Nothing was said yet.
  case uninitialized
  /// `initialize` is being answered.
  case initializing
  /// Requests are welcome; none is in flight.
  case initialized
  /// Requests are in flight.
  case processing
  /// `initialize` failed, or the transport broke.
  case failed
  /// It is over.
  case terminated
}

/// The order of states of a legacy conversation.
///
/// `processing` is not a step of its own: it is `initialized` with requests in flight.
struct Lifecycle: Sendable, Hashable {
  private(set) var step: SessionState

  init(_ step: SessionState = .uninitialized) { self.step = step }

  func state(requestsInFlight: Int) -> SessionState {
    step == .initialized && requestsInFlight > 0 ? .processing : step
  }

  /// Whether `initialize` may begin now.
  mutating func initializeBegan() -> Bool {
    guard step == .uninitialized || step == .failed else { return false }
    step = .initializing
    return true
  }

  mutating func initializeEnded(success: Bool) {
    if step == .initializing { step = success ? .initialized : .failed }
  }

  mutating func failed() { if step != .terminated { step = .failed } }

  mutating func terminated() { step = .terminated }
}
