// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore
import TestSupport
import Testing

@testable import MCPServeKit

/// Smaller facts about HTTP. Spec: 2026-07-28, basic/transports/streamable-http and basic/versioning.
struct ModernOnlyTests {
  @Test func aServerOfTheNewestRevisionAloneHasNoSessions() async throws {
    try await withSite(revisions: [.v20260728]) { site in
      let peer = try site.peer()
      for method in ["GET", "DELETE"] {
        let answer = try await peer.ask(method, "/mcp", ["Mcp-Session-Id": "x", "Last-Event-ID": "g.1"])
        #expect(answer.status == 405)
        #expect(answer.headers["allow"] == "POST")
      }
      let opening = try await peer.ask(
        "POST", "/mcp",
        body:
          #"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{}}}"#
      )
      #expect(opening.json?["error"]?["message"]?.string?.contains("2026-07-28") == true)
      #expect(opening.headers["mcp-session-id"] == nil)
      let call = modern("tools/call", ["name": "add", "arguments": ["a": 1]])
      let headers = call.headers.merging(["Mcp-Session-Id": "x", "Last-Event-ID": "g.1"]) { $1 }
      let answer = try await peer.ask("POST", "/mcp", headers, body: call.body)
      #expect(answer.json?["result"]?["structuredContent"] == ["sum": 2])
      #expect(answer.headers["mcp-session-id"] == nil)
    }
  }

  @Test func aNotificationOfNoSessionIsRefused() async throws {
    try await withSite { site in
      let answer = try await site.peer().ask(
        "POST", "/mcp", ["MCP-Protocol-Version": "2026-07-28", "Mcp-Method": "notifications/cancelled"],
        body: #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#)
      #expect(answer.status == 400)
      #expect(answer.json?["id"] == nil)
    }
  }

  @Test func aSubscriptionIsKeptAlive() async throws {
    try await withSite { site in
      let stream = try site.peer()
      let request = modern("subscriptions/listen", ["notifications": ["toolsListChanged": true]])
      try await stream.send("POST", "/mcp", request.headers, body: request.body)
      _ = try await stream.head()
      _ = try await stream.message()
      await site.site.beat()
      await site.site.beat()
      #expect(try await stream.chunk() == ": \n\n")
    }
  }

  @Test func aForeignPageOpensNoStream() async throws {
    try await withSite { site in
      for headers in [["Origin": "http://evil.example"], ["Host": "evil.example"]] {
        #expect(try await site.peer().ask("GET", "/sse", headers).status == 403)
        let posted = try await site.peer().ask("POST", "/messages?sessionId=x", headers, body: "{}")
        #expect(posted.status == 403)
      }
      let listed = modern("tools/list")
      let headers = listed.headers.merging(["Origin": "http://evil.example"]) { $1 }
      #expect(try await site.peer().ask("POST", "/mcp", headers, body: listed.body).status == 403)
    }
  }
}
