// SPDX-License-Identifier: Apache-2.0
import EventIO
import MCPCore
import Synchronization

/// The session's own stream, on which a legacy server says what belongs to no request.
///
/// Spec: 2025-11-25, basic/transports, "Listening for Messages from the Server".
extension HTTPTransport {
  func listen() async -> ClientError? {
    let isOpen = state.withLock { state in
      if state.isListening || state.isClosed { return true }
      state.isListening = true
      return false
    }
    if isOpen { return nil }
    switch await openStream(after: nil) {
    case .failure(let error):
      state.withLock { $0.isListening = false }
      return error
    case .success(let response):
      state.withLock { state in
        guard state.isListening, !state.isClosed else { return response.body.cancel() }
        state.listening = Task { await follow(response) }  // ends in `stopListening` or `close`
      }
      return nil
    }
  }

  func stopListening() {
    state.withLock { state in
      state.isListening = false
      defer { state.listening = nil }
      return state.listening
    }?.cancel()
  }

  /// Listens on as many connections as it takes.
  private func follow(_ first: HTTPClient.Response) async {
    var recovery = StreamRecovery(limit: options.limits.resumptions)
    var response = first
    while !Task.isCancelled {
      switch await read(response, for: nil, &recovery) {
      case .answered: continue
      case .failed(let error): return gone(error)
      case .cut:
        switch await reopen(&recovery) {
        case .success(let next): response = next
        case .failure(let error): return gone(error)
        }
      }
    }
  }

  private func reopen(_ recovery: inout StreamRecovery) async -> Result<HTTPClient.Response, ClientError> {
    var delay = recovery.delayAfterEnd()
    while true {
      guard (try? await Task.sleep(for: delay)) != nil else { return .failure(closed) }
      let session = sessionID
      switch await openStream(after: recovery.lastEventID) {
      case .success(let response):
        if !recovery.canResume { events.interrupted() }
        return .success(response)
      case .failure(let error):
        if error.code == .sessionLost, session != sessionID { continue }  // there is a new one already
        guard error.mayPassOnReconnecting, let next = recovery.delayAfterFailure() else { return .failure(error) }
        delay = next
      }
    }
  }

  private func gone(_ error: ClientError) {
    let wasWanted = state.withLock { state in
      defer { (state.isListening, state.listening) = (false, nil) }
      return state.isListening && !state.isClosed
    }
    if wasWanted, !Task.isCancelled { events.lost(ObjectIdentifier(self), error) }
  }
}
