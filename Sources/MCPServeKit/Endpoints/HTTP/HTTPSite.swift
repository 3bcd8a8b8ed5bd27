// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import Observability
import Synchronization

/// Everything a service offers over HTTP, by path.
final class HTTPSite: HTTPHandler {
  private enum Place {
    case streamable
    case events
    case messages
    case toolsList
    case rpc
    case monitor(Monitor.View)
    case reload(ReloadEndpoint)
    case sessions(SessionsEndpoint)
  }

  private let service: Service
  fileprivate let access: HTTPAccess
  private let options: HTTPOptions
  private let isLoopback: Bool
  private let edges: Mutex<(version: Int, edge: HTTPEdge)>
  private let packer: AnswerPacker?
  private let monitor: Monitor
  private let log: RequestLog
  private let places: [String: Place]
  /// The path the server is best known under.
  private let firstPath: String
  private let isSecure: Bool
  private let heartbeat = Heartbeat()
  /// Looks at who listens, apart from the streams that are counted.
  private let watches = Heartbeat()
  private let streamable: HTTPEndpoint
  private let legacy: LegacySSEEndpoint
  private let convenience: ConvenienceEndpoint
  private let announcements: Announcements
  /// Hears what other servers say; nil where there are none.
  private let hearing: Task<Void, Never>?
  /// What the server is called by; nil until it listens.
  private let names = Mutex<ResourceNames?>(nil)

  /// - Parameter isLoopback: whether the server listens on loopback only.
  init(
    _ service: Service, _ options: HTTPOptions, store: any SessionStore, log: any EventLog,
    cluster: (any Cluster)? = nil, reloader: Reloader? = nil, isLoopback: Bool
  ) {
    self.service = service
    access = options.access ?? HTTPAccess(options)
    self.options = options
    self.isLoopback = isLoopback
    edges = Mutex((access.version, HTTPEdge(options, access, isLoopback: isLoopback)))
    packer = AnswerPacker(options)
    monitor = Monitor(service, options, cluster)
    self.log = RequestLog(service)
    streamable = HTTPEndpoint(
      service, store: store, log: log, heartbeat: heartbeat, openPaths: Set(options.streamablePaths.dropFirst()))
    legacy = LegacySSEEndpoint(service, messagesPath: options.messagesPath, store: cluster == nil ? nil : store)
    let clientPath = options.streamablePaths.first ?? options.eventsPath
    convenience = ConvenienceEndpoint(service: service, clientPath: clientPath)
    var places: [String: Place] = ["/": .rpc, "/tools/list": .toolsList, "/tools/call": .rpc]
    for path in ["/health", "/actuator/health", "/ready", options.metricsPath] {
      places[path] = monitor.view(at: path, hasMetrics: options.monitoring.isBeside(isLoopback: isLoopback)).map(
        Place.monitor)
    }
    if let key = options.adminKey {
      let gate = AdminGate(key, logger: service.logger)
      if let reloader { places[ReloadEndpoint.path] = .reload(ReloadEndpoint(gate: gate, reloader: reloader)) }
      // What servers share is looked at where they share it.
      if cluster == nil {
        places[SessionsEndpoint.path] = .sessions(
          SessionsEndpoint(
            gate: gate, store: store, live: streamable.sessions, legacy: legacy,
            identity: service.identity["name"]?.string ?? "", longestLife: service.limits.sessionLongestLife))
      }
    }
    for path in options.streamablePaths { places[path] = .streamable }
    if let path = options.eventsPath {
      places[path] = .events
      places[options.messagesPath] = .messages
    }
    self.places = places
    isSecure = options.tls != nil
    firstPath = clientPath ?? "/"
    announcements = Announcements(of: service.announcer, limit: service.limits.announcements)
    let (endpoint, events) = (streamable, legacy)
    let desk = cluster.map {
      ClusterDesk(cluster: $0, endpoint: endpoint, legacy: events, cache: store as? CachedSessionStore)
    }
    hearing = desk.map { desk in Task { [desk] in await desk.run() } }
    cluster?.tell { [weak self] in self?.figures ?? [] }
    // Nobody waits for the task: it ends with the site.
    Task { [announcements, streamable, legacy] in
      while let batch = await announcements.next() {
        for news in batch {
          cluster?.publish(.announced(news.announcement))
          await streamable.tell(news)
          legacy.tell(news)
        }
      }
    }
  }

