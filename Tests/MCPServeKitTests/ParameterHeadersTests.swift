// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import TestSupport
import Testing

@testable import MCPServeKit

/// Headers that repeat arguments. Spec: 2026-07-28, streamable-http, "Custom Headers from Tool Parameters".
@Suite struct ParameterHeadersTests {
  private static let schema: JSONObject = [
    "type": "object",
    "properties": [
      "region": ["type": "string", "x-mcp-header": "Region"], "n": ["type": "integer", "x-mcp-header": "N"],
      "deep": ["type": "object", "properties": ["yes": ["type": "boolean", "x-mcp-header": "Yes"]]],
    ],
  ]

  private func fault(_ headers: HTTPHeaders, _ arguments: JSON) throws -> RPCError? {
    let check = try #require(try ParameterHeaders(Self.schema))
    do throws(RPCError) {
      try check.check(headers, against: arguments)
      return nil
    } catch {
      return error
    }
  }

  @Test func equalHeadersPass() throws {
    for (headers, arguments) in [
      (
        ["Mcp-Param-Region": "eu", "mcp-param-n": "42", "MCP-PARAM-YES": "true"],
        ["region": "eu", "n": 42, "deep": ["yes": true]]
      ),
      (["Mcp-Param-Region": "=?base64?esO8cmljaA==?="], ["region": "zürich"]),
      (["Mcp-Param-Region": "=?base64?ZXU=?="], ["region": "eu"]), (["Mcp-Param-N": "1"], ["n": 1.0]),
      ([:], [:]), ([:], ["region": nil, "other": "x"]),
      (["Mcp-Param-Unknown": "x"], [:]), ([:], ["region": []]),
    ] as [(HTTPHeaders, JSON)] {
      #expect(try fault(headers, arguments) == nil, "\(arguments.text)")
    }
  }

  @Test func whatIsMissingDifferentOrBadIsRefused() throws {
    for (headers, arguments) in [
      ([:], ["region": "eu"]), (["Mcp-Param-Region": "us"], ["region": "eu"]),
      (["Mcp-Param-Region": "EU"], ["region": "eu"]), (["Mcp-Param-Region": "eu"], [:]),
      (["Mcp-Param-Region": "=?base64?ZXU?="], ["region": "eu"]),
      (["Mcp-Param-Region": "=?base64?/w==?="], ["region": "eu"]),
      (["Mcp-Param-Region": "=?BASE64?ZXU=?="], ["region": "eu"]), (["Mcp-Param-N": "2"], ["n": 1]),
      (["Mcp-Param-N": "one"], ["n": 1]), (["Mcp-Param-Yes": "True"], ["deep": ["yes": true]]),
      (["Mcp-Param-Region": "eu", "mcp-param-region": "eu"], ["region": "eu"]),
    ] as [(HTTPHeaders, JSON)] {
      #expect(try fault(headers, arguments)?.code == .headerMismatch, "\(headers) \(arguments.text)")
    }
  }

  @Test func valuesStayOutOfTheError() throws {
    let error = try fault(["Mcp-Param-Region": "secret1"], ["region": "secret2"])
    #expect(error?.message.contains("secret") == false)
    #expect(error?.message.contains("Mcp-Param-Region") == true)
  }

  @Test(
    arguments: [
      ["type": "string", "x-mcp-header": ""], ["type": "string", "x-mcp-header": "a b"],
      ["type": "string", "x-mcp-header": 1], ["type": "number", "x-mcp-header": "A"],
      ["type": "array", "items": ["type": "string", "x-mcp-header": "A"]],
      ["anyOf": [["type": "string", "x-mcp-header": "A"]]], ["x-mcp-header": "A"],
      [
        "type": "object",
        "properties": ["a": ["type": "string", "x-mcp-header": "A"], "b": ["type": "string", "x-mcp-header": "a"]],
      ],
    ] as [JSON])
  func aSchemaWithABadAnnotationIsRefused(property: JSON) {
    #expect(throws: InvalidShape.self) { try ParameterHeaders(["type": "object", "properties": ["p": property]]) }
  }

  @Test func aSchemaWithoutAnnotationsNeedsNoCheck() throws {
    let schema: JSONObject = [
      "type": "object", "properties": ["p": ["type": "string", "default": ["x-mcp-header": ""]]],
    ]
    #expect(try ParameterHeaders(schema) == nil)
  }

  @Test func aCallOverHTTPNeedsTheHeadersOfItsTool() async throws {
    let tool = Tool(name: "regional", inputSchema: Self.schema)
    let server = try Server(name: "s", version: "1") {
      try ServerTool(tool) { _, _ in .text("done") }
    }
    try await withSite(server) { site in
      let peer = try site.peer()
      let call = modern("tools/call", ["name": "regional", "arguments": ["region": "eu"]])
      #expect(try await peer.ask("POST", "/mcp", call.headers, body: call.body).status == 400)
      let repeated = call.headers.merging(["Mcp-Param-Region": "eu"]) { $1 }
      #expect(try await peer.ask("POST", "/mcp", repeated, body: call.body).status == 200)
      let wrong = call.headers.merging(["Mcp-Param-Region": "us"]) { $1 }
      let answer = try await peer.ask("POST", "/mcp", wrong, body: call.body)
      #expect(answer.status == 400 && answer.body.contains("-32020"))
    }
  }

  @Test func aToolWhoseHeadersClientsWouldRefuseIsRefused() {
    let tool = Tool(
      name: "bad", inputSchema: ["type": "object", "properties": ["a": ["type": "string", "x-mcp-header": "a b"]]])
    #expect(throws: FeatureError.self) {
      try Server(name: "s", version: "1") { try ServerTool(tool) { _, _ in .text("") } }
    }
  }
}
