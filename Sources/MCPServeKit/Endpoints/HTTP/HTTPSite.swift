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
  private let heartbeat = Heartbeat()
  private let streamable: HTTPEndpoint
  private let legacy: LegacySSEEndpoint
  private let convenience: ConvenienceEndpoint
  private let announcements: Announcements

  /// - Parameter isLoopback: whether the server listens on loopback only.
  init(
    _ service: Service, _ options: HTTPOptions, store: any SessionStore, log: any EventLog, isLoopback: Bool
  ) {
    self.service = service
    guards = HTTPGuards(hosts: options.allowedHosts, origins: options.allowedOrigins, isLoopback: isLoopback)
    streamable = HTTPEndpoint(
      service, store: store, log: log, heartbeat: heartbeat, openPaths: Set(options.streamablePaths.dropFirst()))
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
    announcements = Announcements(of: service.announcer, limit: service.limits.announcements)
    // Nobody waits for the task: it ends with the site.
    Task { [announcements, streamable, legacy] in
      while let batch = await announcements.next() {
        for news in batch {
          await streamable.tell(news)
          legacy.tell(news)
        }
      }
    }
  }

  deinit { announcements.end() }

  /// To be called every `ServeLimits.keepAlive`: keeps streams alive, and the sessions that are in use, and lets go of
  /// what is idle.
  func beat() async {
    heartbeat.beat()
    await streamable.sessions.tend()
  }

  /// Which session is spoken to decides nothing about who answers.
  var freeField: StaticString? { "mcp-session-id" }

  /// Who answers requests with this head: most of what speaks against a request is seen here, once for all that repeat it.
  func route(for head: HTTPHead) -> any HTTPRoute {
    let path = head.path
    guard let place = places[path] else {
      return SiteRoute(self) { _ in .ready(.error(.notFound, RPCError(.invalidRequest, "there is nothing at \(path)")))
      }
    }
    if let refusal = guards.refusal(of: head) {
      return SiteRoute(self) { _ in .ready(.error(.forbidden, RPCError(.invalidRequest, refusal))) }
    }
    switch place {
    case .streamable where head.method == .post:
      let terms = PostTerms(head, for: service)
      if let refusal = terms.refusal(of: head) { return SiteRoute(self) { _ in .ready(refusal) } }
      return SiteRoute(self) { [streamable] in streamable.post($0, on: terms) }
    case .streamable: return SiteRoute(self) { [streamable] in streamable.step($0.request) }
    case .events: return SiteRoute(self) { [legacy] in .ready(legacy.listen($0.request)) }
    case .messages: return SiteRoute(self) { [legacy] in .ready(legacy.take($0.request)) }
    case .toolsList where head.method == .get:
      return SiteRoute(self) { [convenience] _ in .work { await convenience.tools() } }
    case .toolsList, .rpc:
      guard head.method == .post else {
        let allowed = path == "/tools/list" ? "GET, POST" : "POST"
        return SiteRoute(self) { _ in .ready(.methodNotAllowed(allowed)) }
      }
      return SiteRoute(self) { [convenience] exchange in .work { await convenience.answer(exchange.request) } }
    case .health(let word):
      guard head.method == .get || head.method == .head else {
        return SiteRoute(self) { _ in .ready(.methodNotAllowed("GET, HEAD")) }
      }
      return SiteRoute(self) { _ in .ready(.json(JSON.object(["status": .string(word)]).bytes)) }
    }
  }

  /// Sends an answer that could be given at once; work is left when more follows, or the peer is slow.
  fileprivate func send(
    _ answer: HTTPAnswer, to exchange: HTTPExchange, since start: ContinuousClock.Instant?
  ) -> HTTPWork? {
    guard case nil = answer.sequel, start == nil else {
      return { [self] in await sendLater(answer, to: exchange, since: start) }
    }
    return exchange.response.answer(answer.status, headers: answer.headers, body: answer.body)
  }

  fileprivate func sendLater(
    _ answer: HTTPAnswer, to exchange: HTTPExchange, since start: ContinuousClock.Instant?
  ) async {
    switch answer.sequel {
    case .sent: break
    case .stream(let stream): await exchange.response.send(stream, keptAliveBy: heartbeat)
    case .action(let action):
      await exchange.response.send(answer.status, headers: answer.headers, body: answer.body)
      action()
    case nil: await exchange.response.send(answer.status, headers: answer.headers, body: answer.body)
    }
    if let start { log(exchange.request, answer, ContinuousClock.now - start) }
  }

  fileprivate var start: ContinuousClock.Instant? { service.logger.writes(.debug) ? .now : nil }

  private func log(_ request: HTTPRequest, _ answer: HTTPAnswer, _ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    service.logger.debug(
      "request",
      [
        ("method", request.method.rawValue), ("path", request.path), ("status", String(answer.status.rawValue)),
        ("bytes", String(answer.body.count)), ("us", String(microseconds)),
        ("session", request.sessionForPeople),
      ])
  }
}

/// One request with the way back to its peer.
struct HTTPExchange: Sendable {
  let request: HTTPRequest
  let response: HTTPResponder
}

/// An answer, or the work that ends in one.
enum HTTPStep {
  case ready(HTTPAnswer)
  case work(@Sendable () async -> HTTPAnswer)
}

/// Answers the requests of one head, and tells the log of them.
private final class SiteRoute: HTTPRoute {
  private let site: HTTPSite
  private let step: @Sendable (HTTPExchange) -> HTTPStep

  init(_ site: HTTPSite, _ step: @escaping @Sendable (HTTPExchange) -> HTTPStep) {
    self.site = site
    self.step = step
  }

  func respond(to request: HTTPRequest, through response: HTTPResponder) -> HTTPWork? {
    let start = site.start
    let exchange = HTTPExchange(request: request, response: response)
    switch step(exchange) {
    case .ready(let answer): return site.send(answer, to: exchange, since: start)
    case .work(let work): return { [site] in await site.sendLater(await work(), to: exchange, since: start) }
    }
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
