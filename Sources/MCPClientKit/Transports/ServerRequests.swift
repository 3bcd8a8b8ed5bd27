// SPDX-License-Identifier: Apache-2.0
import EventIO
import MCPCore
import Observability
import Synchronization

/// Answers what a legacy server asks, several requests at once, while the transport reads on: the answer to one may
/// depend on what comes next.
///
/// What is beyond the limits is dropped without a word: an answer to each would make of a server's flood one of ours.
final class ServerRequests: Sendable {
  typealias Send = @Sendable (Response) async -> Void

  private struct State {
    var underWay: [RequestID: Task<Void, Never>] = [:]
    var waiting: [(request: Request, send: Send)] = []
    var dropped = 0
    var isClosed = false
  }

  private let limits: ClientOptions.Limits
  private let asked: @Sendable (Request) async -> Response
  private let logger: Logger
  private let state = Mutex(State())

  init(_ limits: ClientOptions.Limits, _ events: TransportEvents) {
    self.limits = limits
    asked = events.asked
    logger = events.logger
  }

  /// Answers `request` through `send`, now or when it is its turn.
  func answer(_ request: Request, through send: @escaping Send) {
    let dropped = state.withLock { state -> Int? in
      let isRepeated = state.underWay[request.id] != nil || state.waiting.contains { $0.request.id == request.id }
      guard !state.isClosed, !isRepeated, state.waiting.count < limits.waitingServerRequests else {
        state.dropped += 1
        return state.dropped
      }
      state.waiting.append((request, send))
      beginNext(&state)
      return nil
    }
    // Once in a while, lest the log be the flood.
    if let dropped, dropped & (dropped - 1) == 0 {
      logger.warning("dropped requests of the server, which asks too much at once", [("dropped", "\(dropped)")])
    }
  }

  /// The server no longer wants to know: the answer is not sent.
  func cancel(_ notification: Message.Notification) {
    guard notification.method == .cancelled, let id = notification.params["requestId"].flatMap(RequestID.init(json:))
    else { return }
    let task = state.withLock { state in
      state.waiting.removeAll { $0.request.id == id }
      return state.underWay[id]
    }
    task?.cancel()
  }

  /// Lets answers that are under way be sent within `grace`, breaks the rest off, and waits until nothing is left.
  func close(within grace: Duration) async {
    let tasks = state.withLock { state in
      state.isClosed = true
      state.waiting = []
      return Array(state.underWay.values)
    }
    guard !tasks.isEmpty else { return }
    _ = await within(grace) { for task in tasks { await task.value } }
    for task in tasks { task.cancel() }
    for task in tasks { await task.value }
  }

  private func beginNext(_ state: inout State) {
    while !state.waiting.isEmpty, state.underWay.count < limits.serverRequests {
      let (request, send) = state.waiting.removeFirst()
      // Over when the answer is sent or withdrawn, and at the latest in `close`.
      state.underWay[request.id] = Task { [self] in
        let response = await asked(request)
        if !Task.isCancelled { await send(response) }
        self.state.withLock { state in
          state.underWay[request.id] = nil
          if !state.isClosed { beginNext(&state) }
        }
      }
    }
  }
}
