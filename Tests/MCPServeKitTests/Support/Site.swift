// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import Observability
import TestSupport
import Testing

@testable import MCPServeKit

/// A service on a port of its own.
struct Site: Sendable {
  let address: SocketAddress
  let site: HTTPSite
  let store: MemorySessionStore
  let log: MemoryEventLog
  let server: Server
  let http: HTTPServer
  let service: Service

  func peer() throws -> HTTPPeer { try HTTPPeer(address) { Issue.record("\($0)") } }

  /// Opens a session and returns its id.
  func initialize(
    _ version: String = "2025-11-25", _ peer: HTTPPeer, _ headers: [String: String] = [:]
  ) async throws -> String {
    let answer = try await peer.ask(
      "POST", "/mcp", headers,
      body:
        #"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"\#(version)","capabilities":{}}}"#)
    let session = answer.headers["mcp-session-id"] ?? ""
    _ = try await peer.ask(
      "POST", "/mcp", headers.merging(["Mcp-Session-Id": session]) { $1 },
      body: #"{"jsonrpc":"2.0","method":"notifications/initialized"}"#)
    return session
  }
}

/// Serves `server` for as long as `body` takes.
func withSite(
  _ server: Server? = nil, limits: ServeLimits = ServeLimits(), revisions: [Revision] = Revision.allCases,
  authorization: Authorization? = nil, logger: Logger = .silent,
  now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }, instruments: Instruments = Instruments(),
  options change: (inout HTTPOptions) -> Void = { _ in }, _ body: (Site) async throws -> Void
) async throws {
  let server = try server ?? makeFixture()
  var options = HTTPOptions()
  options.eventsPath = "/sse"
  change(&options)
  let store = MemorySessionStore(limit: limits.sessions, now: now)
  let log = MemoryEventLog(limits: limits)
  let service = Service(
    server, revisions: revisions, limits: limits, authorization: authorization, logger: logger, instruments: instruments
  )
  let site = HTTPSite(
    service, options, store: store, log: log, isLoopback: true)
  let http = try HTTPServer(handler: site)
  let address = try http.start(host: "127.0.0.1", port: 0)[0]
  site.listens(on: [address])
  do {
    try await body(
      Site(address: address, site: site, store: store, log: log, server: server, http: http, service: service))
  } catch {
    await http.shutdown(within: .zero)
    throw error
  }
  await http.shutdown(within: .zero)
}

/// A request of the modern era, with the headers that go with it.
func modern(
  _ method: String, _ params: JSONObject = [:], id: JSON = 1, capabilities: JSONObject = [:]
) -> (headers: [String: String], body: String) {
  var params = params
  params["_meta"] = [
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": .object(capabilities),
  ]
  var headers = ["MCP-Protocol-Version": "2026-07-28", "Mcp-Method": method]
  headers["Mcp-Name"] = (params["name"] ?? params["uri"] ?? params["taskId"])?.string
  let body: JSON = ["jsonrpc": "2.0", "id": id, "method": .string(method), "params": .object(params)]
  return (headers, body.text)
}
