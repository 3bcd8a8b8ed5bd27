// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore
import Observability

/// Answers what one peer sends, in either era.
struct Conversation: Sendable {
  let service: Service
  let peer: Peer
  /// Who asks, where somebody made sure.
  let principal: Principal?
  /// What is assumed of a legacy peer that asks before `initialize`; nil refuses it.
  let assumed: Handshake?
  /// Where a channel keeps its open subscriptions; nil where each has a stream of its own.
  var subscriptions: Subscriptions?

  /// Answers one request; nil when it was withdrawn, because then nothing may be sent.
  func answer(_ request: Request, telling sink: any NotificationSink) async -> Response? {
    do throws(RPCError) {
      switch try Claim(of: request.params, served: service.revisions) {
      case .modern(let revision):
        if request.method != .toolsCall, request.method == .subscriptionsListen {
          return await listen(request, revision, telling: sink)
        }
        return await answer(request, in: try service.modernContext(of: request, revision, from: principal, sink))
      case .legacy: return await answer(legacy: request, telling: sink)
      }
    } catch {
      return Response(id: request.id, outcome: .failure(error))
    }
  }

  /// Answers a request known to be of the legacy era.
  func answer(legacy request: Request, telling sink: any NotificationSink) async -> Response? {
    do throws(RPCError) {
      switch request.method {
      case .toolsCall: return await answer(request, in: try legacyContext(of: request, sink))
      case .initialize: return await initialize(request, sink)
      case .ping: return noted(request) { [:] }
      case .setLogLevel: return noted(request) { () throws(RPCError) in try setLogLevel(request.params) }
      case .resourcesSubscribe, .resourcesUnsubscribe: return try await subscribe(request, sink)
      case .discover, .subscriptionsListen: throw .methodNotFound(request.method)
      default: return await answer(request, in: try legacyContext(of: request, sink))
      }
    } catch {
      return Response(id: request.id, outcome: .failure(error))
    }
  }

  /// Answers a request that no handler is asked about.
  private func noted(_ request: Request, _ result: () throws(RPCError) -> JSONObject) -> Response {
    let start = Moment.now
    let outcome = Result(catching: result)
    service.note(outcome, of: request, in: nil, since: start)
    return Response(id: request.id, outcome: outcome)
  }

  /// The outcome of a legacy request when nothing has to be waited for; nil when something has.
  func outcomeAtHand(legacy request: Request) -> Result<JSONObject, RPCError>? {
    switch request.method {
    case .toolsCall, .toolsList, .toolsGet, .resourcesList, .resourceTemplatesList, .promptsList:
      guard !peer.hasInFlight(request.id) else { return nil }
      do throws(RPCError) {
        return service.outcomeAtHand(of: request, in: try legacyContext(of: request, NoSink()))
      } catch {
        return .failure(error)
      }
    default: return nil
    }
  }

  /// Takes note of a notification.
  func receive(_ notification: Message.Notification) {
    switch notification.method {
    case .initialized: peer.confirm()
    case .cancelled:
      guard let id = notification.params["requestId"].flatMap(RequestID.init(json:)) else { return }
      peer.cancel(id, reason: notification.params["reason"]?.string)
    default: service.logger.debug("notification ignored", [("method", notification.method.rawValue)])
    }
  }

  /// Answers a request whose ground is settled.
  func answer(_ request: Request, in context: RequestContext) async -> Response? {
    do throws(RPCError) {
      try peer.begin(context, limit: service.quotas.requestsInFlight)
    } catch {
      return Response(id: request.id, outcome: .failure(error))
    }
    let outcome = await service.outcome(of: request, in: context)
    peer.end(context)
    if peer.questions.areOpen { await peer.questions.withdraw(askedBy: context) }
    return context.finish() ? Response(id: request.id, outcome: outcome) : nil
  }

}

// MARK: - What a request stands on

extension Conversation {
  /// The legacy era: the handshake says it.
  func legacyContext(of request: Request, _ sink: any NotificationSink) throws(RPCError) -> RequestContext {
    let (handshake, level) = try peer.legacyGround(assuming: assumed)
    return context(of: request, handshake, level, sink)
  }

  private func context(
    of request: Request, _ handshake: Handshake, _ level: Logger.Level, _ sink: any NotificationSink
  ) -> RequestContext {
    let meta = request.params["_meta"]?.object ?? [:]
    return RequestContext(
      id: request.id, revision: handshake.revision, method: request.method, params: request.params, meta: meta,
      clientInfo: handshake.clientInfo, clientCapabilities: handshake.clientCapabilities, sessionID: peer.sessionID,
      principal: principal, logger: service.logger, logLevel: level, sink: sink,
      inquirer: SessionInquirer(service: service, peer: peer), trace: service.trace(meta))
  }
}

// MARK: - What only the legacy era has

extension Conversation {
  private func initialize(_ request: Request, _ sink: any NotificationSink) async -> Response {
    do throws(RPCError) {
      return await finishInitialize(request, try beginInitialize(request), telling: sink)
    } catch {
      return Response(id: request.id, outcome: .failure(error))
    }
  }

  /// Settles the handshake. `finishInitialize` is to follow.
  func beginInitialize(_ request: Request) throws(RPCError) -> Handshake {
    try peer.beginInitialize()
    do throws(RPCError) {
      return Handshake(try Negotiation(request.params, served: service.revisions))
    } catch {
      peer.endInitialize(nil)
      throw error
    }
  }

  /// Asks the handler to describe itself, and answers.
  func finishInitialize(
    _ request: Request, _ handshake: Handshake, telling sink: any NotificationSink
  ) async -> Response {
    let context = context(of: request, handshake, .info, sink)
    let outcome: Result<JSONObject, RPCError>
    do {
      let discovery = try await discover(context)
      peer.endInitialize(handshake)
      outcome = .success(Dialect(handshake.revision).initializeResult(from: discovery, by: service.identity))
    } catch {
      peer.endInitialize(nil)
      outcome = .failure(service.told(error, about: request, context.logger))
    }
    service.note(outcome, of: request, in: context, since: context.began)
    return Response(id: request.id, outcome: outcome)
  }

  private func discover(_ context: RequestContext) async throws -> JSONObject {
    let reply = try await service.handler.handle(Request(id: context.id, method: .discover), in: context)
    guard case .complete(let discovery, _) = reply else {
      throw RPCError(.internalError, "the server did not describe itself")
    }
    return discovery
  }

  private func setLogLevel(_ params: JSONObject) throws(RPCError) -> JSONObject {
    _ = try peer.legacyGround(assuming: assumed)
    peer.setLogLevel(try Logger.Level(wire: params["level"] ?? .null))
    return [:]
  }
}

extension Logger.Level {
  /// Reads a level of the protocol.
  init(wire name: JSON) throws(RPCError) {
    guard let level = name.string.flatMap(Logger.Level.init(name:)) else {
      let names = Logger.Level.allCases.map(\.name).joined(separator: ", ")
      throw .invalidParams("the log level must be one of \(names)")
    }
    self = level
  }
}
