// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import Observability

extension HTTPEndpoint {
  /// Answers what a POST carries, at once where nothing has to be waited for.
  ///
  /// Spec: 2025-11-25 and 2026-07-28, basic/transports, "Sending Messages to the Server".
  func post(_ exchange: HTTPExchange, on terms: PostTerms) -> HTTPStep {
    let json: JSON
    do throws(JSONError) {
      json = try JSON(parsing: exchange.request.body, limits: service.jsonLimits)
    } catch {
      return .ready(.error(.badRequest, RPCError(.parseError, "the body is not JSON: \(error)")))
    }
    if case .array(let elements) = json { return .work { await answer(batch: elements, exchange, terms) } }
    do throws(InvalidMessage) {
      switch try Message(json) {
      case .request(let call): return answer(terms.traceparent == nil ? call : terms.traced(call), exchange, terms)
      case .notification(let notification): return .work { await take(notification, exchange) }
      case .response(let response): return .work { await take(response, exchange) }
      }
    } catch {
      return .ready(.json(error.response.bytes(for: nil), .badRequest))
    }
  }

  private func answer(_ call: Request, _ exchange: HTTPExchange, _ terms: PostTerms) -> HTTPStep {
    do throws(RPCError) {
      switch try Claim(of: call.params, served: service.revisions) {
      case .modern(let revision):
        try terms.standard.check(against: call, revision)
        try service.parameterHeaders(of: call)?.check(exchange.request.headers, against: call.params["arguments"])
        if call.method != .toolsCall, call.method == .subscriptionsListen {
          return .work { await listen(call, revision, exchange, terms.accepts) }
        }
        return try answer(modern: call, revision, exchange, terms)
      case .legacy:
        if terms.namesModern {
          throw .invalidParams(
            "MCP-Protocol-Version names a revision whose requests need _meta \(MetaKey.protocolVersion)")
        }
        if let outcome = outcomeAtHand(legacy: call, exchange, terms) {
          return .ready(answer(call, outcome, exchange, terms, status: Self.status(ofRefusal: outcome)))
        }
        return .work {
          let reply = reply(exchange, terms, cancelsOnDisconnect: false)
          guard call.method == .initialize else { return await answer(legacy: call, exchange, reply) }
          return await initialize(call, exchange, reply)
        }
      }
    } catch {
      return .ready(.error(.badRequest, error, to: call.id))
    }
  }

  /// The answer to a request that needed no waiting.
  private func answer(
    _ call: Request, _ outcome: Result<JSONObject, RPCError>, _ exchange: HTTPExchange, _ terms: PostTerms,
    status: HTTPStatus
  ) -> HTTPAnswer {
    let text = service.text(of: Response(id: call.id, outcome: outcome))
    guard status == .ok else { return exchange.explain(.json(text, status), outcome) }
    return terms.accepts.json ? .json(text) : .events(text.event)
  }

  private func reply(_ exchange: HTTPExchange, _ terms: PostTerms, cancelsOnDisconnect: Bool) -> ReplyStream {
    ReplyStream(exchange.response, terms.accepts, cancelsOnDisconnect: cancelsOnDisconnect, heartbeat: heartbeat)
  }
}

// MARK: - The modern era

extension HTTPEndpoint {
  private func answer(
    modern call: Request, _ revision: Revision, _ exchange: HTTPExchange, _ terms: PostTerms
  ) throws(RPCError) -> HTTPStep {
    let context = try service.modernContext(of: call, revision, from: exchange.principal, NoSink())
    if let outcome = service.outcomeAtHand(of: call, in: context) {
      return .ready(answer(call, outcome, exchange, terms, status: status(of: outcome)))
    }
    return .work { await answer(modern: call, revision, exchange, reply(exchange, terms, cancelsOnDisconnect: true)) }
  }

  private func answer(
    modern call: Request, _ revision: Revision, _ exchange: HTTPExchange, _ reply: ReplyStream
  ) async -> HTTPAnswer {
    do throws(RPCError) {
      let context = try service.modernContext(of: call, revision, from: exchange.principal, reply)
      let outcome = await service.outcome(of: call, in: context)
      guard context.finish() else { return await reply.abandon() }
      let text = service.text(of: Response(id: call.id, outcome: outcome))
      let answer = await reply.finish(text: text, status: status(of: outcome))
      return exchange.explain(answer, outcome)
    } catch {
      return .error(.badRequest, error, to: call.id)
    }
  }

  /// Spec: 2026-07-28, basic/index, "Error codes".
  func status(of outcome: Result<JSONObject, RPCError>) -> HTTPStatus {
    guard case .failure(let error) = outcome else { return .ok }
    switch error.code {
    case .methodNotFound: return .notFound
    case .headerMismatch, .missingClientCapability, .unsupportedProtocolVersion: return .badRequest
    default: return Self.status(ofRefusal: error) ?? .ok
    }
  }

  /// What callers may not do has a status of its own in every revision.
  static func status(ofRefusal outcome: Result<JSONObject, RPCError>) -> HTTPStatus {
    guard case .failure(let error) = outcome else { return .ok }
    return status(ofRefusal: error) ?? .ok
  }

  static func status(ofRefusal error: RPCError) -> HTTPStatus? {
    switch error.code {
    case .forbidden: .forbidden
    case .tooManyRequests: .tooManyRequests
    case .serverBusy: .serviceUnavailable
    default: nil
    }
  }
}

// MARK: - The legacy era

