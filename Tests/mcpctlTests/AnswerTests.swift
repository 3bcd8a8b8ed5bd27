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

  // Sampling

  private let thought: JSONObject = [
    "messages": [["role": "user", "content": ["type": "text", "text": "One word for water?\u{1B}[2J"]]],
    "maxTokens": 1, "systemPrompt": "Be brief.", "modelPreferences": ["hints": [["name": "large"], ["name": "small"]]],
  ]

  @Test func aPersonMayAnswerForTheModel() async throws {
    let lines = ["what?", "t", ".", "t", "  wet", "", "and deep", ".", "perhaps", "y"]
    let (answer, shown) = try await ask(ServerQuestion(.sampling, thought, from: "prod"), typing: lines)
    #expect(answer["content"] == ["type": "text", "text": "wet\n\nand deep"])
    #expect(answer["role"] == "assistant" && answer["model"] == "a person")
    for text in [
      "[prod asks] for an answer of a model", "At most 1 token\n", "Model: large, else small",
      "System prompt:\n    Be brief.",
      "user:\n    One word for water?\\x1b[2J",
    ] {
      #expect(shown.contains(text), "\(text)")
    }
    #expect(!shown.contains("\u{1B}"), "a server does not move the cursor")
    #expect(!shown.contains("--sampling-cmd"), "there is none")
  }

  @Test(arguments: [["d"], ["t", "wet", ".", "d"], []])
  func aPersonMayRefuseToAnswerForTheModel(lines: [String]) async throws {
    let error = await #expect(throws: RPCError.self) {
      try await self.ask(ServerQuestion(.sampling, self.thought), typing: lines)
    }
    #expect(error?.code == .userRejected)
  }

  @Test func whatIsLongIsShownInPart() async throws {
    let messages: [JSON] = (0..<30).map { ["role": "user", "content": ["type": "text", "text": .string("\($0)")]] }
    let long = String(repeating: "x", count: 801)
    let high = String(repeating: "y\n", count: 13)
    let params: JSONObject = [
      "messages": .array(messages), "maxTokens": 5, "systemPrompt": .string(long), "tools": [],
    ]
    var (_, shown) = try await ask(ServerQuestion(.sampling, params), typing: ["t", "z", ".", "y"])
    #expect(shown.contains(long.dropLast() + "\n    … 1 more characters\n"))
    #expect(shown.contains("24 earlier messages") && shown.contains("    24\n") && !shown.contains("    23\n"))
    (_, shown) = try await ask(
      ServerQuestion(.sampling, ["messages": [], "maxTokens": 5, "systemPrompt": .string(high)]),
      typing: ["t", "z", ".", "y"])
    #expect(shown.contains(String(repeating: "    y\n", count: 12) + "    … "))
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
    #expect(try responder([], MemoryConsole(isTerminal: true))?.skills == [.forms, .urls, .sampling])
  }

  @Test func whatIsDeclaredFollowsTheOptions() throws {
    let memory = MemoryConsole(files: ["a.json": #"{"elicitation": "accept"}"#])
    #expect(try responder(["--answer", "a.json"], memory)?.skills == .forms)
    #expect(try responder(["--sampling-cmd", "true"], memory)?.skills == [.sampling, .samplingWithTools])
    #expect(try responder(["--root", "/", "--root", "/tmp"], memory)?.skills == .roots)
    let terminal = MemoryConsole(isTerminal: true)
    #expect(try responder(["--sampling-cmd", "true"], terminal)?.skills.contains(.samplingWithTools) == true)
  }

  @Test func atATerminalACommandForSamplingIsAskedAbout() async throws {
    let question = ServerQuestion(.sampling, thought)
    let words = ["--sampling-cmd", "echo wet"]
    let memory = MemoryConsole(isTerminal: true, lines: ["", ""])
    let answer = try await responder(words, memory)?.answer(question)
    #expect(answer?["content"] == ["type": "text", "text": "wet"])
    #expect(memory.error.contains("| wet\nSend this?"))
    let refusing = MemoryConsole(isTerminal: true, lines: ["r", "d"])
    await #expect(throws: RPCError.self) { try await self.responder(words, refusing)?.answer(question) }
    let failing = MemoryConsole(isTerminal: true, lines: ["", "t", "dry", ".", ""])
    let typed = try await responder(["--sampling-cmd", "exit 3"], failing)?.answer(question)
    #expect(typed?["content"]?["text"] == "dry")
    #expect(failing.error.contains("--sampling-cmd: "))
    let unasked = MemoryConsole(isTerminal: true)
    _ = try await responder(words + ["--no-input"], unasked)?.answer(question)
    #expect(unasked.error.isEmpty)
  }

  @Test func aFileOfAnswersGoesBeforeThePerson() async throws {
    let memory = MemoryConsole(isTerminal: true, files: ["a.json": #"{"sampling": "wet"}"#])
    let answer = try await responder(["--answer", "a.json"], memory)?.answer(ServerQuestion(.sampling, thought))
    #expect(answer?["content"]?["text"] == "wet" && memory.error.isEmpty)
  }

  @Test func rootsThatMayChangeBeginWithThoseThatAreNamed() async throws {
    let memory = MemoryConsole(files: ["a.json": #"{"roots": ["/srv"]}"#])
    func roots(_ words: [String], _ roots: OfferedRoots) throws -> [String] {
      let command = try #require(try parse(["call", "x"] + words, as: RootCommand.self).command as? CallCommand)
      _ = try command.answers.responder(memory.console, Talk(TalkOptions(), memory.console), roots: roots)
      return roots.directories
    }
    #expect(try roots(["--answer", "a.json"], OfferedRoots()) == ["/srv"])
    let offered = OfferedRoots()
    #expect(try roots(["--answer", "a.json", "--root", "/"], offered) == ["/"])
    #expect(try offered.add("/tmp") && !offered.add("/tmp") && offered.remove("/") && !offered.remove("/"))
    #expect(try roots(["--root", "/"], offered) == ["/tmp"], "a later connection changes nothing")
    #expect(offered.skills.contains(.changingRoots))
    for number in 1..<OfferedRoots.limit { #expect(try offered.add("/\(number)")) }
    #expect(throws: UsageError.self) { try offered.add("/one-too-many") }
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
