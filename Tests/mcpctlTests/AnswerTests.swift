// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import JSONKit
import MCPClientKit
import MCPCore
import TestSupport
import Testing

@testable import mcpctl

/// Who answers what a server asks, at the terminal and without one.
@Suite(.timeLimit(.minutes(1))) struct AnswerTests {
  private let form: JSONObject = [
    "message": "Who are you?\u{1B}[2J",
    "requestedSchema": [
      "type": "object",
      "properties": [
        "name": ["type": "string", "title": "Your name", "minLength": 2], "age": ["type": "integer", "default": 30],
        "mail": ["type": "string", "format": "email"], "ok": ["type": "boolean", "default": false],
        "one": ["type": "string", "oneOf": [["const": "a", "title": "First"], ["const": "b", "title": "Second"]]],
        "some": ["type": "array", "items": ["type": "string", "enum": ["x", "y", "z"]]],
      ], "required": ["name"],
    ],
  ]

  private func ask(
    _ question: ServerQuestion, typing lines: [String]
  ) async throws -> (answer: JSONObject, shown: String) {
    let memory = MemoryConsole(isTerminal: true, lines: lines)
    let talk = Talk(TalkOptions(), memory.console)
    let answer = try await TerminalResponder(memory.console, talk).answer(question)
    return (answer, memory.error)
  }

  @Test func aFormIsFilledInFieldByField() async throws {
    let lines = ["", "A", "Ada", "", "nobody", "a@b.c", "y", "3", "2", "x, 3", ""]
    let (answer, shown) = try await ask(ServerQuestion(.form, form, from: "prod"), typing: lines)
    #expect(
      answer == [
        "action": "accept",
        "content": ["name": "Ada", "age": 30, "mail": "a@b.c", "ok": true, "one": "b", "some": ["x", "z"]],
      ])
    for text in ["[prod asks] Who are you?\\x1b[2J", "name is needed", "a mail address", "[30]", "2  Second (b)"] {
      #expect(shown.contains(text), "\(text)")
    }
    #expect(!shown.contains("\u{1B}"), "a server does not move the cursor")
  }

  @Test(arguments: [("d", "decline"), ("c", "cancel"), ("y", "accept")])
  func decliningAndCancellingAreDifferentAnswers(typed: String, action: String) async throws {
    let lines = ["Ada", "", "", "", "", "", typed]
    #expect(try await ask(ServerQuestion(.form, form), typing: lines).answer["action"] == .string(action))
  }

  @Test func whatWasTypedCanBeTypedAgain() async throws {
    let lines = ["Ada", "", "", "", "", "", "e", "Eve", "", "", "", "", "", "y"]
    let (answer, _) = try await ask(ServerQuestion(.form, form), typing: lines)
    #expect(answer["content"] == ["name": "Eve", "age": 30, "ok": false])
  }

  @Test func endingTheInputCancels() async throws {
    #expect(try await ask(ServerQuestion(.form, form), typing: ["Ada"]).answer == ["action": "cancel"])
  }

  @Test func aFieldForASecretIsFlagged() async throws {
    let form: JSONObject = [
      "message": "", "requestedSchema": ["type": "object", "properties": ["apiToken": ["type": "string"]]],
    ]
    #expect(try await ask(ServerQuestion(.form, form), typing: ["x", "y"]).shown.contains("looks like a secret"))
  }

  @Test(arguments: ["https://example.com:8443/path?q=1", "http://127.0.0.1:1/"])
  func aURLIsShownWholeWithItsHostAndNotOpenedUnasked(url: String) async throws {
    for (typed, action) in [("", "decline"), ("n", "decline"), ("c", "cancel")] {
      let question = ServerQuestion(.url, ["message": "Sign in", "url": .string(url)])
      let (answer, shown) = try await ask(question, typing: [typed])
      #expect(answer == ["action": .string(action)])
      #expect(shown.contains(url))
      #expect(shown.contains("Host: example.com\n") || shown.contains("Host: 127.0.0.1\n"))
    }
  }

  @Test(arguments: [
    "http://example.com/", "javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "https://a b/", "x",
  ])
  func otherURLsAreNeverOpened(url: String) async throws {
    let (answer, shown) = try await ask(ServerQuestion(.url, ["url": .string(url)]), typing: ["y"])
    #expect(answer == ["action": "decline"])
    #expect(!shown.contains("Open it"))
  }

  @Test func aNameWithForeignLettersIsPointedOut() async throws {
    let (_, shown) = try await ask(ServerQuestion(.url, ["url": "https://xn--pple-43d.com/"]), typing: ["n"])
    #expect(shown.contains("be careful"))
  }

  // Options

  private func responder(_ words: [String], _ memory: MemoryConsole) throws -> (any Responder)? {
    let invocation = try parse(["call", "x"] + words, as: RootCommand.self)
    let command = try #require(invocation.command as? CallCommand)
    return try command.answers.responder(memory.console, Talk(TalkOptions(), memory.console))
  }

  @Test func withoutATerminalNobodyIsAsked() throws {
    #expect(try responder([], MemoryConsole()) == nil)
    #expect(try responder(["--no-input"], MemoryConsole(isTerminal: true)) == nil)
    #expect(try responder([], MemoryConsole(isTerminal: true))?.skills == [.forms, .urls])
  }

  @Test func whatIsDeclaredFollowsTheOptions() throws {
    let memory = MemoryConsole(files: ["a.json": #"{"elicitation": "accept"}"#])
    #expect(try responder(["--answer", "a.json"], memory)?.skills == .forms)
    #expect(try responder(["--sampling-cmd", "true"], memory)?.skills == [.sampling, .samplingWithTools])
    #expect(try responder(["--root", "/", "--root", "/tmp"], memory)?.skills == .roots)
  }

  @Test(arguments: [
    ["--answer", "missing.json"], ["--answer", "bad.json"], ["--answer", "wrong.json"],
    ["--root", "/no/such/directory"],
  ])
  func badAnswersAreBadConfiguration(words: [String]) throws {
    let memory = MemoryConsole(files: ["bad.json": "{", "wrong.json": #"{"elicitation": "maybe"}"#])
    let failure = #expect(throws: Failure.self) { try responder(words, memory) }
    #expect(failure?.exit == .badConfiguration)
  }

  @Test func aFileOfAnswersThatIsNoJSONIsSaidSo() throws {
    let memory = MemoryConsole(files: ["bad.json": "{"])
    let failure = #expect(throws: Failure.self) { try responder(["--answer", "bad.json"], memory) }
    #expect(failure?.message.hasPrefix("--answer: bad.json is no JSON: ") == true)
  }

  @Test func answersCanComeFromStandardInput() throws {
    let memory = MemoryConsole(input: #"{"elicitation": "accept"}"#)
    #expect(try responder(["--answer", "-"], memory)?.skills == .forms)
  }

  @Test func parametersThatAreNoJSONAreNotCalledByTheNameOfAnOption() throws {
    let run = try mcpctl("rpc", "tools/call", "{bad")
    #expect(run.code == 65)
    #expect(run.error.contains("params is no JSON"))
    #expect(!run.error.contains("--args"))
  }

  // Hints

  @Test(
    arguments: [
      ([], false, "elicitation: --answer FILE; sampling: --sampling-cmd CMD or --answer FILE; roots: --root DIR"),
      ([.sampling, .roots], false, "elicitation: --answer FILE"),
      ([.sampling, .roots], true, "elicitation: an answer in the file of --answer"),
      ([.sampling, .roots, .forms], true, nil),
    ] as [(Skills, Bool, String?)])
  func aHintNamesOnlyWhatIsMissing(skills: Skills, hasScript: Bool, hint: String?) {
    let missing = MissingAnswers(skills: skills, hasScript: hasScript)
    #expect(
      missing.hint(after: "failed", refused: [.form, .sampling, .roots]) == hint.map { $0 + MissingAnswers.more })
  }

  @Test(arguments: [
    (#"Error calling trip: elicitation/create needs a client that declares {"elicitation":{"form":{}}}"#, true),
    ("Client does not support elicitation", true), ("division by zero", false), ("the sampling rate is wrong", false),
  ])
  func aServerThatSawWhatWasNotDeclaredGetsTheSameHint(text: String, isHinted: Bool) {
    let missing = MissingAnswers(skills: [], hasScript: false)
    #expect(
      missing.hint(after: text, refused: []) == (isHinted ? "elicitation: --answer FILE\(MissingAnswers.more)" : nil))
    let error = ClientError(
      .rpc, "no", rpcError: RPCError(.missingClientCapability, "no", data: ["requiredCapabilities": ["roots": [:]]]))
    #expect(missing.hint(after: error) == "roots: --root DIR\(MissingAnswers.more)")
  }
}
