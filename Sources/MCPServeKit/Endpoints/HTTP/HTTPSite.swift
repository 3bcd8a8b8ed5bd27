// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import Observability

/// Everything a service offers over HTTP, by path.
final class HTTPSite: HTTPHandler, HTTPRoute {
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
  private let announcements: Announcements

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
    announcements = Announcements(of: service.announcer, limit: service.limits.announcements)
    // Nobody waits for the task: it ends with the site.
    Task { [announcements, streamable, legacy] in
      while let batch = await announcements.next() {
        for news in batch {
          streamable.tell(news)
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

  func respond(to request: HTTPRequest, through response: HTTPResponder) -> HTTPWork? {
    { [self] in await answer(request, through: response) }
  }

  private func answer(_ request: HTTPRequest, through response: HTTPResponder) async {
    let start = service.logger.writes(.debug) ? ContinuousClock.now : nil
    let answer =
      switch step(request) {
      case .ready(let answer): answer
      case .work(let work): await self.answer(request, work, response)
      }
    if let stream = answer.stream {
      await response.send(stream, keptAliveBy: heartbeat)
    } else if !answer.isSent {
      await response.send(answer.status, headers: answer.headers, body: answer.body)
      answer.afterwards?()
    }
    if let start { log(request, answer, ContinuousClock.now - start) }
  }

  private enum Step {
    case ready(HTTPAnswer)
    case work(Work)
  }

  /// Who answers what has to be waited for.
  private enum Work {
    case streamable
    case tools
    case rpc
  }

  /// What can be answered without waiting, streams above all: an idle one keeps the frames it was reached through.
  private func step(_ request: HTTPRequest) -> Step {
    let path = request.path
    guard let place = path == usualPath ? .streamable : places[path] else {
      return .ready(.error(.notFound, RPCError(.invalidRequest, "there is nothing at \(path)")))
    }
    if let refusal = guards.refusal(of: request) {
      return .ready(.error(.forbidden, RPCError(.invalidRequest, refusal)))
    }
    switch place {
    case .streamable:
      guard request.method == .get else { return .work(.streamable) }
      return streamable.listenAtHand(request).map { .ready($0) } ?? .work(.streamable)
    case .events: return .ready(legacy.listen(request))
    case .messages: return .ready(legacy.take(request))
    case .toolsList where request.method == .get: return .work(.tools)
    case .toolsList, .rpc:
      guard request.method == .post else {
        return .ready(.methodNotAllowed(path == "/tools/list" ? "GET, POST" : "POST"))
      }
      return .work(.rpc)
    case .health(let word):
      guard request.method == .get || request.method == .head else { return .ready(.methodNotAllowed("GET, HEAD")) }
      return .ready(.json(JSON.object(["status": .string(word)]).bytes))
    }
  }

  @inline(never)
  private func answer(_ request: HTTPRequest, _ work: Work, _ response: HTTPResponder) async -> HTTPAnswer {
    switch work {
    case .streamable: await streamable.answer(request, through: response)
    case .tools: await convenience.tools()
    case .rpc: await convenience.answer(request)
    }
  }

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

extension HTTPRequest {
  /// The first characters of the session's id: enough for people, too few to use it.
  fileprivate var sessionForPeople: String {
    headers.withValue(of: StandardHeaders.session) { id in
      id.extracting(first: 8).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    } ?? "-"
  }
}
