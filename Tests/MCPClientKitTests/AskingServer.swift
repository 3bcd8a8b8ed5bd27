// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPClientKit
import MCPCore
import Synchronization

/// A server in memory whose tool asks before it answers; the tool's text is what it was answered.
struct AskingServer {
  let server: ScriptedServer
  var target: ServerTarget { server.target }

  /// Asks by a request of its own.
  static func legacy(_ method: Method, _ params: JSONObject = [:]) -> AskingServer {
    let call = Mutex<Request?>(nil)
    let server = ScriptedServer { message in
      switch message {
      case .request(let request) where request.method == .initialize:
        return [request.answer(ScriptedServer.handshake("2025-11-25"))]
      case .request(let request) where request.method == .toolsCall:
        call.withLock { $0 = request }
        return [Message.request(Request(id: .string("q"), method: method, params: params)).json]
      case .request(let request): return [request.refusal(.methodNotFound(request.method))]
      case .response(let response): return call.withLock { $0 }.map { [$0.says(response.json.text)] } ?? []
      case .notification: return []
      }
    }
    return AskingServer(server: server)
  }

  /// Asks by results that want to be asked again, one round for each element; states are `state0`, `state1`, …
  static func modern(_ rounds: [JSON]) -> AskingServer {
    AskingServer(
      server: .modern { request in
        let round =
          request.params["requestState"]?.string.flatMap { Int($0.dropFirst("state".count)) }.map { $0 + 1 } ?? 0
        guard round < rounds.count else {
          return [request.says((request.params["inputResponses"] ?? .null).text)]
        }
        return [
          request.answer([
            "resultType": "input_required", "inputRequests": rounds[round], "requestState": .string("state\(round)"),
          ])
        ]
      })
  }

  /// What the client answers to the question, as the server hears it.
  static func answer(
    _ method: Method, _ params: JSONObject = [:], _ options: ClientOptions
  ) async throws -> Response {
    var options = options
    options.protocolChoice = .legacy
    let asking = AskingServer.legacy(method, params)
    let text = try await Client.connected(to: asking.target, options: options) { client in
      try await client.callTool("ask").content.first?.json["text"]?.string ?? ""
    }
    guard case .response(let response) = try Message(JSON(parsing: text)) else { throw ChannelClosed() }
    return response
  }
}

extension Request {
  /// The answer of a tool that says one text.
  func says(_ text: String) -> JSON {
    answer(["content": [["type": "text", "text": .string(text)]], "resultType": "complete"])
  }
}
