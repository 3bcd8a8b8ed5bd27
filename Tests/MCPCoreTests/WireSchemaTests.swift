// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore
import Testing

@testable import TestSupport

/// That what listens in on the other tests would notice.
struct WireRuleTests {
  @Test func codesInTheReservedRangeAreThoseOfTheRevision() {
    func isKnown(_ code: Int, _ revision: Revision) -> Bool {
      WireSchemas.codeFaults(in: ["code": .number(JSONNumber(code))], in: revision).isEmpty
    }
    for revision in Revision.allCases {
      for code in [-32700, -32600, -32601, -32602, -32603, -1, 7] { #expect(isKnown(code, revision)) }
      for code in [-32000, -32001, -32019, -32099, -32768] { #expect(!isKnown(code, revision)) }
      #expect(isKnown(-32002, revision) == (revision < .v20260728))
      #expect(isKnown(-32042, revision) == (revision == .v20251125))
      #expect(isKnown(-32021, revision) == (revision == .v20260728))
    }
  }

  @Test(arguments: [
    ("progressToken", true), ("traceparent", true), ("com.example/a", true), ("com.example/", true),
    ("a/b_c.d-e", true),
    ("io.modelcontextprotocol/serverInfo", true), ("io.modelcontextprotocol/mine", false), ("com.mcp/a", false),
    ("com.mcp.tools/a", false), ("com.example.mcp/a", true), ("", false), ("-a", false), ("a-", false), ("1a/b", false),
    ("a-/b", false), ("a..b/c", false), ("a b", false),
  ])
  func keysHaveTheFormOfTheSpecification(key: String, isAllowed: Bool) {
    #expect(WireSchemas.isKey(key) == isAllowed)
    let message: JSON = ["params": ["_meta": .object([key: 1])]]
    #expect(WireSchemas.keyFaults(in: message).isEmpty == isAllowed)
  }
}

/// The specification's schemas, by which all that the tests send and receive is checked.
@Suite(.enabled(if: WireSchemas.areHere, "no message is checked: set MCPCTL_SCHEMAS to the folder of the schemas"))
struct WireSchemaTests {
  @Test(arguments: Revision.allCases) func everyMessageOfARevisionHasASchema(_ revision: Revision) {
    for (kind, side) in [("Request", WireSchemas.Side.client), ("Notification", .client), ("Notification", .server)] {
      let method = kind == "Request" ? "tools/call" : "notifications/cancelled"
      #expect(WireSchemas.definition(of: method, kind, from: side, in: revision) != nil)
    }
    let call: JSON = ["jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": ["arguments": [:]]]
    #expect(WireSchemas.faults(in: call, from: .client, in: revision).contains { $0.contains("params.name") })
  }

  @Test(arguments: Revision.allCases) func aResultIsCheckedByTheMethodItAnswers(_ revision: Revision) {
    let watch = WireWatch(revision)
    let meta: JSON = [MetaKey.protocolVersion: .string(revision.rawValue), MetaKey.clientCapabilities: [:]]
    let params: JSON = revision == .v20260728 ? ["_meta": meta] : [:]
    #expect(watch.client(["jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": params]) == [])
    #expect(watch.server(["jsonrpc": "2.0", "id": 1, "result": ["tools": 7]]) != [])
    #expect(watch.server(["jsonrpc": "2.0", "id": 2, "error": ["code": -32050, "message": "no"]]) != [])
  }
}
