// SPDX-License-Identifier: Apache-2.0
import EventIO
import Synchronization

/// A handler made of a closure.
struct Answering: HTTPHandler, HTTPRoute {
  let answer: @Sendable (HTTPRequest, HTTPResponder) async -> Void

  init(_ answer: @escaping @Sendable (HTTPRequest, HTTPResponder) async -> Void) { self.answer = answer }

  func respond(to request: HTTPRequest, through response: HTTPResponder) -> HTTPWork? {
    { await answer(request, response) }
  }

  /// Says what it was asked.
  static let echo = Answering { request, response in
    await response.send(.ok, headers: Echo.headers, body: Echo.body(request))
  }
}

/// Says what it was asked: at once, after a while, or now one and now the other.
enum Echo: HTTPHandler, HTTPRoute, CaseIterable {
  case atOnce, later, mixed

  func respond(to request: HTTPRequest, through response: HTTPResponder) -> HTTPWork? {
    let isLate = self == .later || (self == .mixed && request.path.utf8.count.isMultiple(of: 2))
    guard isLate else { return response.answer(.ok, headers: Self.headers, body: Self.body(request)) }
    return {
      await Task.yield()
      await response.send(.ok, headers: Self.headers, body: Self.body(request))
    }
  }

  static let headers: HTTPHeaders = ["Content-Type": "text/plain"]
  static func body(_ request: HTTPRequest) -> [UInt8] {
    [UInt8]("\(request.method) \(request.path) \(String(decoding: request.body, as: UTF8.self))".utf8)
  }
}

/// Runs a server on a port of its own for as long as `body` takes.
func withServer(
  _ handler: any HTTPHandler = Answering.echo, loops: Int = 1, tls: TLSKeeper? = nil,
  limits change: (inout HTTPLimits) -> Void = { _ in },
  _ body: (SocketAddress, HTTPServer) async throws -> Void
) async throws {
  var limits = HTTPLimits()
  change(&limits)
  let server = try HTTPServer(handler: handler, limits: limits, loops: loops, tls: tls)
  let addresses = try server.start(host: "127.0.0.1", port: 0)
  do {
    try await body(addresses[0], server)
  } catch {
    await server.shutdown(within: .zero)
    throw error
  }
  await server.shutdown(within: .zero)
}

/// A peer, and what it gets for sending `text` and nothing more.
func answer(to text: String, at address: SocketAddress) async throws -> String {
  let peer = try RawPeer(address)
  try await peer.send(text)
  peer.endSending()
  return try await peer.readToEnd()
}

/// Something that happens once, awaited from elsewhere.
final class Event: Sendable {
  private struct State {
    var hasHappened = false
    var waiters: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Mutex(State())

  var hasHappened: Bool { state.withLock { $0.hasHappened } }

  func happen() {
    let waiters = state.withLock { state in
      defer { state = State(hasHappened: true) }
      return state.waiters
    }
    for waiter in waiters { waiter.resume() }
  }

  func wait() async {
    await withCheckedContinuation { waiter in
      let hasHappened = state.withLock { state in
        if !state.hasHappened { state.waiters.append(waiter) }
        return state.hasHappened
      }
      if hasHappened { waiter.resume() }
    }
  }
}
