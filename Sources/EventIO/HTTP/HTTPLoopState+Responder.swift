// SPDX-License-Identifier: Apache-2.0

/// What responders ask for, on the loop.
extension HTTPLoopState {
  /// What became of a piece of a stream.
  enum WriteOutcome { case written, mustWait, closed }

  /// True when the peer is so slow that the handler should wait for it.
  func send(_ status: HTTPStatus, _ headers: HTTPHeaders, _ body: [UInt8], to responder: HTTPResponder) -> Bool {
    guard let connection = connection(of: responder) else { return false }
    connection.send(status, headers, body)
    return connection.outboxCount > limits.streamBytes
  }

  func startStream(_ status: HTTPStatus, _ headers: HTTPHeaders, to responder: HTTPResponder) {
    connection(of: responder)?.startStream(status, headers)
  }

  func write(_ bytes: [UInt8], to responder: HTTPResponder) -> WriteOutcome {
    guard let connection = connection(of: responder), connection.isOpen else { return .closed }
    guard connection.hasRoom(for: bytes.count) else { return .mustWait }
    connection.write(bytes)
    return .written
  }

  func finish(_ responder: HTTPResponder) {
    connection(of: responder)?.finish()
  }

  func isOpen(_ responder: HTTPResponder) -> Bool { connection(of: responder)?.isOpen ?? false }

  func onDisconnect(_ action: @escaping @Sendable () -> Void, of responder: HTTPResponder) {
    guard let connection = connection(of: responder), !connection.hasInputEnded else { return action() }
    connection.disconnectAction = action
  }

  func onShutdown(_ action: @escaping @Sendable () -> Void, of responder: HTTPResponder) {
    guard !isDraining else { return action() }
    connection(of: responder)?.shutdownAction = action
  }

  func connection(of responder: HTTPResponder) -> HTTPConnection? {
    connection(responder.slot, serial: responder.serial)
  }
}
