// SPDX-License-Identifier: Apache-2.0

/// What a peer may cost a server, at most.
package struct HTTPLimits: Sendable {
  /// Request line and header fields together, in bytes; beyond: 431. At most 60 KiB.
  package var headerBytes = 32 * 1024
  /// Header fields of a request; beyond: 431.
  package var headerCount = 100
  /// The request target, in bytes; beyond: 414.
  package var targetBytes = 8 * 1024
  /// The target whose POST has no body when it says nothing of one, as `curl -X POST` sends it; others: 411.
  package var bodilessTarget: String?
  /// The body of a request, in bytes; beyond: 413.
  package var bodyBytes = 10 * 1024 * 1024
  /// Open connections, over all loops; beyond: 503.
  package var connections = 10_000
  /// Open connections of one IPv4 address, or of the /64 of an IPv6 one; beyond: 429. Nil has no limit of its own.
  package var connectionsPerAddress: Int?
  /// Proxies, whose connections are many people's: they are not counted by address.
  package var uncountedAddresses: [AddressRange] = []
  /// Requests that may wait on a connection for earlier ones; beyond, the connection is not read from.
  package var pipelinedRequests = 16
  /// What may wait to be sent on a connection, in bytes, before a writer has to wait.
  package var streamBytes = 1024 * 1024

  /// For a new connection to agree on TLS; then it is cut off.
  package var handshakeTime: Duration = .seconds(10)
  /// For the whole head of a request, and for a new connection's first byte: 408.
  package var headerTime: Duration = .seconds(10)
  /// Between two pieces of a body: 408.
  package var bodyPauseTime: Duration = .seconds(30)
  /// For a whole body: 408.
  package var bodyTime: Duration = .seconds(300)
  /// Between two requests on a connection; then it is closed.
  package var idleTime: Duration = .seconds(75)
  /// For a peer to take some of what waits for it; then it is cut off.
  package var writeStallTime: Duration = .seconds(30)
  /// For a handler to begin its answer: 503, and its task is cancelled. Nil waits for as long as it takes.
  package var answerTime: Duration? = .seconds(600)
  /// For a peer to read the last response of a connection that is closed early.
  package var lingerTime: Duration = .seconds(2)

  package init() {}
}