  deinit {
    announcements.end()
    hearing?.cancel()
  }

  /// To be called with the addresses the server listens on, before its first request is answered.
  func listens(on addresses: [SocketAddress]) { names.withLock { $0 = ResourceNames(addresses, isSecure: isSecure) } }

  /// To be called every `ServeLimits.keepAlive`: keeps streams alive, and the sessions that are in use, and lets go of
  /// what is idle.
  func beat() async {
    heartbeat.beat()
    watches.beat()
    await streamable.sessions.tend()
    await legacy.tend()
  }

  /// Open sessions of the legacy era.
  var activeSessions: Int { streamable.sessions.count + legacy.count }

  /// What other servers are told.
  private var figures: [(name: String, value: Int)] {
    [("sessions", activeSessions), ("streams", heartbeat.count), ("inflight", service.calls)]
  }

  /// Open event streams by what they are for; a call that tells of its progress has one while it is answered.
  var openStreams: [(kind: String, count: Int)] {
    let (listen, sse) = (streamable.listenStreams.count, legacy.count)
    return [("subscription", listen), ("sse", sse), ("other", max(0, heartbeat.count - listen - sse))]
  }

  /// Announcements that were not told yet.
  var waitingNews: Int { announcements.count }

  /// Which session is spoken to decides nothing about who answers.
  var freeField: StaticString? { "mcp-session-id" }

  /// Who answers requests with this head, and what goes with every answer.
  func route(for head: HTTPHead) -> any HTTPRoute {
    while true {
      // A route that was chosen while who may call changed would never know.
      let version = access.version
      let route = chosenRoute(for: head, by: edge)
      if access.version == version { return route }
    }
  }

  /// The edge as who may call has it now.
  private var edge: HTTPEdge {
    edges.withLock { known in
      let version = access.version
      if known.version != version { known = (version, HTTPEdge(options, access, isLoopback: isLoopback)) }
      return known.edge
    }
  }

  private func chosenRoute(for head: HTTPHead, by edge: HTTPEdge) -> SiteRoute {
    let terms = edge.terms(for: head)
    var route = answering(head, from: terms.origin.client, edge.guards)
    if let methods = methods(at: head.path), let preflight = edge.preflight(head, methods: methods) {
      route = SiteRoute(self) { _ in .ready(preflight) }
    }
    route.terms = terms
    return route
  }

  /// The methods of a path; nil when there is nothing.
  private func methods(at path: String) -> String? {
    switch places[path] {
    case .streamable?: "GET, POST, DELETE"
    case .toolsList?: "GET, POST"
    case .messages?, .rpc?, .reload?: "POST"
    case .sessions?: "GET, DELETE"
    case .events?: "GET"
    case .monitor?: "GET, HEAD"
    case nil: service.authorization != nil && path.hasPrefix(ResourceNames.wellKnown) ? "GET, HEAD" : nil
    }
  }

