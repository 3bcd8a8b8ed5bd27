// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import Observability

/// Everything a service offers over HTTP, by path.
final class HTTPSite: HTTPHandler {
  private enum Place {
    case streamable
    case events
    case messages
    case toolsList
    case rpc
    case health(String)
  }

  private let service: Service
  private let guards: HTTPGuards
  private let places: [String: Place]
  /// Where nearly all requests go; found without hashing.
  private let usualPath: String?
  private let heartbeat = Heartbeat()
  private let streamable: HTTPEndpoint
  private let legacy: LegacySSEEndpoint
  private let convenience: ConvenienceEndpoint
  private let listener: Int?

  /// - Parameter isLoopback: whether the server listens on loopback only.
  init(_ service: Service, _ options: HTTPOptions, store: any SessionStore, isLoopback: Bool) {
    self.service = service
    guards = HTTPGuards(hosts: options.allowedHosts, origins: options.allowedOrigins, isLoopback: isLoopback)
    streamable = HTTPEndpoint(
      service, store: store, heartbeat: heartbeat, openPaths: Set(options.streamablePaths.dropFirst()))
    legacy = LegacySSEEndpoint(service, messagesPath: options.messagesPath)
    convenience = ConvenienceEndpoint(service: service)
    var places: [String: Place] = [
      "/": .rpc, "/tools/list": .toolsList, "/tools/call": .rpc, "/health": .health("ok"),
      "/actuator/health": .health("UP"),
    ]
    for path in options.streamablePaths { places[path] = .streamable }
    if let path = options.eventsPath {
      places[path] = .events
      places[options.messagesPath] = .messages
    }
    self.places = places
    usualPath = options.streamablePaths.first
    listener = service.changes?.addListener { [streamable, legacy] kind in
      streamable.announce(kind)
      legacy.announce(kind)
    }
  }

  deinit { if let listener { service.changes?.removeListener(listener) } }

  /// To be called every `ServeLimits.keepAlive`: keeps streams alive and lets go of what is idle.
  func beat() {
    heartbeat.beat()
    streamable.sessions.dropIdle()
  }

  func respond(to request: HTTPRequest, through response: HTTPResponder) async {
    guard service.logger.writes(.debug) else { return await send(await answer(request, response), response) }
    let start = ContinuousClock.now
    let answer = await answer(request, response)
    await send(answer, response)
    log(request, answer, ContinuousClock.now - start)
  }

  @inline(__always)
  private func send(_ answer: HTTPAnswer, _ response: HTTPResponder) async {
    if answer.isSent { return }
    if let stream = answer.stream { return await response.send(stream, keptAliveBy: heartbeat) }
    await response.send(answer.status, headers: answer.headers, body: answer.body)
    answer.afterwards?()
  }

  @inline(__always)
  private func answer(_ request: HTTPRequest, _ response: HTTPResponder) async -> HTTPAnswer {
    let path = request.path
    guard let place = path == usualPath ? .streamable : places[path] else {
      return .error(.notFound, RPCError(.invalidRequest, "there is nothing at \(path)"))
    }
    if let refusal = guards.refusal(of: request) { return .error(.forbidden, RPCError(.invalidRequest, refusal)) }
    switch place {
    case .streamable: return await streamable.answer(request, through: response)
    case .events: return legacy.listen(request)
    case .messages: return legacy.take(request)
    case .toolsList where request.method == .get: return await convenience.tools()
    case .toolsList, .rpc:
      return request.method == .post
        ? await convenience.answer(request) : .methodNotAllowed(path == "/tools/list" ? "GET, POST" : "POST")
    case .health(let word):
      guard request.method == .get || request.method == .head else { return .methodNotAllowed("GET, HEAD") }
      return .json(JSON.object(["status": .string(word)]).bytes)
    }
  }

  private func log(_ request: HTTPRequest, _ answer: HTTPAnswer, _ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    service.logger.debug(
      "request",
      [
        ("method", request.method.rawValue), ("path", request.target), ("status", String(answer.status.rawValue)),
        ("bytes", String(answer.body.count)), ("us", String(microseconds)),
        ("session", request.sessionForPeople),
      ])
  }
}

extension HTTPRequest {
  /// The first characters of the session's id: enough for people, too few to use it.
  fileprivate var sessionForPeople: String {
    headers.withValue(of: StandardHeaders.session) { id in
      id.extracting(first: 8).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    } ?? "-"
  }
}
