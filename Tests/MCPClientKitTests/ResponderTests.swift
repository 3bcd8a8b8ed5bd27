// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPClientKit
import MCPCore
import Testing

/// The responders that need nobody at a keyboard.
@Suite(.timeLimit(.minutes(1))) struct ResponderTests {
  // Scripts

  private func ask(_ responder: any Responder, _ kind: ServerQuestion.Kind, _ message: String) async throws
    -> JSONObject
  {
    let params: JSONObject =
      kind == .sampling
      ? ["messages": [["role": "user", "content": ["type": "text", "text": .string(message)]]]]
      : ["message": .string(message), "url": "https://example.com/x"]
    return try await responder.answer(ServerQuestion(kind, params))
  }

  @Test func aScriptAnswersInOrderAndByWhatWasAsked() async throws {
    let script = try ScriptedResponder([
      "elicitation": [
        ["when": "name", "content": ["name": "Ada"]], ["content": ["n": 1]], "decline",
        ["mode": "url", "when": "https://example.com/", "action": "accept"],
      ],
      "sampling": [["when": "France", "text": "Paris"], ["result": ["role": "assistant"]]], "roots": ["/srv"],
    ])
    #expect(script.skills == [.forms, .urls, .sampling, .roots])
    #expect(try await ask(script, .form, "count?") == ["action": "accept", "content": ["n": 1]])
    #expect(try await ask(script, .form, "your name?") == ["action": "accept", "content": ["name": "Ada"]])
    #expect(try await ask(script, .form, "more?") == ["action": "decline"])
    #expect(try await ask(script, .form, "and more?") == ["action": "decline"], "the last is used again")
    #expect(try await ask(script, .url, "open") == ["action": "accept"])
    #expect(try await ask(script, .sampling, "Capital of France?")["content"]?["text"] == "Paris")
    #expect(try await ask(script, .sampling, "else") == ["role": "assistant"])
    #expect(try await ask(script, .roots, "")["roots"]?[0]?["uri"] == "file:///srv")
  }

  @Test func aScriptDeclaresOnlyWhatItAnswers() async throws {
    #expect(try ScriptedResponder(["elicitation": "accept"]).skills == .forms)
    #expect(try ScriptedResponder(["sampling": "hi"]).skills == .sampling)
    let script = try ScriptedResponder(["elicitation": ["when": "x", "action": "accept"]])
    await #expect(throws: InvalidShape.self) { try await ask(script, .form, "y") }
  }

  @Test(
    arguments: [
      [], ["other": 1], ["elicitation": "maybe"], ["elicitation": ["action": "maybe"]],
      ["elicitation": ["contents": [:]]],
      ["elicitation": ["mode": "roots"]], ["sampling": [:]], ["roots": ["relative"]], ["roots": 1],
    ] as [JSON])
  func aBadScriptNamesItsFault(script: JSON) {
    #expect(throws: InvalidShape.self) { try ScriptedResponder(script) }
  }

  // Programs

  @Test func aProgramReadsTheQuestionAndWritesTheAnswer() async throws {
    let program = CommandResponder([.forms, .sampling], "/bin/sh", ["-c", "cat"])
    #expect(
      try await program.answer(ServerQuestion(.form, ["message": "hi"])) == [
        "method": "elicitation/create", "params": ["message": "hi"],
      ])
    let speaker = CommandResponder(.sampling, "/bin/sh", ["-c", "cat >/dev/null; echo Paris"])
    let message = try await ask(speaker, .sampling, "Capital?")
    #expect(message["content"] == ["type": "text", "text": "Paris"])
    #expect(message["role"] == "assistant")
  }

  @Test(arguments: ["exit 3", "kill -9 $$", "echo no JSON", "yes"])
  func aProgramThatFailsIsNoAnswer(script: String) async throws {
    let program = CommandResponder(.forms, "/bin/sh", ["-c", script], limit: 10_000)
    await #expect(throws: (any Error).self) { try await program.answer(ServerQuestion(.form)) }
  }

  @Test func aProgramNobodyWaitsForIsEnded() async throws {
    let task = Task {
      try await CommandResponder(.forms, "/bin/sh", ["-c", "sleep 60"]).answer(ServerQuestion(.form))
    }
    task.cancel()
    await #expect(throws: (any Error).self) { try await task.value }
  }

  @Test func theFirstThatCanAnswers() async throws {
    let both = CombinedResponder([
      RootsResponder(directories: ["/a"]), try ScriptedResponder(["roots": ["/b"], "sampling": "x"]),
    ])
    #expect(both.skills == [.roots, .sampling])
    #expect(try await ask(both, .roots, "")["roots"]?[0]?["uri"] == "file:///a")
    #expect(try await ask(both, .sampling, "")["content"]?["text"] == "x")
    await #expect(throws: RPCError.self) { try await ask(both, .form, "") }
  }
}
