// SPDX-License-Identifier: Apache-2.0
import JSONKit
import Testing

@testable import MCPCore

struct SamplingTests {
  private func object(_ text: String) throws -> JSONObject { try #require(try JSON(parsing: text).object) }

  @Test(arguments: [
    #"{"messages":[{"role":"user","content":{"type":"text","text":"Hi"}}],"maxTokens":5}"#,
    #"{"messages":[],"maxTokens":5,"systemPrompt":"Be brief.","modelPreferences":{"hints":[{"name":"a"},{"name":"b"}],"costPriority":0.2,"speedPriority":1,"intelligencePriority":0},"temperature":0.7,"stopSequences":["."],"includeContext":"thisServer","metadata":{"k":1},"tools":[{"name":"t","inputSchema":{"type":"object"}}],"toolChoice":{"mode":"required"}}"#,
    #"{"messages":[{"role":"assistant","content":[{"type":"text","text":"x"},{"type":"tool_use","id":"1","name":"t","input":{"a":1},"_meta":{"m":1}}],"_meta":{"n":2}},{"role":"user","content":{"type":"tool_result","toolUseId":"1","content":[{"type":"text","text":"y"}],"structuredContent":{"z":1},"isError":true,"_meta":{"o":3}}}],"maxTokens":5}"#,
    #"{"messages":[{"role":"user","content":[{"type":"image","data":"AA==","mimeType":"image/png"},{"type":"audio","data":"AA==","mimeType":"audio/wav"},{"type":"new","x":1},{"type":"text","text":"t","annotations":{}}]}],"maxTokens":5}"#,
  ])
  func aRequestIsWrittenAsItWasRead(_ text: String) throws {
    #expect(JSON.object(try Sampling.Request(json: object(text)).json).text == text)
  }

  @Test(arguments: [
    #"{"role":"assistant","content":{"type":"text","text":"Paris"},"model":"m","stopReason":"endTurn"}"#,
    #"{"role":"assistant","content":[{"type":"text","text":"a"},{"type":"tool_use","id":"1","name":"t","input":{}}],"model":"m"}"#,
  ])
  func aResultIsWrittenAsItWasRead(_ text: String) throws {
    #expect(JSON.object(try Sampling.Result(json: object(text)).json).text == text)
  }

  @Test func aResultTellsItsTextAndCalls() throws {
    let result = Sampling.Result(
      Sampling.Message(
        .assistant, [.text("a"), .toolUse(.init(id: "1", name: "t", input: [:])), .text("b")]), model: "m")
    #expect(result.text == "ab")
    #expect(result.toolUses.map(\.id) == ["1"])
  }

  @Test(arguments: [
    #"{"content":{"type":"text","text":"x"},"model":"m"}"#, #"{"role":"assistant","model":"m"}"#,
    #"{"role":"assistant","content":{"type":"text","text":"x"}}"#,
    #"{"role":"assistant","content":{"type":"tool_use","id":"1"},"model":"m"}"#,
  ])
  func aMalformedResultIsRefused(_ text: String) throws {
    let json = try object(text)
    #expect(throws: InvalidShape.self) { try Sampling.Result(json: json) }
  }

  private static let use = Sampling.ToolUse(id: "1", name: "t", input: [:])
  private static let other = Sampling.ToolUse(id: "2", name: "t", input: [:])
  private static let calls = Sampling.Message(.assistant, [.toolUse(use), .toolUse(other)])
  private static let outputs = [use.output(.text("a")), other.output(.text("b"))]

  @Test func callsAndOutputsPairUp() throws {
    let messages: [Sampling.Message] = [
      .user("Go"), Self.calls, Sampling.Message(.user, Self.outputs.reversed()), .assistant("Done"),
    ]
    try Sampling.Request(messages, maxTokens: 1).check()
  }

  @Test(arguments: [
    [calls], [calls, Sampling.Message(.user, [outputs[0]])], [calls, .user("no")],
    [calls, Sampling.Message(.user, outputs + [.text("more")])], [calls, Sampling.Message(.assistant, outputs)],
    [calls, Sampling.Message(.user, outputs + [outputs[0]])], [Sampling.Message(.user, outputs)],
    [Sampling.Message(.user, [.toolUse(use)]), Sampling.Message(.user, [outputs[0]])],
    [Sampling.Message(.assistant, [.toolUse(use), .toolUse(use)]), Sampling.Message(.user, [outputs[0]])],
  ])
  func callsAndOutputsThatDoNotPairUpAreRefused(_ messages: [Sampling.Message]) {
    #expect(throws: InvalidShape.self) { try Sampling.Request(messages, maxTokens: 1).check() }
  }

  @Test func olderRevisionsGetOneBlockInAMessage() {
    let request = Sampling.Request(
      [Sampling.Message(.user, [.text("a"), .audio(base64: "AA==", mimeType: "audio/wav")])], maxTokens: 1)
    let oldest = Dialect(.v20241105).sampling(request)["messages"]
    #expect(oldest?.array?.count == 2)
    #expect(oldest?[1]?["content"]?["type"] == "text")
    #expect(Dialect(.v20250326).sampling(request)["messages"]?[1]?["content"]?["type"] == "audio")
    #expect(Dialect(.v20251125).sampling(request)["messages"]?[0]?["content"]?.array?.count == 2)
  }

  @Test func theContextOfServersIsAskedForOnlyWhereThereIsAny() throws {
    var request = Sampling.Request([.user("a")], maxTokens: 1)
    request.includeContext = .allServers
    for (capabilities, revision, expected) in [
      (["sampling": [:]], Revision.v20251125, nil), (["sampling": ["context": [:]]], .v20251125, "allServers"),
      (["sampling": [:]], .v20250618, "allServers"),
    ] as [(JSONObject, Revision, String?)] {
      let context = RequestContext(id: .number(1), revision: revision, clientCapabilities: capabilities)
      #expect(try context.question(request).params["includeContext"]?.string == expected)
    }
  }

  @Test func toolsNeedAClientThatDeclaresThem() throws {
    let request = Sampling.Request(
      [.user("a")], maxTokens: 1, tools: [Tool(name: "t", inputSchema: ["type": "object"])])
    let context = RequestContext(
      id: .number(1), revision: .v20251125, clientCapabilities: ["sampling": ["tools": [:]]])
    #expect(try context.question(request).needs == [.sampling, .samplingTools])
    #expect(context.supports(.samplingTools))
    let older = RequestContext(id: .number(1), revision: .v20250618, clientCapabilities: ["sampling": ["tools": [:]]])
    #expect(!older.supports(.samplingTools))
    let unasked: JSONObject = [
      "role": "assistant", "content": ["type": "tool_use", "id": "1", "name": "t", "input": [:]], "model": "m",
    ]
    #expect(try context.answer(unasked, to: request).toolUses.count == 1)
    #expect(throws: QuestionError.self) { try context.answer(unasked, to: .init([.user("a")], maxTokens: 1)) }
  }
}
