// SPDX-License-Identifier: Apache-2.0

/// The one connection on which a stream of a session is sent at the moment.
protocol StreamListener: AnyObject, Sendable {
  /// Something new is in the log.
  func ring()
  /// Another connection carries the stream from now on: nothing more is to be sent.
  func giveWay()
  /// The stream is to end; the client may come back after a while.
  func end(retryAfter pause: Duration)
  /// The session is over.
  func sessionEnded()
}
