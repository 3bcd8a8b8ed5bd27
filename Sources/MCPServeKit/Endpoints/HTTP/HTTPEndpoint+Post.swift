// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import Observability

extension HTTPEndpoint {
  /// Answers what a POST carries.
  ///
  /// Spec: 2025-11-25 and 2026-07-28, basic/transports, "Sending Messages to the Server".
  func post(_ request: HTTPRequest, _ responder: HTTPResponder) async -> HTTPAnswer {
    guard request.hasJSONBody else {
      return .error(.unsupportedMediaType, RPCError(.invalidRequest, "Content-Type must be application/json"))
    }
    let accepts = Acceptance(request.headers)
    guard accepts.json || accepts.events else { return .notAcceptable("application/json or text/event-stream") }
    let json: JSON
    do throws(JSONError) {
      json = try JSON(parsing: request.body, limits: JSONLimits(bytes: service.limits.messageBytes))
    } catch {
      return .error(.badRequest, RPCError(.parseError, "the body is not JSON: \(error)"))
    }
    if case .array(let elements) = json { return await answer(batch: elements, request, responder, accepts) }
    do throws(InvalidMessage) {
      switch try Message(json) {
      case .request(let call): return await answer(call, request, responder, accepts)
      case .notification(let notification): return await take(notification, request)
      case .response(let response): return await take(response, request)
      }
    } catch {
      return .json(error.response.bytes, .badRequest)
    }
  }

  private func answer(
    _ call: Request, _ request: HTTPRequest, _ responder: HTTPResponder, _ accepts: Acceptance
  ) async -> HTTPAnswer {
    do throws(RPCError) {
      switch try Claim(of: call.params, served: service.revisions) {
      case .modern(let revision):
        try StandardHeaders.check(request.headers, against: call, revision)
        if call.method != .toolsCall, call.method == .subscriptionsListen {
          return await listen(call, revision, accepts)
        }
        return await answer(modern: call, revision, reply(responder, accepts, cancelsOnDisconnect: true))
      case .legacy:
        if namesModern(request) {
          throw .invalidParams(
            "MCP-Protocol-Version names a revision whose requests need _meta \(MetaKey.protocolVersion)")
        }
        let reply = reply(responder, accepts, cancelsOnDisconnect: false)
        guard call.method == .initialize else { return await answer(legacy: call, request, reply) }
        return await initialize(call, request, reply)
      }
    } catch {
      return .error(.badRequest, error, to: call.id)
    }
  }

  private func namesModern(_ request: HTTPRequest) -> Bool {
    request.headers.withValue(of: StandardHeaders.version) { $0.count == 10 && $0[3] == UInt8(ascii: "6") } == true
      && request.headers[StandardHeaders.version].flatMap(Revision.init(rawValue:))?.era == .modern
  }

  private func reply(
    _ responder: HTTPResponder, _ accepts: Acceptance, cancelsOnDisconnect: Bool
  ) -> ReplyStream {
    ReplyStream(responder, accepts, cancelsOnDisconnect: cancelsOnDisconnect, heartbeat: heartbeat)
  }
}

// MARK: - The modern era

extension HTTPEndpoint {
  @inline(__always)
  private func answer(
    modern call: Request, _ revision: Revision, _ reply: ReplyStream
  ) async -> HTTPAnswer {
    do throws(RPCError) {
      let context = try service.modernContext(of: call, revision, reply)
      let outcome = await service.outcome(of: call, in: context)
      guard context.finish() else { return await reply.abandon() }
      return await reply.finish(Response(id: call.id, outcome: outcome), status: status(of: outcome))
    } catch {
      return .error(.badRequest, error, to: call.id)
    }
  }

  /// Spec: 2026-07-28, basic/index, "Error codes".
  private func status(of outcome: Result<JSONObject, RPCError>) -> HTTPStatus {
    guard case .failure(let error) = outcome else { return .ok }
    switch error.code {
    case .methodNotFound: return .notFound
    case .headerMismatch, .missingClientCapability, .unsupportedProtocolVersion: return .badRequest
    default: return .ok
    }
  }
}

