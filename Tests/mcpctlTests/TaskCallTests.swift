// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore
import Testing

@testable import mcpctl

@Suite struct TaskCallTests {
  @Test(
    arguments: [
      ("required", true, true), ("optional", false, true), ("forbidden", false, false), (nil, false, false),
    ] as [(String?, Bool, Bool)])
  func aCallIsATaskWhereItsToolSaysSo(support: String?, unasked: Bool, asked: Bool) {
    var tool: JSONObject = ["name": "t"]
    if let support { tool["execution"] = ["taskSupport": .string(support)] }
    #expect(CallCommand.isTask(tool, wanted: false, in: .v20251125) == unasked)
    #expect(CallCommand.isTask(tool, wanted: true, in: .v20251125) == asked)
    #expect(CallCommand.isTask(tool, wanted: true, in: .v20260728), "there the server decides")
    #expect(CallCommand.isTask(nil, wanted: true, in: .v20251125), "nobody knows the tool")
  }
}
