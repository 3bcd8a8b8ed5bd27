// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPClientKit
import MCPCore
import Synchronization
import Testing

/// Requests that a modern server answers with questions first.
@Suite(.timeLimit(.minutes(1))) struct RoundTests {
  private static let name: JSON = [
    "method": "elicitation/create", "params": .object(AnsweringTests.nameForm),
  ]
  private static let roots: JSON = ["method": "roots/list"]

  private var options: ClientOptions {
    ClientOptions(
      responder: CustomResponder([.forms, .roots]) { question in
        question.kind == .roots
          ? ["roots": []] : ["action": "accept", "content": ["name": .string(question.key ?? "")]]
      })
  }

  @Test func questionsAreAnsweredAndTheRequestIsSentAgain() async throws {
    let asking = AskingServer.modern([["who": Self.name, "where": Self.roots], ["again": Self.name]])
    try await Client.connected(to: asking.target, options: options) { client in
      let result = try await client.callTool("ask", ["a": 1])
      #expect(result.content == [.text(#"{"again":{"action":"accept","content":{"name":"again"}}}"#)])
    }
    let calls = asking.server.requests.filter { $0.method == .toolsCall }
    #expect(Set(calls.map(\.id)).count == 3, "each round has a new id")
    #expect(calls.allSatisfy { $0.params["name"] == "ask" && $0.params["arguments"] == ["a": 1] })
    #expect(calls.map { $0.params["requestState"] } == [nil, "state0", "state1"])
    #expect(
      calls[1].params["inputResponses"] == [
        "who": ["action": "accept", "content": ["name": "who"]], "where": ["roots": []],
      ])
    let sent = asking.server.messages
    #expect(
      !sent.contains { if case .response = $0 { true } else { false } }, "the modern era has no responses of clients")
  }

  @Test(arguments: ["", #"{"a": "é\u0000"}"#, "  spaces  ", String(repeating: "x", count: 100_000)])
  func theStateGoesBackByteForByte(text: String) async throws {
    let server = ScriptedServer.modern { request in
      request.params["requestState"] == nil
        ? [request.answer(["resultType": "input_required", "requestState": .string(text)])] : [request.says("done")]
    }
    try await Client.connected(to: server.target, options: options) { client in
      let content = try await client.callTool("x").content
      #expect(content == [.text("done")])
    }
    let last = server.requests.last?.params
    #expect(last?["requestState"] == .string(text))
    #expect(last?.contains("inputResponses") == false, "nothing was asked")
  }

  @Test func noStateIsSentWhereNoneCame() async throws {
    let server = ScriptedServer.modern { request in
      request.params["inputResponses"] == nil
        ? [request.answer(["resultType": "input_required", "inputRequests": ["r": Self.roots]])]
        : [request.says("done")]
    }
    try await Client.connected(to: server.target, options: options) { _ = try await $0.callTool("x") }
    #expect(server.requests.last?.params.contains("requestState") == false)
  }

  @Test func aServerThatNeverStopsAskingIsLeft() async throws {
    let server = ScriptedServer.modern { [$0.answer(["resultType": "input_required", "requestState": "s"])] }
    var options = options
    options.limits.rounds = 3
    try await Client.connected(to: server.target, options: options) { client in
      let error = await #expect(throws: ClientError.self) { try await client.callTool("x") }
      #expect(error?.code == .unanswered)
    }
    #expect(server.requests.count { $0.method == .toolsCall } == 4)
  }

  @Test func whatCannotBeAnsweredIsNotSentAgain() async throws {
    let sampling: JSON = ["method": "sampling/createMessage", "params": .object(AnsweringTests.sampling)]
    let asking = AskingServer.modern([["q": sampling]])
    try await Client.connected(to: asking.target, options: options) { client in
      let error = await #expect(throws: ClientError.self) { try await client.callTool("x") }
      #expect(error?.code == .unanswered)
      #expect(error?.message.contains("sampling/createMessage") == true)
    }
    #expect(asking.server.requests.count { $0.method == .toolsCall } == 1)
  }

  @Test func decliningIsAnAnswer() async throws {
    let asking = AskingServer.modern([["q": Self.name]])
    let options = ClientOptions(responder: DecliningResponder())
    try await Client.connected(to: asking.target, options: options) { client in
      let content = try await client.callTool("x").content
      #expect(content == [.text(#"{"q":{"action":"decline"}}"#)])
    }
  }

  @Test(
    arguments: [
      ["resultType": "input_required"], ["resultType": "input_required", "requestState": 1],
      ["resultType": "input_required", "inputRequests": []],
      ["resultType": "input_required", "inputRequests": ["a": 1]],
      ["resultType": "input_required", "inputRequests": ["a": ["params": [:]]]], ["resultType": "task"],
      ["resultType": 1],
    ] as [JSON])
  func badResultsAreErrors(result: JSON) async throws {
    let server = ScriptedServer.modern { [$0.answer(result)] }
    try await Client.connected(to: server.target, options: options) { client in
      let error = await #expect(throws: ClientError.self) { try await client.callTool("x") }
      #expect(error?.code == .invalidResponse)
    }
  }

  @Test func listsAskNothing() async throws {
    let server = ScriptedServer.modern { [$0.answer(["resultType": "input_required", "requestState": "s"])] }
    try await Client.connected(to: server.target, options: options) { client in
      let error = await #expect(throws: ClientError.self) { try await client.request(.toolsList) }
      #expect(error?.code == .invalidResponse)
    }
  }

  @Test func moreQuestionsThanTheLimitAreRefused() async throws {
    var options = options
    options.limits.questions = 2
    for count in 2...3 {
      let questions = JSON.object(JSONObject((0..<count).map { .init(name: "q\($0)", value: Self.roots) }))
      let asking = AskingServer.modern([questions])
      try await Client.connected(to: asking.target, options: options) { client in
        if count == 2 {
          _ = try await client.callTool("x")
        } else {
          await #expect(throws: ClientError.self) { try await client.callTool("x") }
        }
      }
    }
  }
}
