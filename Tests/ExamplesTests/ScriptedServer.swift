// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import Synchronization
import TestSupport
import Testing

/// A server over Streamable HTTP that shakes hands in the revision it speaks, answers the rest as a closure says, and
/// remembers what it was asked.
final class ScriptedServer: HTTPHandler, HTTPRoute {
  /// A request of the client.
  struct Asked: Sendable {
    let http: HTTPRequest
    let message: JSON
    /// The method of the message, or of HTTP when there is none.
    let method: String
    var params: JSON { message["params"] ?? [:] }
    /// The tool, resource or prompt.
    var name: String { params["name"]?.string ?? "" }
  }

  /// What it is answered with.
  enum Reply: Sendable {
    case result(JSONObject)
    /// One without what its revision demands.
    case bare(JSONObject)
    case error(JSON, HTTPStatus)
  }

  typealias Script = @Sendable (Asked) -> Reply

  private let revision: Revision
  private let script: Script
  private let watch = WireWatch()
  private let heard = Mutex<[Asked]>([])
  private let faults = Mutex<[String]>([])

  private init(_ revision: Revision, _ script: @escaping Script) { (self.revision, self.script) = (revision, script) }

  var asked: [Asked] { heard.withLock { $0 } }
  /// The calls of tools, in order.
  var calls: [Asked] { asked.filter { $0.method == "tools/call" } }

  func respond(to request: HTTPRequest, through response: HTTPResponder) -> HTTPWork? {
    let message = try? JSON(parsing: request.body)
    let asked = Asked(
      http: request, message: message ?? .null, method: message?["method"]?.string ?? "\(request.method)")
    heard.withLock { $0.append(asked) }
    let found = message.map { watch.client($0) } ?? []
    faults.withLock { $0 += found.map { "\($0): \(asked.message.text)" } }
    return { [self] in
      guard message != nil else { return await response.send(request.method == .delete ? 200 : 405) }
      guard let id = message?["id"] else { return await response.send(202) }
      var headers: HTTPHeaders = ["Content-Type": "application/json"]
      if asked.method == "initialize" { headers.add("Mcp-Session-Id", "s1") }
      var (answer, status): (JSONObject, HTTPStatus) = (["jsonrpc": "2.0", "id": id], 200)
      switch reply(to: asked) {
      case .result(var result):
        if revision == .v20260728, result["resultType"] == nil { result["resultType"] = "complete" }
        if revision == .v20260728, asked.method.hasSuffix("/list") || asked.method == "server/discover" {
          (result["ttlMs"], result["cacheScope"]) = (0, "private")
        }
        answer["result"] = .object(result)
        watch.server(.object(answer))
      case .bare(let result): answer["result"] = .object(result)
      case .error(let error, let code): (answer["error"], status) = (error, code)
      }
      await response.send(status, headers: headers, body: Array(JSON.object(answer).text.utf8))
    }
  }

  private func reply(to asked: Asked) -> Reply {
    let modern = revision == .v20260728
    switch asked.method {
    case "server/discover" where modern:
      if case .error(let error, let status) = script(asked) { return .error(error, status) }
      return .result(["supportedVersions": ["2026-07-28"], "capabilities": ["tools": [:]]])
    case "initialize" where !modern:
      return .result([
        "protocolVersion": .string(revision.rawValue), "capabilities": ["tools": [:]],
        "serverInfo": ["name": "scripted", "version": "1"],
      ])
    case "server/discover", "initialize":
      return .error(["code": -32601, "message": "method not found"], modern ? 404 : 400)
    default: return script(asked)
    }
  }

  /// Runs `body` with a server and its port, and sees that the client said nothing its revision does not allow.
  static func serving(
    _ revision: Revision, _ script: @escaping Script, _ body: (ScriptedServer, UInt16) async throws -> Void
  ) async throws {
    let scripted = ScriptedServer(revision, script)
    let server = try HTTPServer(handler: scripted)
    let address = try server.start(on: .loopback(port: 0))
    do { try await body(scripted, address.port) } catch { Issue.record(error) }
    await server.shutdown(within: .zero)
    for fault in scripted.faults.withLock({ $0 }) { Issue.record("\(fault)") }
  }
}
