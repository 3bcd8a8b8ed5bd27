// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import TestSupport
import Testing

@testable import MCPServeKit

private let ping = #"{"jsonrpc":"2.0","id":1,"method":"ping"}"#
private let add = #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"add","arguments":{"a":1}}}"#

struct HTTPHygieneTests {
  @Test func foreignHostsAndOriginsAreForbidden() async throws {
    try await withSite(options: {
      $0.allowedHosts = ["mcp.example"]
      $0.allowedOrigins = ["https://app.example"]
    }) { site in
      let peer = try site.peer()
      for host in ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:80"] {
        #expect(try await peer.ask("POST", "/mcp", ["Host": host], body: ping).status == 403)
      }
      for origin in ["http://evil.example", "null", "http://localhost.evil.example"] {
        #expect(try await peer.ask("POST", "/mcp", ["Origin": origin], body: ping).status == 403)
      }
      let allowed: [[String: String]] = [
        ["Host": "LocalHost:99"], ["Host": "[::1]:1"], ["Host": "mcp.example:8000"],
        ["Origin": "http://localhost:3000"],
        ["Origin": "https://app.example"], ["Origin": "http://127.0.0.1"],
      ]
      for headers in allowed { #expect(try await peer.ask("POST", "/mcp", headers, body: ping).status == 400) }
    }
  }

  /// A page whose name was made to point here (DNS rebinding) sends its own name as Host and as Origin.
  @Test(arguments: [
    ("http://rebound.example:8000", "rebound.example:8000", false), ("http://192.0.2.1:8000", "192.0.2.1:8000", true),
    ("http://[2001:db8::1]", "[2001:db8::1]", true), ("http://192.0.2.1.example", "192.0.2.1.example", false),
    ("http://192.0.2.1", "192.0.2.2", false),
  ])
  func aPageIsOfThisServerOnlyByAddress(origin: String, host: String, isAllowed: Bool) {
    let guards = HTTPGuards(hosts: [], origins: [], isLoopback: false)
    let request = HTTPRequest(
      method: .post, target: "/mcp", headers: ["Host": host, "Origin": origin], remote: .loopback(port: 1))
    #expect((guards.refusal(of: request.head) == nil) == isAllowed)
  }

  @Test func aTargetThatIsAURLNamesTheHostThatHostDoes() async throws {
    try await withSite { site in
      let peer = try site.peer()
      #expect(try await peer.ask("GET", "http://localhost/health").status == 200)
      #expect(try await peer.ask("GET", "http://LOCALHOST/health").status == 200)
      for target in ["http://evil.example/health", "http://localhost@evil.example/health", "http://localhost:1/health"]
      {
        #expect(try await peer.ask("GET", target).status == 403)
      }
    }
  }

  @Test func aHandshakeBelongsToTheEndpointThatKeepsIt() async throws {
    try await withSite { site in
      let peer = try site.peer()
      let initialize =
        #"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{}}}"#
      #expect(try await peer.ask("POST", "/", body: initialize).status == 400)
    }
  }

  @Test func whatIsNotJSONIsRefused() async throws {
    try await withSite { site in
      let peer = try site.peer()
      #expect(try await peer.ask("POST", "/mcp", ["Content-Type": "text/plain"], body: ping).status == 415)
      #expect(try await peer.ask("POST", "/mcp", ["Content-Type": ""], body: ping).status == 415)
      #expect(try await peer.ask("POST", "/mcp", ["Accept": "text/html"], body: ping).status == 406)
      #expect(try await peer.ask("GET", "/mcp", ["Accept": "application/json"]).status == 406)
      let broken = try await peer.ask("POST", "/mcp", body: "{")
      #expect(broken.status == 400)
      #expect(broken.json?["error"]?["code"] == -32700)
      #expect(broken.json?["id"] == nil)
      #expect(try await peer.ask("POST", "/mcp", body: "{}").json?["error"]?["code"] == -32600)
      #expect(try await peer.ask("PUT", "/mcp", body: "{}").headers["allow"] == "GET, POST, DELETE")
      #expect(try await peer.ask("GET", "/nowhere").status == 404)
    }
  }

  @Test func curlIsServedToo() async throws {
    try await withSite { site in
      let peer = try site.peer()
      #expect(try await peer.ask("GET", "/health").body == #"{"status":"ok"}"#)
      #expect(try await peer.ask("GET", "/actuator/health").body == #"{"status":"UP"}"#)
      #expect(try await peer.ask("POST", "/health", body: "{}").status == 405)
      #expect(try await peer.ask("GET", "/tools/list").json?["tools"]?[0]?["name"] == "add")
      for path in ["/", "/tools/call", "/tools/list"] {
        #expect(try await peer.ask("POST", path, body: add).json?["result"]?["structuredContent"] == ["sum": 2])
      }
      let stream = try site.peer()
      try await stream.send("GET", "/stream")
      #expect(try await stream.head().status == 200)
    }
  }
}