// MARK: - The legacy era

extension HTTPEndpoint {
  private func answer(
    legacy call: Request, _ request: HTTPRequest, _ reply: ReplyStream
  ) async -> HTTPAnswer {
    switch await peer(of: request, answering: call.id) {
    case .failure(let refusal): return refusal.answer
    case .success(let peer):
      let conversation = Conversation(service: service, peer: peer, assumed: nil)
      guard let response = await conversation.answer(legacy: call, telling: reply) else { return await reply.abandon() }
      if call.method != .toolsCall, call.method.changesSession { await save(peer) }
      return await reply.finish(response)
    }
  }

  private func initialize(_ call: Request, _ request: HTTPRequest, _ reply: ReplyStream) async -> HTTPAnswer {
    if request.headers.contains(StandardHeaders.session),
      case .success(let peer) = await peer(of: request, answering: nil),
      let refusal = await Conversation(service: service, peer: peer, assumed: nil).answer(legacy: call, telling: reply)
    {
      return .json(refusal.bytes, .badRequest)
    }
    let id = Session.ID.random()
    let peer = Peer(sessionID: id.rawValue)
    let conversation = Conversation(service: service, peer: peer, assumed: nil)
    do {
      let handshake = try conversation.beginInitialize(call)
      try await sessions.open(handshake, id: id)
      let response = await conversation.finishInitialize(call, handshake, telling: reply)
      guard case .success = response.outcome else {
        _ = try await sessions.close(id.rawValue, reason: "initialize failed")
        return .json(response.bytes)
      }
      try await sessions.save(peer)
      var answer = HTTPAnswer.json(response.bytes)
      answer.headers.add("Mcp-Session-Id", id.rawValue)
      return answer
    } catch let error as RPCError {
      return .error(.ok, error, to: call.id)
    } catch let error as SessionError where error.code == .full {
      var answer = HTTPAnswer.error(.serviceUnavailable, RPCError(.internalError, error.message), to: call.id)
      answer.headers.add("Retry-After", "10")
      return answer
    } catch {
      return failure(error, answering: call.id)
    }
  }

  private func take(_ notification: Message.Notification, _ request: HTTPRequest) async -> HTTPAnswer {
    // Spec: 2026-07-28 defines no notification from clients over HTTP; one that comes is harmless.
    if Claim.version(named: notification.params) != nil { return .accepted }
    switch await peer(of: request, answering: nil) {
    case .failure(let refusal): return refusal.answer
    case .success(let peer):
      Conversation(service: service, peer: peer, assumed: nil).receive(notification)
      if notification.method == .initialized { await save(peer) }
      return .accepted
    }
  }

  private func take(_ response: Response, _ request: HTTPRequest) async -> HTTPAnswer {
    switch await peer(of: request, answering: nil) {
    case .failure(let refusal): return refusal.answer
    case .success(let peer):
      Conversation(service: service, peer: peer, assumed: nil).receive(response)
      return .accepted
    }
  }

  private func answer(
    batch elements: [JSON], _ request: HTTPRequest, _ responder: HTTPResponder, _ accepts: Acceptance
  ) async -> HTTPAnswer {
    let peer: Peer
    if request.headers.contains(StandardHeaders.session) {
      switch await self.peer(of: request, answering: nil) {
      case .failure(let refusal): return refusal.answer
      case .success(let found): peer = found
      }
    } else {
      peer = Peer()
    }
    do throws(RPCError) {
      let batch = try Batch(elements, for: peer.handshake, limit: service.limits.batch)
      let reply = reply(responder, accepts, cancelsOnDisconnect: false)
      let responses = await Conversation(service: service, peer: peer, assumed: nil).answer(batch, telling: reply)
      await save(peer)
      return responses.isEmpty ? .accepted : await reply.finish(text: JSON.array(responses.map(\.json)).bytes)
    } catch {
      return .error(.badRequest, error)
    }
  }

  private func save(_ peer: Peer) async {
    do {
      try await sessions.save(peer)
    } catch {
      service.logger.error("session store failed", [("error", "\(error)")])
    }
  }
}
