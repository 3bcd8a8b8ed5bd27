// SPDX-License-Identifier: Apache-2.0
import JSONKit
import Testing

@testable import mcpctl

struct ToolFormTests {
  private let tool: JSONObject = [
    "name": "add", "title": "Add", "inputSchema": ["type": "object", "required": ["a"]], "annotations": ["x": 1],
  ]

  @Test func aToolIsAFunctionThere() {
    #expect(
      ToolForm.openai.tool(tool) == [
        "type": "function",
        "function": [
          "name": "add", "description": "Add", "parameters": ["type": "object", "required": ["a"], "properties": [:]],
        ],
      ])
    #expect(
      ToolForm.anthropic.tool(tool) == [
        "name": "add", "description": "Add", "input_schema": ["type": "object", "required": ["a"]],
      ])
  }

  @Test func aToolWithoutSchemaTakesAnyObject() {
    #expect(ToolForm.anthropic.tool(["name": "x"]) == ["name": "x", "input_schema": ["type": "object"]])
    let schema = ToolForm.openai.tool(["name": "x"])["function"]?["parameters"]
    #expect(schema == ["type": "object", "properties": [:]], "without properties it is refused there")
  }

  @Test func namesHaveTheCharactersAndTheLengthThatAreAllowed() {
    #expect(ToolForm.openai.objection(to: "read_file-2") == nil)
    #expect(ToolForm.openai.objection(to: "server/tool")?.contains("letters") == true)
    #expect(ToolForm.openai.objection(to: "") != nil)
    #expect(ToolForm.openai.objection(to: String(repeating: "a", count: 65))?.contains("at most 64") == true)
    #expect(ToolForm.anthropic.objection(to: String(repeating: "a", count: 65)) == nil)
  }
}
