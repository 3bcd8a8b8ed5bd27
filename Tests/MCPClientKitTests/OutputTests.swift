// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import Synchronization
import Testing

@testable import MCPClientKit

/// What tools promise about their output, what goes with requests, and what watchers see.
@Suite(.timeLimit(.minutes(1))) struct OutputTests {
  private static let tool: JSON = [
    "name": "t", "inputSchema": ["type": "object"],
    "outputSchema": ["type": "object", "properties": ["n": ["type": "integer"]], "required": ["n"]],
  ]

  private func call(_ result: JSON, _ options: ClientOptions = ClientOptions()) async throws -> ToolResult {
    let server = ScriptedServer.modern { request in
      [request.answer(request.method == .toolsList ? ["tools": [Self.tool]] : result)]
    }
    return try await Client.connected(to: server.target, options: options) { client in
      _ = try await client.listTools()
      return try await client.callTool("t")
    }
  }

  @Test(
    arguments: [
      ["content": [], "structuredContent": ["n": 1]], ["content": [], "isError": true],
    ] as [JSON])
  func outputThatKeepsThePromisePasses(result: JSON) async throws { _ = try await call(result) }

  @Test(
    arguments: [
      ["content": []], ["content": [], "structuredContent": ["n": "x"]], ["content": [], "structuredContent": nil],
      ["content": [], "structuredContent": [:]],
    ] as [JSON])
  func outputThatBreaksThePromiseIsAnError(result: JSON) async throws {
    let error = await #expect(throws: ClientError.self) { try await call(result) }
    #expect(error?.code == .invalidResponse)
    #expect(error?.message.contains("its tool t promises") == true)
    _ = try await call(result, ClientOptions(checksOutput: false))
  }

  @Test func whatWasPromisedAnewCounts() {
    var promises = OutputSchemas()
    promises.learn(from: ["tools": [Self.tool]])
    #expect(promises.fault(in: [:], of: "t") != nil)
    promises.learn(from: ["tools": [["name": "t"]]])
    #expect(promises.fault(in: [:], of: "t") == nil)
    promises.learn(from: ["tools": [["name": "t", "outputSchema": ["$ref": "https://example.com/"]]]])
    #expect(promises.fault(in: ["structuredContent": 1], of: "t")?.contains("cannot be used") == true)
  }

  @Test func theTraceContextGoesWithEveryRequest() async throws {
    let server = ScriptedServer.modern { [$0.answer(["tools": []])] }
    let options = ClientOptions(traceContext: ["traceparent": "00-a-b-01", "tracestate": "x=1"])
    try await Client.connected(to: server.target, options: options) { _ = try await $0.listTools() }
    let meta = server.requests.last?.params["_meta"]
    #expect(meta?["traceparent"] == "00-a-b-01")
    #expect(meta?["tracestate"] == "x=1")
  }

  @Test func watchersSeeHTTPWithoutItsSecrets() async throws {
    let seen = Mutex<[String]>([])
    var options = ClientOptions(
      protocolChoice: .legacy,
      http: .init(headers: [
        .init("Authorization", "Bearer hunter2"), .init("X-API-Key", "hunter2"), .init("X-Plain", "shown"),
      ]))
    options.onTrace = { event in
      if case .http(let lines) = event { seen.withLock { $0 += lines } }
    }
    try await ScriptedHTTP.serving({ exchange in
      try await exchange.legacy(session: "abcdefghijklmnop") { await exchange.answer($0.answer([:])) }
    }) { [options] _, url in
      try await Client.connected(to: .http(url + "?token=hunter2"), options: options) { try await $0.ping() }
    }
    let lines = seen.withLock { $0 }
    let text = lines.joined(separator: "\n")
    #expect(!text.contains("hunter2"))
    #expect(!text.contains("abcdefghijklmnop"))
    for line in [
      "> Authorization: Bearer …", "> X-API-Key: …", "> X-Plain: shown", "> Mcp-Session-Id: abcd…", "< HTTP 200 OK",
    ] {
      #expect(lines.contains(line), "\(line)")
    }
  }

  @Test func logLinesComeWhenTheyAreAskedFor() async throws {
    let server = ScriptedServer.modern { [$0.answer(["tools": []])] }
    try await Client.connected(to: server.target) { client in
      _ = try await client.listTools()
      try await client.setLogLevel(.warning)
      _ = try await client.listTools()
    }
    #expect(server.requests.suffix(2).map { $0.params["_meta"]?[MetaKey.logLevel] } == [nil, "warning"])
  }
}
