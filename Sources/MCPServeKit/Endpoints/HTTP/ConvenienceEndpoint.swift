// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore

/// For people with nothing but curl: requests without a handshake, answered as one of the newest legacy revision.
struct ConvenienceEndpoint: Sendable {
  let service: Service
  /// Where clients connect to; nil where they cannot.
  let clientPath: String?

  /// The result of `tools/list`.
  func tools(for exchange: HTTPExchange) async -> HTTPAnswer {
    let request = Request(id: .number(0), method: .toolsList)
    guard let response = await conversation(exchange.principal).answer(request, telling: NoSink()) else {
      return .accepted
    }
    switch response.outcome {
    case .success(let result): return .json(JSON.object(result).bytes)
    case .failure(let error):
      return exchange.explain(.error(HTTPEndpoint.status(ofRefusal: error) ?? .notFound, error), error)
    }
  }

  /// Answers one message; notifications of its request are dropped. What has rules of its own, a handshake or a modern
  /// request, belongs to the endpoint that keeps them.
  func answer(_ exchange: HTTPExchange) async -> HTTPAnswer {
    let request = exchange.request
    guard request.head.hasJSONBody else {
      return .error(.unsupportedMediaType, RPCError(.invalidRequest, "Content-Type must be application/json"))
    }
    let json = try? JSON(parsing: request.body, limits: service.jsonLimits)
    if let json, case .request(let call)? = try? Message(json) { return await answer(call, exchange) }
    guard let body = await conversation(exchange.principal).answer(request.body, telling: NoSink()) else {
      return .accepted
    }
    return .json(body)
  }

  private func answer(_ call: Request, _ exchange: HTTPExchange) async -> HTTPAnswer {
    if call.method == .initialize || Claim.version(named: call.params) != nil {
      let remedy = clientPath.map { ": clients connect at \($0)" } ?? ""
      return .error(
        .badRequest, RPCError(.invalidRequest, "\(exchange.request.path) takes single requests only\(remedy)"),
        to: call.id
      )
    }
    let response = await conversation(exchange.principal).answer(call, telling: NoSink())
    guard let response else { return .accepted }
    let status = HTTPEndpoint.status(ofRefusal: response.outcome)
    return exchange.explain(.json(response.bytes, status), response.outcome)
  }

  private func conversation(_ principal: Principal?) -> Conversation {
    Conversation(service: service, peer: Peer(), principal: principal, assumed: .assumed)
  }
}
