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
  private let announce: @Sendable (ServerQuestion, _ number: Int, _ isAlone: Bool) -> Void

  /// - Parameter announce: says that a question waits, which number it has, and whether no other does.
  init(announce: @escaping @Sendable (ServerQuestion, _ number: Int, _ isAlone: Bool) -> Void) {
    self.announce = announce
  }

  /// Whether a call runs that the user waits for.
  func setForeground(_ isForeground: Bool) { state.withLock { $0.isForeground = isForeground } }

  /// Waits for the question's turn; what is returned is called when it was answered.
  func admit(_ question: ServerQuestion) async throws -> @Sendable () -> Void {
    let (waiting, isAlone) = state.withLock { state -> (Waiting?, Bool) in
      guard !state.isForeground else { return (nil, false) }
      let waiting = Waiting(number: state.next, admitted: Promise(), over: Promise())
      state.next += 1
      state.waiting.append(waiting)
      return (waiting, state.waiting.count == 1)
    }
    guard let waiting else { return {} }
    announce(question, waiting.number, isAlone)
    let isAdmitted = await waiting.admitted.value(onCancel: false)
    state.withLock { $0.waiting.removeAll { $0.number == waiting.number } }
    guard isAdmitted, !Task.isCancelled else {
      waiting.over.keep(())
      throw CancellationError()
    }
    return { waiting.over.keep(()) }
  }

  /// Has a question asked, the oldest unless another is named, and waits until that is over.
  /// - Returns: whether there was one.
  func respond(to number: Int?) async -> Bool {
    let found = state.withLock { state -> Waiting? in
      guard let index = state.waiting.firstIndex(where: { number == nil || $0.number == number }) else { return nil }
      return state.waiting.remove(at: index)
    }
    guard let waiting = found else { return false }
    waiting.admitted.keep(true)
    await waiting.over.value(onCancel: ())
    return true
  }
}
