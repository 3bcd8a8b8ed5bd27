// SPDX-License-Identifier: Apache-2.0
import EventIO
import MCPCore

/// Ends a stream when whoever listens to it would not be let in any more: the token is over, or the rules have changed.
final class StreamWatch: Beating {
  private let gate: HTTPGate
  private let principal: Principal?
  private let version: Int
  private let stop: @Sendable () -> Void

  init(_ gate: HTTPGate, _ principal: Principal?, stop: @escaping @Sendable () -> Void) {
    self.gate = gate
    self.principal = principal
    version = gate.version
    self.stop = stop
  }

  func beat() {
    if let admission = gate.admissionAtHand() { return judge(admission) }
    // Nobody waits for it: fetching keys has deadlines, and a stream that has ended is not hurt by being stopped.
    Task { judge(await gate.admission()) }
  }

  private func judge(_ admission: HTTPGate.Admission) {
    switch admission {
    // With other scopes, or other rules, it may be told less than was settled when it began: the client comes again.
    case .granted(let now):
      if now?.name != principal?.name || now?.scopes != principal?.scopes || gate.version != version { stop() }
    // That it cannot be told now ends nothing.
    case .refused(let answer): if answer.status != .serviceUnavailable { stop() }
    }
  }
}
