// SPDX-License-Identifier: GPL-3.0-or-later
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
          "name": "add", "description": "Add", "parameters": ["type": "object", "required": ["a"]],
        ],
      ])
    #expect(
      ToolForm.anthropic.tool(tool) == [
        "name": "add", "description": "Add", "input_schema": ["type": "object", "required": ["a"]],
      ])
  }

  @Test func aToolWithoutSchemaTakesAnyObject() {
    #expect(ToolForm.anthropic.tool(["name": "x"]) == ["name": "x", "input_schema": ["type": "object"]])
  }

  @Test func namesHaveTheCharactersAndTheLengthThatAreAllowed() {
    #expect(ToolForm.openai.takes("read_file-2"))
    #expect(!ToolForm.openai.takes("server/tool"))
    #expect(!ToolForm.openai.takes(""))
    #expect(!ToolForm.openai.takes(String(repeating: "a", count: 65)))
    #expect(ToolForm.anthropic.takes(String(repeating: "a", count: 65)))
  }
}
