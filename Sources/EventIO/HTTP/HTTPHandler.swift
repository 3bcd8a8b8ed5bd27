// SPDX-License-Identifier: Apache-2.0

/// What is left to do to answer a request.
package typealias HTTPWork = @Sendable () async -> Void

/// Chooses who answers requests.
package protocol HTTPHandler: Sendable {
  /// Who answers requests with this head. Called on a loop, and not again while a connection repeats its head, where that
  /// is noticed: the result must depend on the head alone.
  func route(for head: HTTPHead) -> any HTTPRoute
  /// Name, in lower case, of a field that says nothing about who answers: `route(for:)` does not look at it, and heads that
  /// differ in its value alone have one route. Nil when there is none.
  var freeField: StaticString? { get }
}

extension HTTPHandler {
  package var freeField: StaticString? { nil }
}

/// Answers the requests of one head. It is called on a loop, so it must not block.
package protocol HTTPRoute: Sendable {
  /// Answers one request through `response` and returns nil, or returns the work that will.
  ///
  /// When both have ended without an answer a 500 is sent; ending in the middle of a stream breaks the connection off,
  /// so that the peer sees that something is missing.
  func respond(to request: HTTPRequest, through response: HTTPResponder) -> HTTPWork?
  /// Sent with every answer, whatever it is.
  var fields: HTTPHeaders { get }
  /// Whether `HTTPHandler.route(for:)` would choose the same today; a connection that repeats its head asks again otherwise.
  var isCurrent: Bool { get }
}

extension HTTPRoute {
  package var fields: HTTPHeaders { [:] }
  package var isCurrent: Bool { true }
}

extension HTTPHandler where Self: HTTPRoute {
  /// The same for every head.
  package func route(for head: HTTPHead) -> any HTTPRoute { self }
}

/// The way back to the peer for one request. May be used from anywhere, until the route's work has ended.
///
/// On the loop that serves the connection, where handlers start, no call leaves the thread. After the answer, or when
/// the connection is gone, `send`, `startStream` and `finish` do nothing and `write` throws.
package struct HTTPResponder: Sendable {
  let server: HTTPServerLoop
  let slot: Int
  let serial: UInt64

  /// Sends a whole response; the body of a HEAD's answer is left out. Returns when most of it is on its way.
  ///
  /// `Content-Length`, `Date` and `Connection` are added; `Connection: close` among `headers` is obeyed.
  package func send(_ status: HTTPStatus, headers: HTTPHeaders = [:], body: [UInt8] = []) async {
    let isBacklogged = await onLoop { $0.send(status, headers, body, to: self) }
    if isBacklogged { await server.roomToSend(0, to: self) }
  }

  /// Sends a whole response from the loop, where routes are called: the same without suspending. Work is left when the
  /// peer is slow.
  package func answer(_ status: HTTPStatus, headers: HTTPHeaders = [:], body: [UInt8] = []) -> HTTPWork? {
    guard server.loop.isCurrent else { return { await send(status, headers: headers, body: body) } }
    guard server.shared.value.send(status, headers, body, to: self) else { return nil }
    return { await server.roomToSend(0, to: self) }
  }

  /// Sends the head of a response whose body comes in pieces.
  package func startStream(_ status: HTTPStatus, headers: HTTPHeaders = [:]) async {
    await onLoop { $0.startStream(status, headers, to: self) }
  }

  /// Sends a piece of a stream's body. Waits while more than `HTTPLimits.streamBytes` wait for the peer.
  ///
  /// - Throws: `IOError` `.closed` when the peer is gone or has read nothing for `HTTPLimits.writeStallTime`.
  package func write(_ bytes: [UInt8]) async throws(IOError) {
    while true {
      switch await onLoop({ $0.write(bytes, to: self) }) {
      case .written: return
      case .mustWait: await server.roomToSend(bytes.count, to: self)
      case .closed: throw IOError(.closed, "the peer is gone, or the answer is complete")
      }
    }
  }

  /// Ends a stream.
  package func finish() async {
    await onLoop { $0.finish(self) }
  }

  /// Calls `action` on the loop, at most once, when the peer is gone or has ended its sending side, or when the
  /// server gives the connection up, before the answer is complete. At once if that has happened already.
  ///
  /// A peer may end its sending side and still read, so an answer sent afterwards may arrive. One action per request.
  package func onDisconnect(_ action: @escaping @Sendable () -> Void) {
    soonOnLoop { $0.onDisconnect(action, of: self) }
  }

  /// Calls `action` on the loop, at most once, when the server shuts down before the answer is complete: the moment
  /// to finish a stream. At once if it does already. One action per request.
  package func onShutdown(_ action: @escaping @Sendable () -> Void) {
    soonOnLoop { $0.onShutdown(action, of: self) }
  }

  /// Whether the answer can still be begun or continued.
  package var isOpen: Bool {
    get async { await onLoop { $0.isOpen(self) } }
  }

  /// Runs `body` on the loop, without suspending when this is its thread already.
  ///
  /// An `await` of the server's actor would cost two changes of executor even then.
  @inline(__always)
  private func onLoop<Result: Sendable>(_ body: @Sendable (HTTPLoopState) -> Result) async -> Result {
    if server.loop.isCurrent { return body(server.shared.value) }
    return await server.perform(body)
  }

  private func soonOnLoop(_ body: @escaping @Sendable (HTTPLoopState) -> Void) {
    guard !server.loop.isCurrent else { return body(server.shared.value) }
    server.loop.execute { body(server.shared.value) }
  }
}
