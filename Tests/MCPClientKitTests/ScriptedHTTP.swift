// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPClientKit
import MCPCore
import Synchronization
import TestSupport
import Testing

/// An HTTP server that answers as a closure says, and remembers what it was asked.
final class ScriptedHTTP: HTTPHandler, HTTPRoute {
  typealias Script = @Sendable (Exchange) async throws -> Void

  /// One request and the way to answer it.
  struct Exchange: Sendable {
    let http: HTTPRequest
    let response: HTTPResponder
    let watch: WireWatch

    /// The body as a message.
    var message: Message? { (try? JSON(parsing: http.body)).flatMap { try? Message($0) } }
    var request: Request? { if case .request(let request)? = message { request } else { nil } }

    func answer(_ json: JSON, _ status: HTTPStatus = 200, headers: HTTPHeaders = [:]) async {
      watch.server(json)
      var headers = headers
      headers.add("Content-Type", "application/json")
      await response.send(status, headers: headers, body: Array(json.text.utf8))
    }

    func startEvents() async { await response.startStream(200, headers: ["Content-Type": "text/event-stream"]) }

    func event(_ json: JSON, named name: String? = nil) async throws {
      watch.server(json)
      try await response.write(ServerSentEvent(event: name, data: json.text).encoded())
    }

    /// Waits until the client has gone.
    func untilDisconnected() async {
      let (disconnects, disconnect) = AsyncStream.makeStream(of: Void.self)
      response.onDisconnect { disconnect.finish() }
      response.onShutdown { disconnect.finish() }
      for await _ in disconnects {}
    }
  }

  private let script: Script
  private let heard = Mutex<[HTTPRequest]>([])
  private let watch = WireWatch()
  private let faults = Mutex<[String]>([])

  private init(_ script: @escaping Script) { self.script = script }

  var requests: [HTTPRequest] { heard.withLock { $0 } }

  /// `POST initialize`, `GET`, …
  var summary: [String] {
    requests.map { request in
      let method = (try? JSON(parsing: request.body))?["method"]?.string
      return "\(request.method)\(method.map { " \($0)" } ?? "")"
    }
  }

  func respond(to request: HTTPRequest, through response: HTTPResponder) -> HTTPWork? {
    heard.withLock { $0.append(request) }
    if let message = try? JSON(parsing: request.body) {
      let found = watch.client(message).map { "\($0): \(message.text)" }
      faults.withLock { $0 += found }
    }
    return { [self] in do { try await script(Exchange(http: request, response: response, watch: watch)) } catch {} }
  }

  /// Runs `body` with a server and its URL, and shuts the server down.
  static func serving(
    _ script: @escaping Script, _ body: (ScriptedHTTP, String) async throws -> Void
  ) async throws {
    let handler = ScriptedHTTP(script)
    let server = try HTTPServer(handler: handler)
    let address = try server.start(on: #require(SocketAddress(host: "127.0.0.1", port: 0)))
    do {
      try await body(handler, "http://\(address)/mcp")
    } catch {
      Issue.record(error)
    }
    await server.shutdown(within: .milliseconds(100))
    for fault in handler.faults.withLock({ $0 }) { Issue.record("\(fault)") }
  }
}

extension ScriptedHTTP.Exchange {
  /// A modern server's part: describes itself, and leaves the rest to `script`.
  func modern(_ script: (Request) async throws -> Void) async throws {
    guard let request else { return await response.send(405) }
    request.method == .discover ? await answer(request.answer(ScriptedServer.discovery)) : try await script(request)
  }

  /// A legacy server's part: refuses the unknown, shakes hands and hands out a session, and leaves the rest to `script`.
  func legacy(
    _ revision: String = "2025-11-25", session: String = "s1", _ script: (Request) async throws -> Void = { _ in }
  ) async throws {
    switch message {
    case .request(let request) where request.method == .initialize:
      await answer(request.answer(ScriptedServer.handshake(revision)), headers: ["Mcp-Session-Id": session])
    case .request where http.headers["Mcp-Session-Id"] == nil:
      await response.send(400, body: Array("Bad Request: Missing session ID".utf8))
    case .request(let request): try await script(request)
    case .notification, .response: await response.send(202)
    case nil: await response.send(http.method == .delete ? 200 : 405)
    }
  }
}
