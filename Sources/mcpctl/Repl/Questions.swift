// SPDX-License-Identifier: GPL-3.0-or-later
import EventIO
import MCPClientKit
import Synchronization

/// Lets a server's question be asked while a call runs in the foreground; others, of background jobs, wait for `\respond`.
final class Questions: Sendable {
  private struct Waiting {
    let number: Int
    let admitted: Promise<Bool>
    let over: Promise<Void>
  }

  private struct State {
    var isForeground = false
    var next = 1
    var waiting: [Waiting] = []
  }

  private let state = Mutex(State())
  private let announce: @Sendable (ServerQuestion) -> Void

  /// - Parameter announce: says that a question waits.
  init(announce: @escaping @Sendable (ServerQuestion) -> Void) { self.announce = announce }

  /// Whether a call runs that the user waits for.
  func setForeground(_ isForeground: Bool) { state.withLock { $0.isForeground = isForeground } }

  /// Waits for the question's turn; what is returned is called when it was answered.
  func admit(_ question: ServerQuestion) async throws -> @Sendable () -> Void {
    let waiting = state.withLock { state -> Waiting? in
      guard !state.isForeground else { return nil }
      let waiting = Waiting(number: state.next, admitted: Promise(), over: Promise())
      state.next += 1
      state.waiting.append(waiting)
      return waiting
    }
    guard let waiting else { return {} }
    announce(question)
    let isAdmitted = await waiting.admitted.value(onCancel: false)
    state.withLock { $0.waiting.removeAll { $0.number == waiting.number } }
    guard isAdmitted, !Task.isCancelled else {
      waiting.over.keep(())
      throw CancellationError()
    }
    return { waiting.over.keep(()) }
  }

  /// Has the oldest question asked, and waits until that is over.
  /// - Returns: whether there was one.
  func respond() async -> Bool {
    guard let waiting = state.withLock({ $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }) else { return false }
    waiting.admitted.keep(true)
    await waiting.over.value(onCancel: ())
    return true
  }
}
