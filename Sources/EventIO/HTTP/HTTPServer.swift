// SPDX-License-Identifier: Apache-2.0
package import Observability

/// Serves HTTP/1.1 and HTTP/1.0 on one or several loops.
package final class HTTPServer: Sendable {
  private let loops: [HTTPServerLoop]

  /// Makes a server that listens nowhere yet. To be shut down before it is let go.
  ///
  /// - Parameters:
  ///   - loops: how many threads serve; each has its own listening socket and connections.
  ///   - tls: what connections are made secure by; nil speaks HTTP in the clear.
  package init(
    handler: any HTTPHandler, limits: HTTPLimits = HTTPLimits(), loops: Int = 1, tls: TLSKeeper? = nil,
    logger: Logger = .silent
  ) throws(IOError) {
    let files = raiseOpenFileLimit()
    if files < limits.connections + 64 {
      logger.warning(
        "fewer files may be open than connections: raise the limit (ulimit -n)",
        [("files", "\(files)"), ("connections", "\(limits.connections)")])
    }
    let openConnections = OpenConnections()
    var made: [HTTPServerLoop] = []
    for number in 0..<max(1, loops) {
      let loop = try EventLoop()
      try loop.start(name: "http-\(number)")
      made.append(
        HTTPServerLoop(
          loop: loop, handler: handler, limits: limits, logger: logger, openConnections: openConnections, tls: tls))
    }
    self.loops = made
  }

  deinit {
    for server in loops {
      server.loop.execute { server.assumeIsolated { $0.end() } }
      server.loop.stop()
    }
  }

  /// Listens on an address; port 0 lets the system choose one.
  ///
  /// - Returns: the address with its port.
  /// - Throws: `IOError` `.listen` naming the address and why nobody can listen there.
  @discardableResult
  package func start(on address: SocketAddress) throws(IOError) -> SocketAddress {
    let listeners = try Listener.listeners(on: address, count: loops.count)
    for (server, listener) in zip(loops, listeners) {
      server.loop.execute { server.assumeIsolated { $0.listen(on: listener) } }
    }
    return listeners.first?.address ?? address
  }

  /// Listens on a host: an IPv4 or IPv6 literal, or `localhost`, which is both loopback addresses on one port, or
  /// the one this machine has.
  @discardableResult
  package func start(host: String, port: UInt16) throws(IOError) -> [SocketAddress] {
    let addresses = try SocketAddress.addresses(host: host, port: port)
    var bound: [SocketAddress] = []
    for address in addresses {
      do throws(IOError) {
        bound.append(try start(on: address.with(port: bound.first?.port ?? port)))
      } catch {
        // A machine may have no IPv6.
        guard error.isAddressUnavailable, !bound.isEmpty else { throw error }
      }
    }
    return bound
  }

  /// Stops listening. A connection that is open is closed after its next answer, which says so: a proxy that keeps connections then
  /// sends nothing into one that is about to close. `shutdown` is to follow.
  package func stopAccepting() async {
    for server in loops { await server.stopAccepting() }
  }

  /// Stops listening, closes idle connections, tells streams to end (`HTTPResponder.onShutdown`), and waits for the
  /// answers that are under way. What is left after `grace` is cut off and its tasks are cancelled.
  package func shutdown(within grace: Duration) async {
    for server in loops { await server.beginShutdown() }
    guard await !areIdle(within: grace) else { return }
    for server in loops { await server.cutOff() }
    // A handler that ignores its cancellation is left behind.
    _ = await areIdle(within: .seconds(1))
  }

  /// Holds peers to other limits, for connections and requests that begin from now on.
  package func setLimits(_ limits: HTTPLimits) {
    for server in loops { server.loop.execute { server.assumeIsolated { $0.setLimits(limits) } } }
  }

  /// What was done so far, over all loops.
  package var statistics: HTTPStatistics {
    get async {
      var sum = HTTPStatistics()
      for server in loops { sum = sum + (await server.statistics) }
      return sum
    }
  }

  /// How many threads serve.
  package var loopCount: Int { loops.count }

  /// Has a loop call `answer` with what it has done so far.
  func ask(_ index: Int, _ answer: @escaping @Sendable (HTTPStatistics) -> Void) {
    let server = loops[index]
    server.loop.execute { server.assumeIsolated { answer($0.statistics) } }
  }

  /// Whether every loop got rid of its connections in time.
  private func areIdle(within time: Duration) async -> Bool {
    let deadline = ContinuousClock.now + time
    for server in loops {
      guard await server.isIdle(within: ContinuousClock.now.duration(to: deadline)) else { return false }
    }
    return true
  }
}