  /// Who answers requests with this head: most of what speaks against a request is seen here, once for all that repeat it.
  private func answering(_ head: HTTPHead, from client: SocketAddress, _ guards: HTTPGuards) -> SiteRoute {
    let path = head.path
    guard let place = places[path] else {
      if let route = metadataRoute(for: head, guards) { return route }
      return SiteRoute(self) { _ in .ready(.error(.notFound, RPCError(.invalidRequest, "there is nothing at \(path)")))
      }
    }
    if let refusal = guards.refusal(of: head) {
      return SiteRoute(self) { _ in .ready(.error(.forbidden, RPCError(.invalidRequest, refusal))) }
    }
    if case .monitor(let view) = place {
      // A proxy on this machine may show to others what only this machine reaches.
      let guarded: HTTPGate? = if case .metrics = view { gate(for: head, from: client) } else { nil }
      var route = SiteRoute(self, guarded) { [monitor] in monitor.step(view, $0.request.head) }
      // Who looks whether it lives must not find it dead because others at that address are busy.
      route.isLimited = guarded != nil
      return route
    }
    if case .reload(let reload) = place { return SiteRoute(self) { reload.step($0) } }
    if case .sessions(let sessions) = place { return SiteRoute(self) { sessions.step($0) } }
    return SiteRoute(self, gate(for: head, from: client), step(at: place, for: head))
  }

  /// How requests are answered at a place where callers may have to say who they are.
  private func step(at place: Place, for head: HTTPHead) -> @Sendable (HTTPExchange) -> HTTPStep {
    switch place {
    case .streamable where head.method == .post:
      let terms = PostTerms(head, for: service)
      if let refusal = terms.refusal(of: head) { return { _ in .ready(refusal) } }
      return { [streamable] in streamable.post($0, on: terms) }
    case .streamable: return { [streamable] in streamable.step($0) }
    case .events: return { [legacy] in legacy.listen($0) }
    case .messages: return { [legacy] in legacy.take($0) }
    case .toolsList where head.method == .get:
      return { [convenience] exchange in .work { await convenience.tools(for: exchange) } }
    case .toolsList, .rpc, .monitor, .reload, .sessions:
      guard head.method == .post else {
        let allowed = head.path == "/tools/list" ? "GET, POST" : "POST"
        return { _ in .ready(.methodNotAllowed(allowed)) }
      }
      return { [convenience] exchange in .work { await convenience.answer(exchange) } }
    }
  }

  private func gate(for head: HTTPHead, from client: SocketAddress) -> HTTPGate? {
    service.authorization.map { HTTPGate($0, head, from: client, names.withLock { $0 }, logger: service.logger) }
  }

  /// The route to what is said of the resources here; nil when this is no such place.
  private func metadataRoute(for head: HTTPHead, _ guards: HTTPGuards) -> SiteRoute? {
    guard head.path.hasPrefix(ResourceNames.wellKnown), guards.refusal(of: head) == nil,
      let rules = service.authorization?.rules, !rules.allAuthorizationServers.isEmpty,
      let names = names.withLock({ $0 })
    else { return nil }
    let named = rules.resource.map(ResourceNames.path)
    var path = String(head.path.dropFirst(ResourceNames.wellKnown.utf8.count))
    if path.isEmpty || path == "/" { path = firstPath }
    guard path == named || path == firstPath || isGuarded(path),
      let resource = names.resource(at: path, for: head, rules)
    else { return nil }
    let answer = ResourceMetadata(service: service).answer(head, resource: resource, rules)
    return SiteRoute(self) { _ in .ready(answer) }
  }

  private func isGuarded(_ path: String) -> Bool {
    switch places[path] {
    case nil, .monitor?, .reload?, .sessions?: false
    case .streamable?, .events?, .messages?, .toolsList?, .rpc?: true
    }
  }

  /// Sends an answer that could be given at once; work is left when more follows, or the peer is slow.
  fileprivate func send(
    _ answer: HTTPAnswer, to exchange: HTTPExchange, since start: Moment?
  ) -> HTTPWork? {
    var answer = answer
    if let packer, packer.packs(answer, exchange.terms) {
      guard packer.isQuick(answer) else {
        return { [self, answer] in await sendLater(answer, to: exchange, since: start) }
      }
      if answer.sequel == nil { answer = packer.packed(answer) }
    }
    guard case nil = answer.sequel else {
      return { [self, answer] in await sendLater(answer, to: exchange, since: start) }
    }
    let work = exchange.response.answer(answer.status, headers: answer.headers, body: answer.body)
    if let start { log.answered(exchange, answer, after: start.age) }
    return work
  }

