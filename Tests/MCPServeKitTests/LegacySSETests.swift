// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import TestSupport
import Testing

@testable import MCPServeKit

private let ping = #"{"jsonrpc":"2.0","id":1,"method":"ping"}"#
private let add = #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"add","arguments":{"a":1}}}"#

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
      let answer = try await stream.chunk()
      #expect(answer.hasPrefix("event: message\ndata: {"))
      #expect(answer.contains(#"{"type":"text","text":"{\"sum\":2}"}"#))
      #expect(site.server.features.unregister(tool: "fail"))
      #expect(try await stream.chunk().contains("notifications/tools/list_changed"))
      #expect(try await poster.ask("POST", path, body: "{").status == 400)
      #expect(try await poster.ask("POST", "/messages?sessionId=nobody", body: add).status == 404)
      #expect(try await poster.ask("POST", "/messages", body: add).status == 400)
    }
  }
}
