// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
public import MCPCore
public import Observability
import Synchronization

/// A handler as it is offered to peers: who it is, what it speaks, its limits and its log. Endpoints serve one.
public final class Service: Sendable {
  let handler: any RequestHandler
  let identity: JSON
  let announcer: (any Announcer)?
  /// What the server behind the handler offers, when that is what announces changes.
  let features: FeatureSet?
  /// The revisions that are answered.
  public let revisions: [Revision]
  /// Those of them that have sessions, newest first.
  let legacyRevisions: [Revision]
  /// What peers may cost, as far as it may change while the service serves; see `setLimits`.
  let quotas: Quotas
  /// Who serves over HTTP now.
  let listener = Mutex<Listener?>(nil)
  /// The server's own log.
  public let logger: Logger
  /// Who is let in over HTTP, and what for; nil lets everybody do everything.
  public let authorization: Authorization?
  /// What requests that ask carry from round to round is sealed with it.
  let seal: StateSeal
  let flights = Flights()
  /// What watches it.
  public let instruments: Instruments
  let meters: ServiceMeters?
  let reloads: ReloadMeter?
  /// Who started the service, if it wants to be told how it is.
  let manager: ServiceManagerSocket?
  let readiness = Readiness()

  /// Offers any handler.
  /// - Parameters:
  ///   - identity: who answers.
  ///   - announcer: says things unasked, such as that a list changed; nil when nothing ever is.
  ///   - revisions: the revisions that are answered.
  ///   - stateKeys: what `requestState` is sealed with; to be given when several servers answer for each other.
  ///   - authorization: who is let in over HTTP, and what callers may do; nil lets everybody do everything.
  ///   - instruments: what watches the service. A set of metrics belongs to one service.
  public init(
    _ handler: any RequestHandler, as identity: Implementation, announcer: (any Announcer)? = nil,
    revisions: [Revision] = Revision.allCases, limits: ServeLimits = ServeLimits(), stateKeys: StateKeys = StateKeys(),
    authorization: Authorization? = nil, logger: Logger = .silent,
    instruments: Instruments = Instruments()
  ) {
    let features = announcer as? FeatureSet
    self.features = features
    self.handler = authorization.map { handler.behind([AccessControl($0, before: features)]) } ?? handler
    self.authorization = authorization
    self.identity = identity.json
    self.announcer = announcer
    self.revisions = revisions
    legacyRevisions = revisions.filter { $0.era == .legacy }.sorted(by: >)
    quotas = Quotas(limits)
    self.logger = logger
    self.instruments = instruments
    meters = instruments.metrics.map(ServiceMeters.init)
    reloads = instruments.metrics.map(ReloadMeter.init)
    manager = instruments.notifySocket.flatMap(ServiceManagerSocket.init)
    if manager == nil, let name = instruments.notifySocket {
      logger.warning("the service manager cannot be told anything: its socket has no usable name", [("name", name)])
    }
    seal = StateSeal(
      keys: stateKeys, server: identity.name, lifetime: limits.stateLifetime, limit: limits.stateBytes)
    measureService()
  }

  /// Offers a server.
  public convenience init(
    _ server: Server, revisions: [Revision] = Revision.allCases, limits: ServeLimits = ServeLimits(),
    stateKeys: StateKeys = StateKeys(), authorization: Authorization? = nil, logger: Logger = .silent,
    instruments: Instruments = Instruments()
  ) {
    self.init(
      server, as: server.identity, announcer: server.features, revisions: revisions, limits: limits,
      stateKeys: stateKeys, authorization: authorization, logger: logger, instruments: instruments)
    if let metrics = instruments.metrics { server.measure(in: metrics) }
  }
}

extension Service {
  /// The headers that repeat the arguments of a call; nil for most tools.
  func parameterHeaders(of call: Request) -> ParameterHeaders? {
    guard let features = features?.current, features.hasParameterHeaders, call.method == .toolsCall,
      let name = call.params["name"]?.string
    else { return nil }
    return features.tools[name]?.headers
  }

