// SPDX-License-Identifier: Apache-2.0

/// Goes the way to a host step by step, for those who want to know which step fails.
package enum Reach {
  /// The addresses of a host, by the system's resolver.
  package static func addresses(
    of host: String, port: UInt16, within limit: Duration
  ) async throws(IOError) -> [SocketAddress] {
    if let known = try? SocketAddress.addresses(host: host, port: port) { return known }
    let answer = Promise<Result<[SocketAddress], IOError>>()
    HostLookup.addresses(of: host, port: port) { answer.keep($0) }
    let late = IOError(.timeout, "the host '\(host)' was not looked up within \(limit): does the name server answer?")
    return try await (within(limit) { await answer.value(onCancel: .failure(late)) } ?? .failure(late)).get()
  }

  /// Connects, agrees on TLS if wanted, and hangs up.
  /// - Returns: what was agreed on; nil without TLS.
  package static func connect(
    to host: String, port: UInt16, tls: TLSContext?, within limit: Duration
  ) async throws(IOError) -> TLSAgreement? {
    let loop = try EventLoop()
    try loop.start(name: "reach")
    defer { loop.stop() }
    let outcome = Promise<Result<TLSAgreement?, IOError>>()
    loop.execute {
      var limits = StreamLimits()
      limits.connectTime = limit
      let opening = Opening()
      let held = LoopOwned(opening, on: loop)
      // Later, because the stream is still at work when it tells.
      let end: @Sendable () -> Void = { loop.execute { held.value.end() } }
      let listener = ByteStream.Listener(
        opened: {
          outcome.keep(.success(opening.stream?.agreement))
          end()
        }, received: { _ in },
        ended: { error in
          outcome.keep(.failure(error))
          end()
        })
      opening.stream = ByteStream(loop, to: .host(host, port: port), tls: tls, limits: limits, telling: listener)
    }
    let cancelled = IOError(.cancelled, "connecting to \(host) was given up")
    return try await outcome.value(onCancel: .failure(cancelled)).get()
  }

  /// Holds a stream until it is known what became of it. Lives on its loop.
  private final class Opening {
    var stream: ByteStream?

    func end() {
      stream?.close()
      stream = nil
    }
  }
}

/// What two sides agreed on.
package struct TLSAgreement: Sendable, Hashable {
  /// Such as `TLSv1.3`.
  package let version: String
  /// How long the server's certificate is still valid; nil when it is not known.
  package let certificateLifetime: Duration?
}
