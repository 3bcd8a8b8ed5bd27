// SPDX-License-Identifier: Apache-2.0
import CTLS

/// TLS over one socket. It lives on the loop of its connection, which keeps the socket.
final class TLSSession {
  /// How far the handshake is.
  enum Progress {
    case done, wantsInput, wantsRoom
    /// The peer speaks HTTP without TLS.
    case notTLS
    case failed(String)
  }

  private let pointer: OpaquePointer
  /// Whether the handshake is done.
  private(set) var isEstablished = false
  /// Whether there was more than `receive` had room for.
  private(set) var hasMore = false

  /// Nil when there is no memory.
  init?(_ context: TLSContext, over descriptor: CInt) {
    guard let pointer = ctls_session_new(context.pointer, descriptor) else { return nil }
    self.pointer = pointer
  }

  /// The side that connects: the server has to show a certificate for `host`. Nil when there is no memory, and when `host` can
  /// be no name.
  init?(_ context: TLSContext, over descriptor: CInt, to host: String) {
    guard let pointer = ctls_client_session_new(context.pointer, descriptor, host) else { return nil }
    self.pointer = pointer
  }

  deinit { ctls_session_free(pointer) }

  /// Goes on with the handshake.
  func shakeHands() -> Progress {
    var reason = [CChar](repeating: 0, count: Int(CTLS_REASON))
    switch ctls_handshake(pointer, &reason) {
    case CTLS_DONE:
      isEstablished = true
      return .done
    case CTLS_WANTS_READ: return .wantsInput
    case CTLS_WANTS_WRITE: return .wantsRoom
    case CTLS_NOT_TLS: return .notTLS
    default: return .failed(String(cText: reason))
    }
  }

  /// Receives what is there, into all of the buffer if need be: the count, 0 at the end, or minus errno.
  func receive(into buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
    var more: CInt = 0
    let count = ctls_receive(pointer, buffer.baseAddress, buffer.count, &more)
    hasMore = more != 0
    return count
  }

  /// Sends, at once unless more follows: the count, or minus errno. What was not taken has to be offered next.
  func send(_ bytes: UnsafeRawPointer?, _ count: Int, hasMore: Bool) -> Int {
    ctls_send(pointer, bytes, count, hasMore ? 1 : 0)
  }

  /// Tells the peer that nothing more comes, so that it can tell the end from a broken connection.
  func endSending() {
    if isEstablished { ctls_end_sending(pointer) }
  }

  /// What was agreed on, such as `TLSv1.3`.
  var version: String { String(cString: ctls_version(pointer)) }

  /// How long the peer's certificate is still valid; nil when it has shown none.
  var peerLifetime: Duration? {
    var seconds: Int64 = 0
    return ctls_peer_ends(pointer, &seconds) == 1 ? .seconds(seconds) : nil
  }

  /// What the client has shown; nil when it was not asked to.
  var clientCertificate: ClientCertificate? {
    var subject = [CChar](repeating: 0, count: Int(CTLS_SUBJECT) + 1)
    var digest = [UInt8](repeating: 0, count: Int(CTLS_DIGEST))
    guard ctls_peer(pointer, &subject, &digest) == 1 else { return nil }
    return ClientCertificate(subject: String(cText: subject), digest: digest)
  }
}
