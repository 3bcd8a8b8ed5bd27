// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import Testing

@testable import MCPServeKit

private let ping = #"{"jsonrpc":"2.0","id":1,"method":"ping"}"#
private let add = #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"add","arguments":{"a":1}}}"#

struct LegacyHTTPTests {
  @Test(arguments: ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"])
  func aSessionIsOpenedUsedAndEnded(_ version: String) async throws {
    try await withSite { site in
      let peer = try site.peer()
      let session = try await site.initialize(version, peer)
      #expect(session.utf8.count == 32)
      let answer = try await peer.ask("POST", "/mcp", ["Mcp-Session-Id": session], body: add)
      #expect(answer.status == 200)
      #expect(answer.headers["content-type"] == "application/json")
      #expect(answer.json?["result"]?["content"]?[0]?["text"] == #"{"sum":2}"#)
      #expect(try await peer.ask("DELETE", "/mcp", ["Mcp-Session-Id": session]).status == 204)
      #expect(try await peer.ask("POST", "/mcp", ["Mcp-Session-Id": session], body: ping).status == 404)
    }
  }

  @Test func withoutASessionOnlyInitializeIsAnswered() async throws {
    try await withSite { site in
      let answer = try await site.peer().ask("POST", "/mcp", body: ping)
      #expect(answer.status == 400)
      #expect(answer.json?["error"]?["code"] == -32002)
      #expect(answer.json?["id"] == 1)
    }
  }

  @Test func anUnknownSessionIsNotFound() async throws {
    try await withSite { site in
      let peer = try site.peer()
      for method in ["POST", "GET", "DELETE"] {
        let body = method == "POST" ? ping : nil
        #expect(try await peer.ask(method, "/mcp", ["Mcp-Session-Id": "nobody"], body: body).status == 404)
      }
    }
  }

  @Test func notificationsAreAcceptedWithoutABody() async throws {
    try await withSite { site in
      let peer = try site.peer()
      let session = try await site.initialize("2025-11-25", peer)
      let answer = try await peer.ask(
        "POST", "/mcp", ["Mcp-Session-Id": session],
        body: #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":5}}"#)
      #expect(answer.status == 202)
      #expect(answer.body.isEmpty)
    }
  }

  @Test func batchesAreAnsweredIn20250326Only() async throws {
    try await withSite { site in
      let peer = try site.peer()
      let old = try await site.initialize("2025-03-26", peer)
      let answer = try await peer.ask("POST", "/mcp", ["Mcp-Session-Id": old], body: "[\(ping),\(add.replacing1())]")
      #expect(answer.status == 200)
      #expect(answer.json?.array?.count == 2)
      let news = try await peer.ask(
        "POST", "/mcp", ["Mcp-Session-Id": old], body: #"[{"jsonrpc":"2.0","method":"notifications/initialized"}]"#)
      #expect(news.status == 202)
      let new = try await site.initialize("2025-06-18", peer)
      let refused = try await peer.ask("POST", "/mcp", ["Mcp-Session-Id": new], body: "[\(ping)]")
      #expect(refused.status == 400)
      #expect(refused.json?["error"]?["code"] == -32600)
      #expect(try await peer.ask("POST", "/mcp", body: "[\(ping)]").status == 400)
    }
  }

  @Test func aNotificationTurnsTheAnswerIntoAStream() async throws {
    try await withSite { site in
      let peer = try site.peer()
      let session = try await site.initialize("2025-11-25", peer)
      let report =
        #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"report","_meta":{"progressToken":"t"}}}"#
      let answer = try await peer.ask("POST", "/mcp", ["Mcp-Session-Id": session], body: report)
      #expect(answer.headers["content-type"] == "text/event-stream")
      #expect(answer.headers["x-accel-buffering"] == "no")
      #expect(answer.events.count == 4)
      #expect(answer.events.last?["result"]?["content"]?[0]?["text"] == "done")
      let plain = try await peer.ask(
        "POST", "/mcp", ["Mcp-Session-Id": session, "Accept": "application/json"], body: report)
      #expect(plain.headers["content-type"] == "application/json")
      let stream = try await peer.ask(
        "POST", "/mcp", ["Mcp-Session-Id": session, "Accept": "text/event-stream"], body: ping)
      #expect(stream.events.count == 1)
    }
  }

  @Test func aListenerIsToldOfChangesAndKeptAlive() async throws {
    try await withSite { site in
      let peer = try site.peer()
      let session = try await site.initialize("2025-11-25", peer)
      let listener = try site.peer()
      try await listener.send("GET", "/mcp", ["Mcp-Session-Id": session])
      #expect(try await listener.head().headers["content-type"] == "text/event-stream")
      #expect(try await site.peer().ask("GET", "/mcp", ["Mcp-Session-Id": session]).status == 409)
      #expect(site.server.features.unregister(tool: "fail"))
      #expect(try await listener.chunk().contains("notifications/tools/list_changed"))
      site.site.beat()
      site.site.beat()
      #expect(try await listener.chunk() == ": \n\n")
      #expect(try await peer.ask("DELETE", "/mcp", ["Mcp-Session-Id": session]).status == 204)
      #expect(try await listener.chunk() == "")
    }
  }

  @Test func aSessionEndsWhenNobodyUsesIt() async throws {
    let clock = ManualTime()
    try await withSite(now: { clock.now }) { site in
      let peer = try site.peer()
      let session = try await site.initialize("2025-11-25", peer)
      for _ in 0..<3 {
        clock.advance(by: .seconds(1799))
        #expect(try await peer.ask("POST", "/mcp", ["Mcp-Session-Id": session], body: ping).status == 200)
      }
      clock.advance(by: .seconds(1800))
      #expect(try await peer.ask("POST", "/mcp", ["Mcp-Session-Id": session], body: ping).status == 404)
      #expect(site.store.count == 0)
    }
  }

  @Test func theLogLevelOutlivesAnIdlePeer() async throws {
    try await withSite { site in
      let peer = try site.peer()
      let session = try await site.initialize("2025-11-25", peer)
      _ = try await peer.ask(
        "POST", "/mcp", ["Mcp-Session-Id": session],
        body: #"{"jsonrpc":"2.0","id":1,"method":"logging/setLevel","params":{"level":"error"}}"#)
      site.site.beat()
      site.site.beat()
      let answer = try await peer.ask(
        "POST", "/mcp", ["Mcp-Session-Id": session],
        body: #"{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"report"}}"#)
      #expect(answer.headers["content-type"] == "application/json")
    }
  }

  @Test func tooManySessionsAreRefusedClearly() async throws {
    var limits = ServeLimits()
    limits.sessions = 2
    try await withSite(limits: limits) { site in
      let peer = try site.peer()
      let first = try await site.initialize("2025-11-25", peer)
      _ = try await site.initialize("2025-11-25", peer)
      let initialize =
        #"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{}}}"#
      let refused = try await peer.ask("POST", "/mcp", body: initialize)
      #expect(refused.status == 503)
      #expect(refused.headers["retry-after"] == "10")
      #expect(try await peer.ask("POST", "/mcp", ["Mcp-Session-Id": first], body: ping).status == 200)
    }
  }

  @Test func aFailedInitializeLeavesNoSession() async throws {
    try await withSite { site in
      let answer = try await site.peer().ask(
        "POST", "/mcp",
        body: #"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":5,"capabilities":{}}}"#)
      #expect(answer.json?["error"]?["code"] == -32602)
      #expect(answer.headers["mcp-session-id"] == nil)
      #expect(site.store.count == 0)
    }
  }

  @Test func anInvalidVersionHeaderIsRefused() async throws {
    try await withSite { site in
      let peer = try site.peer()
      let session = try await site.initialize("2025-11-25", peer)
      for version in ["1999-01-01", "2026-07-28"] {
        let answer = try await peer.ask(
          "POST", "/mcp", ["Mcp-Session-Id": session, "MCP-Protocol-Version": version], body: ping)
        #expect(answer.status == 400)
      }
      let known = ["Mcp-Session-Id": session, "MCP-Protocol-Version": "2025-11-25"]
      #expect(try await peer.ask("POST", "/mcp", known, body: ping).status == 200)
    }
  }
}

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
      #expect(broken.json?["id"] == .null)
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

struct LegacySSETests {
  /// Opens a stream; returns it and where to POST.
  private func open(_ site: Site) async throws -> (stream: HTTPPeer, path: String) {
    let stream = try site.peer()
    try await stream.send("GET", "/sse", ["Accept": "text/event-stream"])
    _ = try await stream.head()
    return (stream, String(try await stream.chunk().split(separator: "\n")[1].dropFirst(6)))
  }

  @Test func aSlowRequestDelaysNoOtherAndNoCancellation() async throws {
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
      let (stream, path) = try await open(site)
      // One connection for all: an answer that is due must not hold up what comes after it.
      let poster = try site.peer()
      let call = #"{"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"name":"wait"}}"#
      #expect(try await poster.ask("POST", path, body: call).status == 202)
      await started.wait()
      #expect(try await poster.ask("POST", path, body: ping).status == 202)
      #expect(try await stream.chunk().contains(#""id":1,"result":{}"#))
      let cancel = #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":9}}"#
      #expect(try await poster.ask("POST", path, body: cancel).status == 202)
      await cancelled.wait()
    }
  }

  @Test func leavingEndsTheSession() async throws {
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
      var opened: (stream: HTTPPeer, path: String)? = try await open(site)
      let path = opened?.path ?? ""
      let call = #"{"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"name":"wait"}}"#
      _ = try await site.peer().ask("POST", path, body: call)
      await started.wait()
      opened = nil
      await cancelled.wait()
      #expect(try await site.peer().ask("POST", path, body: ping).status == 404)
    }
  }

  @Test func stoppingAnswersWhatIsPendingFirst() async throws {
    let (started, goOn) = (Happening(), Happening())
    let server = try Server(name: "s", version: "1") {
      ServerTool("wait", "Waits.") { _ in
        started.happen()
        await goOn.wait()
        return .text("done")
      }
    }
    try await withSite(server) { site in
      let (stream, path) = try await open(site)
      let call = #"{"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"name":"wait"}}"#
      _ = try await site.peer().ask("POST", path, body: call)
      await started.wait()
      async let stopped: Void = site.http.shutdown(within: .seconds(10))
      goOn.happen()
      #expect(try await stream.chunk().contains("done"))
      #expect(try await stream.chunk() == "")
      await stopped
    }
  }

  @Test func theStreamSaysWhereToPostAndCarriesTheAnswers() async throws {
    try await withSite { site in
      let stream = try site.peer()
      try await stream.send("GET", "/sse", ["Accept": "text/event-stream"])
      #expect(try await stream.head().status == 200)
      let endpoint = try await stream.chunk()
      #expect(endpoint.hasPrefix("event: endpoint\ndata: /messages?sessionId="))
      let path = String(endpoint.split(separator: "\n")[1].dropFirst(6))
      let poster = try site.peer()
      #expect(
        try await poster.ask(
          "POST", path,
          body:
            #"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2024-11-05","capabilities":{}}}"#
        ).status == 202)
      #expect(try await stream.chunk().contains(#""protocolVersion":"2024-11-05""#))
      #expect(
        try await poster.ask("POST", path, body: #"{"jsonrpc":"2.0","method":"notifications/initialized"}"#).status
          == 202)
      #expect(try await poster.ask("POST", path, body: add).status == 202)
      #expect(try await stream.chunk().contains(#"{"type":"text","text":"{\"sum\":2}"}"#))
      #expect(site.server.features.unregister(tool: "fail"))
      #expect(try await stream.chunk().contains("notifications/tools/list_changed"))
      #expect(try await poster.ask("POST", path, body: "{").status == 400)
      #expect(try await poster.ask("POST", "/messages?sessionId=nobody", body: add).status == 404)
      #expect(try await poster.ask("POST", "/messages", body: add).status == 400)
    }
  }
}

extension String {
  /// The same request with another id.
  fileprivate func replacing1() -> String {
    String(self[..<self.index(startIndex, offsetBy: 22)]) + "2" + dropFirst(23)
  }
}
