// SPDX-License-Identifier: Apache-2.0
package import Observability
import Synchronization

/// Feels the pulse of a server's loops: how late each is with what it is asked to do, and what it has done so far. A loop that
/// something blocks says nothing, and keeps nobody waiting.
package final class HTTPServerPulse: Sendable {
  private struct Loop {
    /// When it was asked; nil when it has answered.
    var asked: Moment?
    var statistics = HTTPStatistics()
  }

  private struct State {
    var loops: [Loop]
    var waiters: [Promise<Void>] = []
  }

  private let server: HTTPServer
  private let lag: Histogram
  private let state: Mutex<State>

  /// - Parameter lag: counts how late loops are.
  package init(of server: HTTPServer, lag: Histogram) {
    self.server = server
    self.lag = lag
    state = Mutex(State(loops: Array(repeating: Loop(), count: server.loopCount)))
  }

  /// Asks each loop that has answered the last time.
  package func beat() {
    let now = Moment.now
    let idle = state.withLock { state in
      let idle = state.loops.indices.filter { state.loops[$0].asked == nil }
      for index in idle { state.loops[index].asked = now }
      return idle
    }
    for index in idle {
      server.ask(index) { [self] statistics in
        lag.observe(nanoseconds: now.age)
        answered(index, statistics)
      }
    }
  }

  private func answered(_ index: Int, _ statistics: HTTPStatistics) {
    let waiters = state.withLock { state in
      state.loops[index] = Loop(statistics: statistics)
      guard state.loops.allSatisfy({ $0.asked == nil }) else { return [Promise<Void>]() }
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.keep(()) }
  }

  /// Whether every loop has answered what it was asked.
  package var isAlive: Bool { state.withLock { $0.loops.allSatisfy { $0.asked == nil } } }

  /// For how long each loop has owed an answer.
  package var silences: [Duration] {
    state.withLock { $0.loops.map { $0.asked.map { .nanoseconds($0.age) } ?? .zero } }
  }

  /// What all loops have done, as of now; for those that do not answer in time, as of the last time they did.
  package func statistics(within time: Duration = .milliseconds(500)) async -> HTTPStatistics {
    let waiter = Promise<Void>()
    state.withLock { $0.waiters.append(waiter) }
    beat()
    await waiter.kept(within: time)
    return state.withLock { state in
      state.waiters.removeAll { $0 === waiter }
      return state.loops.map(\.statistics).reduce(HTTPStatistics(), +)
    }
  }
}
