// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import TestSupport
import Testing

@testable import MCPServeKit

private let ping = #"{"jsonrpc":"2.0","id":1,"method":"ping"}"#
private let initialize =
  #"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{}}}"#
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
      #expect(site.server.features.unregister(tool: "fail"))
      #expect(try await listener.event().id == "g.0")
      let event = try await listener.event()
      #expect(event.data.contains("notifications/tools/list_changed"))
      #expect(event.id?.hasPrefix("g.") == true)
      await site.site.beat()
      await site.site.beat()
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

  @Test func aSessionThatIsNeverConfirmedEndsSoon() async throws {
    let clock = ManualTime()
    try await withSite(now: { clock.now }) { site in
      let peer = try site.peer()
      let answer = try await peer.ask("POST", "/mcp", body: initialize)
      let session = ["Mcp-Session-Id": answer.headers["mcp-session-id"] ?? ""]
      clock.advance(by: .seconds(9))
      #expect(try await peer.ask("POST", "/mcp", session, body: ping).status == 200)
      clock.advance(by: .seconds(10))
      #expect(try await peer.ask("POST", "/mcp", session, body: ping).status == 404)
    }
  }

  @Test func aSessionLivesAsLongAsItsStream() async throws {
    let clock = ManualTime()
    try await withSite(now: { clock.now }) { site in
      let peer = try site.peer()
      let session = ["Mcp-Session-Id": try await site.initialize("2025-11-25", peer)]
      let listener = try site.peer()
      try await listener.send("GET", "/mcp", session)
      _ = try await listener.head()
      for _ in 0..<5 {
        clock.advance(by: .seconds(1000))
        await site.site.beat()
      }
      #expect(try await peer.ask("POST", "/mcp", session, body: ping).status == 200)
      // One that is over in the store, for whatever reason, ends with its stream.
      clock.advance(by: .seconds(1800))
      await site.site.beat()
      while try await listener.chunk() != "" {}
      #expect(try await peer.ask("POST", "/mcp", session, body: ping).status == 404)
    }
  }

  @Test func theLogLevelOutlivesAnIdlePeer() async throws {
    try await withSite { site in
      let peer = try site.peer()
      let session = try await site.initialize("2025-11-25", peer)
      _ = try await peer.ask(
        "POST", "/mcp", ["Mcp-Session-Id": session],
        body: #"{"jsonrpc":"2.0","id":1,"method":"logging/setLevel","params":{"level":"error"}}"#)
      await site.site.beat()
      await site.site.beat()
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

extension String {
  /// The same request with another id.
  fileprivate func replacing1() -> String {
    String(self[..<self.index(startIndex, offsetBy: 22)]) + "2" + dropFirst(23)
  }
}
