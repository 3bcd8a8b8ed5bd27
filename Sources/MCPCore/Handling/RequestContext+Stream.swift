// SPDX-License-Identifier: Apache-2.0

extension RequestContext {
  /// Ends the connection on which the request is being answered, while the handler goes on: for calls that take so long
  /// that a connection should not be held open for them. The client comes back for the answer, and for what is said until
  /// then.
  ///
  /// Only over Streamable HTTP in revision 2025-11-25, and only for a client that reads event streams; elsewhere nothing
  /// happens. Spec: 2025-11-25, basic/transports, "Sending Messages to the Server".
  /// - Parameter retryAfter: how long the client is asked to wait before it comes back.
  /// - Returns: whether the connection was ended.
  @discardableResult
  public func closeStream(retryAfter: Duration = .seconds(1)) async -> Bool {
    guard isOpen else { return false }
    return await sink.closeStream(retryAfter: retryAfter)
  }
}