  /// The modern era: the request itself says everything.
  func modernContext(
    of request: Request, _ revision: Revision, from principal: Principal?, _ sink: any NotificationSink
  ) throws(RPCError) -> RequestContext {
    let meta = request.params["_meta"]?.object ?? [:]
    var level: Logger.Level?
    if let name = meta[MetaKey.logLevel] { level = try Logger.Level(wire: name) }
    return RequestContext(
      id: request.id, revision: revision, method: request.method, params: request.params, meta: meta,
      principal: principal, logger: logger, logLevel: level, sink: sink, inquirer: RoundInquirer(service: self),
      trace: trace(meta))
  }

  /// Asks the handler and spells its answer in the revision the context speaks. Faults of the server are logged; the
  /// peer only learns that there was one.
  @inline(__always)
  func outcome(of request: Request, in context: RequestContext) async -> Result<JSONObject, RPCError> {
    let outcome = await plainOutcome(of: request, in: context)
    note(outcome, of: request, in: context, since: context.began)
    return outcome
  }

  @inline(__always)
  private func plainOutcome(of request: Request, in context: RequestContext) async -> Result<JSONObject, RPCError> {
    guard flights.begin(limit: quotas.callsInFlight) else { return .failure(.serverBusy(quotas.callsInFlight)) }
    defer { flights.end() }
    do {
      let reply = try await handler.handle(request, in: context)
      return context.needsInput ? inputRequired(by: request, in: context) : spell(reply, to: request, in: context)
    } catch {
      if context.needsInput { return inputRequired(by: request, in: context) }
      return spell(error, about: request, in: context)
    }
  }

  /// A handler does not know which revisions it is offered in.
  private func naming(_ revisions: [Revision], in reply: Reply) -> Reply {
    guard case .complete(var discovery, let cache) = reply else { return reply }
    discovery["supportedVersions"] = .array(revisions.sorted(by: >).map { .string($0.rawValue) })
    return .complete(discovery, cache: cache)
  }

  /// The same when the handler needs no waiting; nil when it does.
  func outcomeAtHand(of request: Request, in context: RequestContext) -> Result<JSONObject, RPCError>? {
    guard let outcome = plainOutcomeAtHand(of: request, in: context) else { return nil }
    note(outcome, of: request, in: context, since: context.began)
    return outcome
  }

  @inline(__always)
  private func plainOutcomeAtHand(of request: Request, in context: RequestContext) -> Result<JSONObject, RPCError>? {
    do {
      guard let reply = try handler.replyAtHand(to: request, in: context) else { return nil }
      _ = context.finish()
      return spell(reply, to: request, in: context)
    } catch {
      _ = context.finish()
      return spell(error, about: request, in: context)
    }
  }

  @inline(__always)
  private func spell(
    _ reply: Reply, to request: Request, in context: RequestContext
  ) -> Result<JSONObject, RPCError> {
    var reply = reply
    if request.method != .toolsCall, request.method == .discover { reply = naming(revisions, in: reply) }
    return Dialect(context.revision).outcome(reply, to: request.method, from: identity)
  }

  private func spell(
    _ error: any Error, about request: Request, in context: RequestContext
  ) -> Result<JSONObject, RPCError> {
    if let input = error as? InputRequired { return spell(.inputRequired(input), to: request, in: context) }
    return .failure(Dialect(context.revision).error(told(error, about: request, context.logger), to: request.method))
  }

  /// What a peer is told of `error`.
  func told(_ error: any Error, about request: Request, _ logger: Logger) -> RPCError {
    switch error {
    case let error as RPCError: return error
    case let error as QuestionError:
      return RPCError(error.code == .missingCapability ? .invalidRequest : .internalError, error.message)
    case is CancellationError: return RPCError(.internalError, "\(request.method) was cancelled by the server")
    default:
      logger.error("request failed", [("method", request.method.rawValue), ("error", "\(error)")])
      return RPCError(.internalError, "internal error")
    }
  }
}
