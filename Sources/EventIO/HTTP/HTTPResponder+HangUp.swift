// SPDX-License-Identifier: Apache-2.0

extension HTTPResponder {
  /// Ends a stream and the connection with it, while the handler goes on: nothing more can be sent through this.
  package func hangUp() { soonOnLoop { $0?.hangUp() } }

  /// Ends the connection at once, whatever is unsent, because the peer is known to have given it up.
  package func breakOff() { soonOnLoop { $0?.close() } }

  private func soonOnLoop(_ body: @escaping @Sendable (HTTPConnection?) -> Void) {
    guard !server.loop.isCurrent else { return body(server.shared.value.connection(of: self)) }
    server.loop.execute { body(server.shared.value.connection(of: self)) }
  }
}

extension HTTPConnection {
  /// The connection ends, because a further request on it would have to wait for the handler of this one.
  fileprivate func hangUp() {
    guard case .streaming = phase else { return }
    finish()
    phase = .idle
    closeWhenSent()
  }
}
