// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import MCPServeKit
import TestSupport
import Testing

/// What the example client does for a conformance harness, scenario by scenario, each in the revisions it is for.
@Suite(.timeLimit(.minutes(2))) struct ConformanceClientTests {
  private static let streamable = Revision.allCases.filter(\.hasStreamableHTTP)
  private static let pool = HandlerPool(name: "conformance")
  private static let text: JSONObject = ["content": [["type": "text", "text": "8"]]]

  /// Runs a scenario to its end.
  @discardableResult private func run(
    _ scenario: String, _ revision: Revision, port: UInt16, context: JSON? = nil, code: Int32 = 0
  ) async throws -> ProgramRun {
    var environment = ["MCP_CONFORMANCE_SCENARIO": scenario, "MCP_CONFORMANCE_PROTOCOL_VERSION": revision.rawValue]
    environment["MCP_CONFORMANCE_CONTEXT"] = context?.text
    let run = try await EventIO.run(on: Self.pool) { [environment] in
      try TestSupport.run(
        [Programs.conformanceClient, "http://127.0.0.1:\(port)/mcp"], environment: environment, deadline: 30)
    }
    #expect(run.code == code, "\(scenario) in \(revision): \(run.error)")
    return run
  }

  private func tool(_ name: String, _ schema: JSONObject = ["type": "object", "properties": [:]]) -> JSON {
    ["name": .string(name), "inputSchema": .object(schema)]
  }

  /// Lists `tools`, and answers every call alike.
  private func listing(_ tools: JSON...) -> ScriptedServer.Script {
    { asked in .result(asked.method == "tools/list" ? ["tools": .array(tools)] : Self.text) }
  }

  @Test(arguments: ["initialize", "tools_call"], streamable)
  func theClientListsAndCalls(_ scenario: String, _ revision: Revision) async throws {
    try await ScriptedServer.serving(revision, listing(tool("add_numbers"))) { server, port in
      try await run(scenario, revision, port: port)
      #expect(server.asked.map(\.method).contains("tools/list"))
      let calls = scenario == "initialize" ? [] : ["add_numbers"]
      #expect(server.calls.map(\.name) == calls)
      for call in server.calls { #expect(call.params["arguments"] == ["a": 5, "b": 3]) }
      let offered = server.asked.first?.params["protocolVersion"]?.string
      #expect(offered == (revision.era == .legacy ? revision.rawValue : nil))
    }
  }

  @Test(arguments: streamable.filter { $0.era == .legacy })
  func theClientComesBackForItsAnswer(_ revision: Revision) async throws {
    try await withEverythingServer { port in
      let said = try await run("sse-retry", revision, port: port).error
      #expect(said.contains("Reconnection test completed"))
      // Only this revision has the server send its client away.
      if revision == .v20251125 { #expect(said.lowercased().contains("last-event-id")) }
    }
  }

  @Test(arguments: [Revision.v20250618, .v20251125, .v20260728])
  func theClientFillsInTheDefaultsOfAForm(_ revision: Revision) async throws {
    let (answers, tell) = AsyncStream.makeStream(of: Elicitation.Answer.self)
    let server = try Server(name: "asking", version: "1") {
      ServerTool("test_client_elicitation_defaults", "Asks with defaults.") { context in
        let answer = try await context.elicit(
          .init(
            "?", .init("name", .text, default: "John Doe"), .init("age", .integer, default: 30),
            .init("score", .number, default: 95.5), .init("verified", .boolean, default: true),
            .init("status", .one(["active", "inactive"]), default: "active")))
        tell.yield(answer)
        return .text("done")
      }
    }
    let (ports, listening) = AsyncStream.makeStream(of: UInt16.self)
    let serving = Task { try await server.serve(.http(port: 0)) { listening.yield($0.port) } }
    for await port in ports {
      // What the client sends is whole: a server of this package would fill in what is missing.
      let said = try await run("elicitation-sep1034-client-defaults", revision, port: port).error
      let sent = said.split(separator: "\n").filter { $0.hasPrefix("> {") }.last { $0.contains(#""action":"accept""#) }
      for (name, value) in [
        ("name", #""John Doe""#), ("age", "30"), ("score", "95.5"), ("verified", "true"), ("status", #""active""#),
      ] {
        #expect(sent?.contains(#""\#(name)":\#(value)"#) == true, "\(name) in \(sent ?? "nothing")")
      }
      break
    }
    for await answer in answers {
      #expect(answer.action == .accept)
      #expect(answer.content["age"] == 30)
      break
    }
    serving.cancel()
    try? await serving.value
  }

  @Test(arguments: streamable) func theClientFetchesNoReference(_ revision: Revision) async throws {
    // Whatever the harness asks for, its server may know the handshake alone.
    for spoken in Set([revision, .v20251125]) where spoken <= revision {
      let schema: JSONObject = ["type": "object", "properties": ["a": ["$ref": "http://127.0.0.1:9/never.json"]]]
      try await ScriptedServer.serving(spoken, listing(tool("refers", schema))) { server, port in
        let said = try await run("json-schema-ref-no-deref", revision, port: port).error
        #expect(server.asked.map(\.method).contains("tools/list"))
        #expect(Set(server.asked.map(\.http.path)) == ["/mcp"])
        #expect(!said.contains("GET /never"))
      }
    }
  }

  @Test(arguments: streamable) func theClientHandsASchemaBackUnchanged(_ revision: Revision) async throws {
    let schema: JSONObject = [
      "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
      "$defs": ["a": ["$anchor": "x", "type": "string"]], "properties": ["a": ["$ref": "#/$defs/a"]],
      "if": ["required": ["a"]], "then": ["minProperties": 1], "unevaluatedProperties": false,
    ]
    let tools = listing(tool("json_schema_2020_12_tool", schema), tool("json_schema_echo"))
    try await ScriptedServer.serving(revision, tools) { server, port in
      try await run("json-schema-2020-12-preservation", revision, port: port)
      #expect(server.calls.map(\.name) == ["json_schema_echo"])
      #expect(server.calls.first?.params["arguments"]?["schema"]?.text == JSON.object(schema).text)
    }
  }

  @Test func everyRequestSaysWhatTheClientCan() async throws {
    try await ScriptedServer.serving(.v20260728, listing(tool("add_numbers"))) { server, port in
      try await run("request-metadata", .v20260728, port: port)
      #expect(Set(server.asked.map(\.method)) == ["server/discover", "tools/list", "tools/call"])
      for asked in server.asked {
        let meta = asked.params["_meta"]
        #expect(meta?["io.modelcontextprotocol/protocolVersion"] == "2026-07-28")
        #expect(meta?["io.modelcontextprotocol/clientInfo"]?["name"] == "ConformanceClient")
        let capabilities = meta?["io.modelcontextprotocol/clientCapabilities"]
        for name in ["sampling", "roots", "elicitation"] { #expect(capabilities?[name] != nil) }
      }
    }
  }

  @Test func aRefusedRevisionIsAskedForAgain() async throws {
    let refusals = Counter()
    let tools = listing(tool("add_numbers"))
    let script: ScriptedServer.Script = { asked in
      guard refusals.next() > 0 else {
        let data: JSON = ["supported": ["2026-07-28"], "requested": "2026-07-28"]
        return .error(["code": -32022, "message": "unsupported protocol version", "data": data], 400)
      }
      return tools(asked)
    }
    try await ScriptedServer.serving(.v20260728, script) { server, port in
      try await run("request-metadata", .v20260728, port: port)
      #expect(server.calls.map(\.name) == ["add_numbers"])
    }
  }

  @Test(arguments: [Revision.v20251125, .v20260728])
  func everythingThatIsListedIsUsedWithItsHeaders(_ revision: Revision) async throws {
    try await withEverythingServer { port in
      let said = try await run("http-standard-headers", revision, port: port).error
      for name in ["test_simple_text", "test://static-text", "test_simple_prompt"] { #expect(said.contains(name)) }
      #expect(!said.contains("-32020"))
    }
  }

  @Test func argumentsAreRepeatedInHeaders() async throws {
    let names = ["text": "string", "number": "integer", "flag": "boolean", "none": "string"]
    var properties: JSONObject = ["plain": ["type": "string"]]
    for (name, type) in names { properties[name] = ["type": .string(type), "x-mcp-header": .string("P-\(name)")] }
    let tools = listing(tool("annotated", ["type": "object", "properties": .object(properties)]))
    try await ScriptedServer.serving(.v20260728, tools) { server, port in
      let arguments: JSON = ["text": "blåbær", "number": 7, "flag": true, "none": .null, "plain": "x"]
      let context: JSON = ["toolCalls": [["name": "annotated", "arguments": arguments]]]
      try await run("http-custom-headers", .v20260728, port: port, context: context)
      let call = try #require(server.calls.first)
      #expect(call.params["arguments"] == arguments)
      #expect(call.http.headers["Mcp-Param-P-text"] == "=?base64?YmzDpWLDpnI=?=")
      #expect(call.http.headers["Mcp-Param-P-number"] == "7")
      #expect(call.http.headers["Mcp-Param-P-flag"] == "true")
      #expect(call.http.headers["Mcp-Param-P-none"] == nil)
    }
  }

  @Test func toolsWithBadHeadersAreDropped() async throws {
    let annotated = { (name: String, type: String, headers: [JSON]) -> JSON in
      var properties: JSONObject = [:]
      for (index, header) in headers.enumerated() {
        properties["p\(index)"] = ["type": .string(type), "x-mcp-header": header]
      }
      return tool(name, ["type": "object", "properties": .object(properties)])
    }
    let tools = listing(
      annotated("good", "string", ["Region"]), annotated("empty", "string", [""]),
      annotated("illegal", "string", ["My Region"]), annotated("twice", "string", ["Region", "region"]),
      annotated("object", "object", ["Region"]), tool("plain"))
    try await ScriptedServer.serving(.v20260728, tools) { server, port in
      try await run("http-invalid-tool-headers", .v20260728, port: port)
      #expect(server.calls.map(\.name) == ["good", "plain"])
    }
  }

  @Test func aStateIsSentBackAsItCame() async throws {
    let script: ScriptedServer.Script = { asked in
      guard asked.method == "tools/call" else { return .result(["tools": []]) }
      let form: JSON = [
        "method": "elicitation/create",
        "params": [
          "mode": "form", "message": "?",
          "requestedSchema": ["type": "object", "properties": ["confirmed": ["type": "boolean"]]],
        ],
      ]
      if asked.name == "test_mrtr_no_result_type" { return .bare(Self.text) }
      if asked.name == "test_mrtr_unrelated" || asked.params["inputResponses"] != nil { return .result(Self.text) }
      var result: JSONObject = ["resultType": "input_required", "inputRequests": ["confirm": form]]
      if asked.name == "test_mrtr_echo_state" { result["requestState"] = " {\"å\":1}\n" }
      return .result(result)
    }
    try await ScriptedServer.serving(.v20260728, script) { server, port in
      try await run("sep-2322-client-request-state", .v20260728, port: port)
      let calls = server.calls
      #expect(
        calls.map(\.name) == [
          "test_mrtr_echo_state", "test_mrtr_echo_state", "test_mrtr_unrelated", "test_mrtr_no_state",
          "test_mrtr_no_state", "test_mrtr_no_result_type",
        ])
      #expect(calls.map { $0.params["requestState"] } == [nil, " {\"å\":1}\n", nil, nil, nil, nil])
      #expect(calls[1].params["inputResponses"]?["confirm"]?["content"] == ["confirmed": true])
      #expect(Set(calls.compactMap { $0.message["id"]?.text }).count == calls.count)
    }
  }

  @Test func whatNobodyKnowsFails() async throws {
    let run = try await run("no-such-scenario", .v20260728, port: 9, code: 1)
    #expect(run.error.contains("unknown scenario 'no-such-scenario'; known: "))
    // Logging in has tests of its own; of the rest each has a test above.
    let known = run.error.split(separator: ":").last?.split { " ,\n".contains($0) }.filter { !$0.hasPrefix("auth/") }
    #expect(
      known == [
        "elicitation-sep1034-client-defaults", "http-custom-headers", "http-invalid-tool-headers",
        "http-standard-headers", "initialize", "json-schema-2020-12-preservation", "json-schema-ref-no-deref",
        "request-metadata", "sep-2322-client-request-state", "sse-retry", "tools_call",
      ])
  }

  private func withEverythingServer(_ body: (UInt16) async throws -> Void) async throws {
    let server = try RunningProgram([Programs.everythingServer, "--port", "0"])
    defer {
      server.signal(15)
      #expect(server.finish().code == 0)
    }
    let line = try #require(server.line(holding: "serving at", onError: false))
    try await body(try #require(UInt16(line.filter(\.isNumber))))
  }
}