  fileprivate func sendLater(
    _ answer: HTTPAnswer, to exchange: HTTPExchange, since start: Moment?
  ) async {
    var answer = answer
    if let packer, packer.packs(answer, exchange.terms) {
      answer = packer.isQuick(answer) ? packer.packed(answer) : await packer.packedElsewhere(answer)
    }
    switch answer.sequel {
    case .sent: break
    case .stream(let stream):
      let watch = exchange.gate.map { StreamWatch($0, exchange.principal, stop: stream.stop) }
      if let watch { watches.add(watch) }
      await exchange.response.send(stream, keptAliveBy: heartbeat)
      if let watch { watches.remove(watch) }
    case .action(let action):
      await exchange.response.send(answer.status, headers: answer.headers, body: answer.body)
      action()
    case nil: await exchange.response.send(answer.status, headers: answer.headers, body: answer.body)
    }
    if let start { log.answered(exchange, answer, after: start.age) }
  }

  fileprivate var start: Moment? { log.writesRequests ? .now : nil }
}

/// One request with the way back to its peer.
struct HTTPExchange: Sendable {
  let request: HTTPRequest
  let response: HTTPResponder
  /// What the edge has settled.
  let terms: EdgeTerms
  /// Who asks; nil where nobody has to say.
  var principal: Principal?
  /// Who let it in; nil where everybody is.
  var gate: HTTPGate?
}

/// An answer, or the work that ends in one.
enum HTTPStep {
  case ready(HTTPAnswer)
  case work(@Sendable () async -> HTTPAnswer)
}

/// Answers the requests of one head, and tells the log of them.
private struct SiteRoute: HTTPRoute {
  private let site: HTTPSite
  private let gate: HTTPGate?
  /// What the edge has settled; nobody is answered before it has.
  var terms = EdgeTerms.unsettled
  /// Whether it matters how often the client's address asks.
  var isLimited = true
  /// What `HTTPAccess.version` was when the route was chosen.
  private let version: Int
  private let step: @Sendable (HTTPExchange) -> HTTPStep

  init(_ site: HTTPSite, _ gate: HTTPGate? = nil, _ step: @escaping @Sendable (HTTPExchange) -> HTTPStep) {
    self.site = site
    self.gate = gate
    version = site.access.version
    self.step = step
  }

  var fields: HTTPHeaders { terms.fields }
  /// Another may be the right one once who may call has changed.
  var isCurrent: Bool { site.access.version == version }

  func respond(to request: HTTPRequest, through response: HTTPResponder) -> HTTPWork? {
    let start = site.start
    var exchange = HTTPExchange(request: request, response: response, terms: terms)
    if isLimited, let refusal = terms.limit?.refusal(of: exchange) {
      return site.send(refusal, to: exchange, since: start)
    }
    if let gate {
      exchange.gate = gate
      switch gate.admissionAtHand() {
      case .granted(let principal)?: exchange.principal = principal
      case .refused(let answer)?: return site.send(answer, to: exchange, since: start)
      case nil: return { [exchange] in await self.respondLater(to: exchange, gate, since: start) }
      }
    }
    switch step(exchange) {
    case .ready(let answer): return site.send(answer, to: exchange, since: start)
    case .work(let work):
      return { [site, exchange] in await site.sendLater(await work(), to: exchange, since: start) }
    }
  }

  /// The same where it takes waiting to find out who asks.
  private func respondLater(
    to exchange: HTTPExchange, _ gate: HTTPGate, since start: Moment?
  ) async {
    var exchange = exchange
    switch await gate.admission() {
    case .granted(let principal): exchange.principal = principal
    case .refused(let answer): return await site.sendLater(answer, to: exchange, since: start)
    }
    switch step(exchange) {
    case .ready(let answer): await site.sendLater(answer, to: exchange, since: start)
    case .work(let work): await site.sendLater(await work(), to: exchange, since: start)
    }
  }
}