extension HTTPEndpoint {
  /// The outcome of a legacy request whose session is at hand and whose handler needs no waiting.
  private func outcomeAtHand(
    legacy call: Request, _ exchange: HTTPExchange, _ terms: PostTerms
  ) -> Result<JSONObject, RPCError>? {
    // Who reads nothing but events gets a stream that can be resumed.
    guard terms.accepts.json, terms.fitsSession, let session = terms.session(of: exchange.request),
      let peer = sessions.peerAtHand(of: session), peer.isOpen(to: exchange.principal)
    else {
      return nil
    }
    return Conversation(service: service, peer: peer, principal: exchange.principal, assumed: nil)
      .outcomeAtHand(legacy: call)
  }

  private func answer(
    legacy call: Request, _ exchange: HTTPExchange, _ reply: ReplyStream
  ) async -> HTTPAnswer {
    switch await peer(of: exchange, answering: call.id) {
    case .failure(let refusal): return refusal.answer
    case .success(let peer):
      let conversation = Conversation(service: service, peer: peer, principal: exchange.principal, assumed: nil)
      reply.keep(in: ReplyRecord.Place(keeper, peer, answering: [call.id]))
      guard let response = await conversation.answer(legacy: call, telling: reply) else { return await reply.abandon() }
      if call.method != .toolsCall, call.method.changesSession { await save(peer) }
      let status = Self.status(ofRefusal: response.outcome)
      let answer = await reply.finish(text: service.text(of: response), status: status)
      return exchange.explain(answer, response.outcome)
    }
  }

  private func initialize(_ call: Request, _ exchange: HTTPExchange, _ reply: ReplyStream) async -> HTTPAnswer {
    let principal = exchange.principal
    if exchange.request.headers.contains(StandardHeaders.session),
      case .success(let peer) = await peer(of: exchange, answering: nil),
      let refusal = await Conversation(service: service, peer: peer, principal: principal, assumed: nil)
        .answer(legacy: call, telling: reply)
    {
      return .json(refusal.bytes, .badRequest)
    }
    do {
      let id = try sessions.makeID()
      let peer = Peer(sessionID: id.rawValue, owner: principal?.name)
      let conversation = Conversation(service: service, peer: peer, principal: principal, assumed: nil)
      let handshake = try conversation.beginInitialize(call)
      try await sessions.open(handshake, id: id, for: principal)
      let response = await conversation.finishInitialize(call, handshake, telling: reply)
      guard case .success = response.outcome else {
        _ = try await sessions.close(id.rawValue, reason: "initialize failed")
        let status = Self.status(ofRefusal: response.outcome)
        return exchange.explain(.json(response.bytes, status), response.outcome)
      }
      try await sessions.save(peer)
      var answer = HTTPAnswer.json(response.bytes)
      answer.headers.add("Mcp-Session-Id", id.rawValue)
      return answer
    } catch let error as RPCError {
      return .error(.ok, error, to: call.id)
    } catch let error as SessionError where error.code == .full {
      return .unavailable(error.message, after: 10, to: call.id)
    } catch {
      return failure(error, answering: call.id)
    }
  }

  private func take(_ notification: Message.Notification, _ exchange: HTTPExchange) async -> HTTPAnswer {
    // Spec: 2026-07-28 defines no notification from clients over HTTP; one that comes is harmless.
    if Claim.version(named: notification.params) != nil { return .accepted }
    switch await peer(of: exchange, answering: nil) {
    case .failure(let refusal): return refusal.answer
    case .success(let peer):
      do {
        try await conversation(peer, exchange).take(notification)
        if notification.method == .initialized {
          await save(peer)
          try await keeper.expectListener(peer)
        }
        return .accepted
      } catch {
        return failure(error)
      }
    }
  }

  private func take(_ response: Response, _ exchange: HTTPExchange) async -> HTTPAnswer {
    switch await peer(of: exchange, answering: nil) {
    case .failure(let refusal): return refusal.answer
    case .success(let peer):
      do {
        try await conversation(peer, exchange).take(response)
        return .accepted
      } catch {
        return failure(error)
      }
    }
  }

  private func conversation(_ peer: Peer, _ exchange: HTTPExchange) -> Conversation {
    Conversation(service: service, peer: peer, principal: exchange.principal, assumed: nil)
  }

  private func answer(
    batch elements: [JSON], _ exchange: HTTPExchange, _ terms: PostTerms
  ) async -> HTTPAnswer {
    let peer: Peer
    if exchange.request.headers.contains(StandardHeaders.session) {
      switch await self.peer(of: exchange, answering: nil) {
      case .failure(let refusal): return refusal.answer
      case .success(let found): peer = found
      }
    } else {
      peer = Peer()
    }
    do throws(RPCError) {
      let batch = try Batch(elements, for: peer.handshake, limit: service.limits.batch)
      let reply = reply(exchange, terms, cancelsOnDisconnect: false)
      reply.keep(in: ReplyRecord.Place(keeper, peer, answering: batch.requests))
      let conversation = Conversation(service: service, peer: peer, principal: exchange.principal, assumed: nil)
      let responses = await conversation.answer(batch, telling: reply)
      await save(peer)
      return responses.isEmpty ? .accepted : await reply.finish(text: try service.text(of: responses))
    } catch {
      let refusal = Response(id: nil, outcome: .failure(error))
      return .json(refusal.bytes(for: peer.handshake?.revision), .badRequest)
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
