// SPDX-License-Identifier: Apache-2.0
import CEvent
import Observability

extension HTTPConnection {
  /// Whether the peer still has to agree on TLS.
  var isShakingHands: Bool { tls?.isEstablished == false }

  /// The socket of a connection over TLS has input, or its end.
  func readable(_ tls: TLSSession) {
    guard tls.isEstablished else { return shakeHands(tls) }
    // What is only discarded need not be deciphered.
    guard !isLingering else {
      return received(cevent_receive(descriptor, shared.input.baseAddress, shared.input.count))
    }
    received(tls.receive(into: shared.input))
    readOn(tls)
  }

  /// What has been deciphered, or waits inside the session, is not announced by the socket.
  func readOn(_ tls: TLSSession) {
    if tls.hasMore, isReading, !isClosed { readWatch?.fire() }
  }

  /// Refuses a connection before anything was said on it; over TLS, where nobody could read why, it is closed.
  func turnAway(_ rejection: HTTPRejection) {
    guard tls != nil else { return refuse(rejection) }
    shared.statistics.rejected += 1
    close()
  }

  private func shakeHands(_ tls: TLSSession) {
    switch tls.shakeHands() {
    case .wantsInput: writeWatch = nil
    case .wantsRoom:
      guard writeWatch == nil else { return }
      writeWatch = Watch(shared.loop, descriptor, for: .writing) { [unowned self] in readable() }
    case .done:
      writeWatch = nil
      inputDeadline = shared.clock + shared.times.header
      parser = HTTPParser(
        remote: remote, isSecure: true, certificate: tls.clientCertificate, freeField: server.handler.freeField)
      // A first request may have come along.
      readable(tls)
    case .notTLS:
      self.tls = nil
      writeWatch = nil
      refuse(HTTPRejection(.badRequest, "this port speaks TLS: use https://"))
    case .failed(let reason):
      shared.statistics.failedHandshakes += 1
      shared.logger.debug("TLS handshake failed", [("remote", remote.description), ("reason", reason)])
      close()
    }
  }
}
