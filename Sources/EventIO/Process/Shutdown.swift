// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The order in which a child is asked to end: close its input, then SIGTERM, then SIGKILL to its group.
///
/// Spec: every revision, basic/lifecycle (2026-07-28: basic/transports/stdio), "Shutdown".
package struct Shutdown: Sendable {
  /// How long each request to end is given before the next, harder one.
  package struct Grace: Sendable, Hashable {
    /// After its standard input was closed. Default 2 s.
    package var afterInputClosed: Duration
    /// After SIGTERM. Default 2 s.
    package var afterTerminate: Duration
    /// After SIGKILL; only a process stuck in the kernel outlasts it. Default 2 s.
    package var afterKill: Duration

    package init(
      afterInputClosed: Duration = .seconds(2), afterTerminate: Duration = .seconds(2),
      afterKill: Duration = .seconds(2)
    ) {
      self.afterInputClosed = afterInputClosed
      self.afterTerminate = afterTerminate
      self.afterKill = afterKill
    }

    package static let `default` = Grace()
    /// Kills at once.
    package static let none = Grace(afterInputClosed: .zero, afterTerminate: .zero)
  }

  enum Action: Equatable {
    case closeInput
    case signal(Int32)
    /// It outlived SIGKILL: nobody waits for it any longer, though it is still reaped when it ends.
    case giveUp
  }

  private enum Stage { case running, inputClosed, terminated, killed, givenUp }

  private var stage = Stage.running
  private var grace = Grace.default
  /// When `deadlinePassed` is to be called next; nil when nothing is pending.
  private(set) var deadline: ContinuousClock.Instant?

  var hasBegun: Bool { stage != .running }

  /// Starts the sequence; nil when it runs already. Impatience counts: a later, shorter grace replaces the first.
  mutating func begin(_ grace: Grace, at now: ContinuousClock.Instant) -> Action? {
    self.grace = grace
    guard stage == .running else {
      deadline = deadline.map { min($0, now.advanced(by: remaining)) }
      return nil
    }
    stage = .inputClosed
    deadline = now.advanced(by: remaining)
    return .closeInput
  }

  /// The next, harder request, when the deadline has passed.
  mutating func deadlinePassed(at now: ContinuousClock.Instant) -> Action? {
    guard let deadline, now >= deadline else { return nil }
    switch stage {
    case .running, .givenUp: return nil
    case .inputClosed: return enter(.terminated, .signal(SIGTERM), now)
    case .terminated: return enter(.killed, .signal(SIGKILL), now)
    case .killed: return enter(.givenUp, .giveUp, now)
    }
  }

  private mutating func enter(_ next: Stage, _ action: Action, _ now: ContinuousClock.Instant) -> Action {
    stage = next
    deadline = next == .givenUp ? nil : now.advanced(by: remaining)
    return action
  }

  private var remaining: Duration {
    switch stage {
    case .inputClosed: grace.afterInputClosed
    case .terminated: grace.afterTerminate
    case .running, .killed, .givenUp: grace.afterKill
    }
  }
}
