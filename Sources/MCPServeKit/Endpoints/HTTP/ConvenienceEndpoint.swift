// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore

/// For people with nothing but curl: requests without a handshake, answered as one of the newest legacy revision.
struct ConvenienceEndpoint: Sendable {
  let service: Service

  /// The result of `tools/list`.
  func tools() async -> HTTPAnswer {
    let request = Request(id: .number(0), method: .toolsList)
    guard let response = await conversation.answer(request, telling: NoSink()) else { return .accepted }
    switch response.outcome {
    case .success(let result): return .json(JSON.object(result).bytes)
    case .failure(let error): return .error(.notFound, error)
    }
  }

  /// Answers one message; notifications of its request are dropped. What has rules of its own, a handshake or a modern
  /// request, belongs to the endpoint that keeps them.
  func answer(_ request: HTTPRequest) async -> HTTPAnswer {
    guard request.head.hasJSONBody else {
      return .error(.unsupportedMediaType, RPCError(.invalidRequest, "Content-Type must be application/json"))
    }
    if let json = try? JSON(parsing: request.body), case .request(let call)? = try? Message(json),
      call.method == .initialize || Claim.version(named: call.params) != nil
    {
      return .error(
        .badRequest, RPCError(.invalidRequest, "this path takes requests without a handshake only"), to: call.id)
    }
    guard let body = await conversation.answer(request.body, telling: NoSink()) else { return .accepted }
    return .json(body)
  }

  private var conversation: Conversation { Conversation(service: service, peer: Peer(), assumed: .assumed) }
}
