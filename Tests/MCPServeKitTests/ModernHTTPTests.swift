// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import TestSupport
import Testing

@testable import MCPServeKit

private let ping = #"{"jsonrpc":"2.0","id":1,"method":"ping"}"#
private let add = #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"add","arguments":{"a":1}}}"#

struct ModernHTTPTests {
  @Test func aRequestNeedsNoSession() async throws {
    try await withSite { site in
      let call = modern("tools/call", ["name": "add", "arguments": ["a": 1]])
      let answer = try await site.peer().ask("POST", "/mcp", call.headers, body: call.body)
      #expect(answer.status == 200)
      #expect(answer.json?["result"]?["resultType"] == "complete")
      #expect(answer.headers["mcp-session-id"] == nil)
      #expect(site.store.count == 0)
    }
  }

  @Test(arguments: ["MCP-Protocol-Version", "Mcp-Method", "Mcp-Name"])
  func aHeaderThatIsMissingOrDiffersIsRefused(_ name: String) async throws {
    try await withSite { site in
      let peer = try site.peer()
      let call = modern("tools/call", ["name": "add", "arguments": ["a": 1]])
      for value in ["", "other", "=?base64?!!!?="] {
        var headers = call.headers
        headers[name] = value
        let answer = try await peer.ask("POST", "/mcp", headers, body: call.body)
        #expect(answer.status == 400)
        #expect(answer.json?["error"]?["code"] == -32020)
        #expect(answer.json?["error"]?["message"]?.string?.contains(name) == true)
      }
    }
  }

  @Test func anEncodedNameIsComparedDecoded() async throws {
    try await withSite { site in
      let peer = try site.peer()
      var call = modern("resources/read", ["uri": "test://item/ü"])
      call.headers["Mcp-Name"] = "=?base64?dGVzdDovL2l0ZW0vw7w=?="
      let answer = try await peer.ask("POST", "/mcp", call.headers, body: call.body)
      #expect(answer.json?["result"]?["contents"]?[0]?["text"] == "Item ü")
      #expect(answer.json?["result"]?["ttlMs"] == 0)
    }
  }

  @Test func errorsOfTheProtocolHaveTheirStatus() async throws {
    try await withSite { site in
      let peer = try site.peer()
      let unknown = modern("foo/bar")
      #expect(try await peer.ask("POST", "/mcp", unknown.headers, body: unknown.body).status == 404)
      let ping = modern("ping")
      #expect(try await peer.ask("POST", "/mcp", ping.headers, body: ping.body).status == 404)
      let missing = modern("tools/call", ["name": "nobody"])
      #expect(try await peer.ask("POST", "/mcp", missing.headers, body: missing.body).status == 200)
      let old =
        #"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2031-01-01","io.modelcontextprotocol/clientCapabilities":{}}}}"#
      let unserved = try await peer.ask("POST", "/mcp", body: old)
      #expect(unserved.status == 400)
      #expect(unserved.json?["error"]?["data"]?["supported"] == ["2026-07-28"])
    }
  }

  @Test func aModernHeaderWithoutMetadataIsNoLegacyRequest() async throws {
    try await withSite { site in
      let answer = try await site.peer().ask("POST", "/mcp", ["MCP-Protocol-Version": "2026-07-28"], body: ping)
      #expect(answer.status == 400)
      #expect(answer.json?["error"]?["code"] == -32602)
    }
  }

  @Test func getAndDeleteAreNotModern() async throws {
    try await withSite { site in
      let peer = try site.peer()
      for method in ["GET", "DELETE"] {
        let answer = try await peer.ask(method, "/mcp", ["MCP-Protocol-Version": "2026-07-28"])
        #expect(answer.status == 405)
        #expect(answer.headers["allow"] == "POST")
      }
    }
  }

  @Test func leavingWithdrawsTheRequest() async throws {
    let (started, cancelled) = (Happening(), Happening())
    let server = try Server(name: "s", version: "1") {
      ServerTool("wait", "Waits until it is cancelled.") { context in
        context.onCancel { cancelled.happen() }
        started.happen()
        await cancelled.wait()
        return .text("never sent")
      }
    }
    try await withSite(server) { site in
      let call = modern("tools/call", ["name": "wait"])
      var peer: HTTPPeer? = try site.peer()
      try await peer?.send("POST", "/mcp", call.headers, body: call.body)
      await started.wait()
      peer = nil
      await cancelled.wait()
    }
  }
}
