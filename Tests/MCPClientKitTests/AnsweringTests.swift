// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPClientKit
import MCPCore
import Observability
import Synchronization
import Testing

/// What a client answers when a server asks, whatever the era.
@Suite(.timeLimit(.minutes(1))) struct AnsweringTests {
  static let nameForm: JSONObject = [
    "message": "Who are you?",
    "requestedSchema": ["type": "object", "properties": ["name": ["type": "string"]], "required": ["name"]],
  ]
  static let sampling: JSONObject = [
    "messages": [["role": "user", "content": ["type": "text", "text": "Capital of France?"]]], "maxTokens": 10,
  ]

  private static func use(_ id: String) -> JSON {
    ["type": "tool_use", "id": .string(id), "name": "t", "input": [:]]
  }
  private static func output(_ id: String) -> JSON {
    ["type": "tool_result", "toolUseId": .string(id), "content": []]
  }

  private func options(_ skills: Skills, _ answer: @escaping @Sendable (ServerQuestion) throws -> JSONObject)
    -> ClientOptions
  {
    ClientOptions(responder: CustomResponder(skills) { try answer($0) })
  }

  private func fails(_ response: Response) -> RPCError.Code? {
    if case .failure(let error) = response.outcome { error.code } else { nil }
  }

  // Legacy

  @Test func aFormIsAnsweredWhereTheServerAsksByARequest() async throws {
    let response = try await AskingServer.answer(
      .elicit, Self.nameForm,
      options(.forms) { question in
        #expect(question.kind == .form)
        #expect(question.message == "Who are you?")
        let names = try question.form().fields.map(\.name)
        #expect(names == ["name"])
        return ["action": "accept", "content": ["name": "Ada"]]
      })
    #expect(response.id == .string("q"))
    #expect(response.outcome == .success(["action": "accept", "content": ["name": "Ada"]]))
  }

  @Test(arguments: [Method.elicit, .createMessage, .rootsList, .init(rawValue: "no/such")])
  func withoutAResponderNothingCanBeAsked(method: Method) async throws {
    let response = try await AskingServer.answer(method, Self.nameForm, ClientOptions())
    #expect(fails(response) == .methodNotFound)
  }

  @Test func whatWasRefusedForWantOfSkillIsRemembered() async throws {
    let asking = AskingServer.legacy(.elicit, Self.nameForm)
    try await Client.connected(to: asking.target, options: ClientOptions(protocolChoice: .legacy)) { client in
      #expect(client.refusedQuestions == [])
      _ = try await client.callTool("ask")
      #expect(client.refusedQuestions == [.form])
    }
  }

  @Test func aQuestionThatIsGivenUpIsNoFaultOfTheResponder() async throws {
    let (asked, ask) = AsyncStream.makeStream(of: Void.self)
    let warnings = Mutex<[String]>([])
    let responder = CustomResponder(.forms) { _ in
      ask.finish()
      try await Task.sleep(for: .seconds(1000))
      return [:]
    }
    let question: JSON = ["name": ["method": "elicitation/create", "params": .object(Self.nameForm)]]
    let asking = AskingServer.modern([question])
    let logger = Logger(level: .warning) { entry in warnings.withLock { $0.append(entry.message) } }
    try await Client.connected(to: asking.target, options: ClientOptions(responder: responder, logger: logger)) {
      client in
      let call = Task { try await client.callTool("ask") }
      for await _ in asked {}
      call.cancel()
      let error = await #expect(throws: ClientError.self) { try await call.value }
      #expect(error?.code == .cancelled)
    }
    #expect(warnings.withLock { $0 } == [])
  }

  @Test func aModeThatWasNotDeclaredIsABadParameter() async throws {
    let params: JSONObject = ["mode": "url", "message": "Go", "url": "https://example.com/", "elicitationId": "1"]
    let response = try await AskingServer.answer(.elicit, params, options(.forms) { _ in ["action": "accept"] })
    #expect(fails(response) == .invalidParams)
  }

  @Test func anAnswerThatDoesNotFitItsFormIsNotSent() async throws {
    let response = try await AskingServer.answer(
      .elicit, Self.nameForm, options(.forms) { _ in ["action": "accept", "content": ["name": 1]] })
    #expect(fails(response) == .internalError)
  }

  @Test func contentGoesWithNothingButAnAcceptedForm() async throws {
    for action in ["decline", "cancel"] {
      let response = try await AskingServer.answer(
        .elicit, Self.nameForm, options(.forms) { _ in ["action": .string(action), "content": ["name": "Ada"]] })
      #expect(response.outcome == .success(["action": .string(action)]))
    }
  }

  @Test func fieldsLeftOutHaveTheirDefaults() async throws {
    let params: JSONObject = [
      "message": "", "requestedSchema": ["type": "object", "properties": ["n": ["type": "integer", "default": 30]]],
    ]
    let response = try await AskingServer.answer(.elicit, params, options(.forms) { _ in ["action": "accept"] })
    #expect(response.outcome == .success(["action": "accept", "content": ["n": 30]]))
  }

  @Test func refusalsAreToldAsTheyAreAndFailuresAreNot() async throws {
    let refused = try await AskingServer.answer(
      .createMessage, Self.sampling, options(.sampling) { _ in throw RPCError(.userRejected, "not now") })
    #expect(refused.outcome == .failure(RPCError(.userRejected, "not now")))
    let failed = try await AskingServer.answer(
      .createMessage, Self.sampling, options(.sampling) { _ in throw InvalidShape("the key is hunter2") })
    guard case .failure(let error) = failed.outcome else { throw ChannelClosed() }
    #expect(error.code == .internalError)
    #expect(!error.message.contains("hunter2"))
  }

  @Test(
    arguments: [
      ["messages": []], ["maxTokens": 1], ["messages": [["role": "system", "content": []]], "maxTokens": 1],
      ["messages": [], "maxTokens": 1, "tools": []],
      ["messages": [["role": "assistant", "content": use("1")]], "maxTokens": 1],
      ["messages": [["role": "user", "content": [output("1")]]], "maxTokens": 1],
    ] as [JSONObject])
  func badSamplingIsABadParameter(params: JSONObject) async throws {
    let response = try await AskingServer.answer(.createMessage, params, options(.sampling) { _ in [:] })
    #expect(fails(response) == .invalidParams)
  }

  @Test func toolUsesAndTheirResultsPass() async throws {
    let params: JSONObject = [
      "messages": [
        ["role": "user", "content": ["type": "text", "text": "hi"]],
        ["role": "assistant", "content": [Self.use("1"), Self.use("2")]],
        [
          "role": "user",
          "content": [["type": "tool_result", "toolUseId": "2"], ["type": "tool_result", "toolUseId": "1"]],
        ],
      ], "maxTokens": 1, "tools": [],
    ]
    let answer: JSONObject = ["role": "assistant", "content": ["type": "text", "text": "ok"], "model": "m"]
    let response = try await AskingServer.answer(
      .createMessage, params, options([.sampling, .samplingWithTools]) { _ in answer })
    #expect(response.outcome == .success(answer))
  }

  @Test func onlyFilesAreRoots() async throws {
    let good = try await AskingServer.answer(
      .rootsList, [:], ClientOptions(responder: RootsResponder(directories: ["/srv/a b"])))
    #expect(good.outcome == .success(["roots": [["uri": "file:///srv/a%20b", "name": "a b"]]]))
    let bad = try await AskingServer.answer(
      .rootsList, [:], options(.roots) { _ in ["roots": [["uri": "https://example.com/"]]] })
    #expect(fails(bad) == .internalError)
  }

  @Test func nobodyWaitsForEverForAnAnswer() async throws {
    var options = ClientOptions(timeouts: .init(answering: .milliseconds(20)))
    options.responder = CustomResponder(.roots) { _ in
      try await Task.sleep(for: .seconds(60))
      return [:]
    }
    let response = try await AskingServer.answer(.rootsList, [:], options)
    #expect(fails(response) == .internalError)
  }

  @Test func aWithdrawnQuestionIsNotAnswered() async throws {
    let (asked, ask) = AsyncStream.makeStream(of: Void.self)
    let (ends, end) = AsyncStream.makeStream(of: Void.self)
    let server = ScriptedServer.legacy { _ in [] }
    var options = ClientOptions(protocolChoice: .legacy)
    options.responder = CustomResponder(.roots) { _ in
      ask.yield()
      defer { end.yield() }
      try await Task.sleep(for: .seconds(60))
      return [:]
    }
    try await Client.connected(to: server.target, options: options) { client in
      await server.say(Message.request(Request(id: .number(7), method: .rootsList)).json)
      for await _ in asked { break }
      await server.say(Message.notification(.init(.cancelled, ["requestId": 7])).json)
      for await _ in ends { break }
    }
    #expect(!server.messages.contains { if case .response = $0 { true } else { false } })
  }

  private func answers(_ server: ScriptedServer) -> [RequestID?] {
    server.messages.compactMap { if case .response(let it) = $0 { it.id } else { nil } }
  }

  @Test func aFloodOfQuestionsIsNotAnsweredWithAFlood() async throws {
    let (asked, ask) = AsyncStream.makeStream(of: Void.self)
    let server = ScriptedServer.legacy { request in
      request.method == .toolsList ? [request.answer(["tools": []])] : []
    }
    var options = ClientOptions(
      protocolChoice: .legacy, limits: .init(serverRequests: 2, waitingServerRequests: 3))
    let (gates, gate) = AsyncStream.makeStream(of: Void.self)
    options.responder = CustomResponder(.roots) { _ in
      ask.yield()
      for await _ in gates {}
      return ["roots": []]
    }
    try await Client.connected(to: server.target, options: options) { client in
      for id in 0..<100 { await server.say(Message.request(Request(id: .number(id), method: .rootsList)).json) }
      _ = try await client.listTools()  // by then all of them were read
      gate.finish()
      var count = 0
      for await _ in asked {
        count += 1
        if count == 5 { break }
      }
      while answers(server).count < 5 { await Task.yield() }
      _ = try await client.listTools()
    }
    let answered = answers(server)
    #expect(Set(answered) == Set((0..<5).map(RequestID.number)), "two at once, three that wait, the rest dropped")
  }

  // What is declared

  @Test func aClientDeclaresWhatItsResponderCan() async throws {
    let skills: Skills = [.sampling, .samplingWithTools, .forms, .urls, .roots, .changingRoots]
    let legacy = ScriptedServer.legacy()
    var options = options(skills) { _ in [:] }
    try await Client.connected(to: legacy.target, options: options) { try await $0.rootsChanged() }
    let opening = legacy.requests.first { $0.method == .initialize }
    #expect(
      opening?.params["capabilities"] == [
        "roots": ["listChanged": true], "sampling": ["tools": [:]], "elicitation": ["form": [:], "url": [:]],
      ])
    _ = await legacy.hears(.rootsListChanged)

    options.capabilities = ["extensions": ["com.example/x": [:]]]
    let modern = ScriptedServer.modern()
    try await Client.connected(to: modern.target, options: options) { try await $0.rootsChanged() }
    #expect(
      modern.requests.first?.params["_meta"]?[MetaKey.clientCapabilities] == [
        "roots": [:], "sampling": ["tools": [:]], "elicitation": ["form": [:], "url": [:]],
        "extensions": ["com.example/x": [:]],
      ])
    #expect(modern.notifications(.rootsListChanged).isEmpty, "the modern era has no such notification")
  }

  @Test func withoutAResponderNothingIsDeclared() async throws {
    let server = ScriptedServer.legacy()
    try await Client.connected(to: server.target) { _ in }
    #expect(server.requests.first { $0.method == .initialize }?.params["capabilities"] == [:])
  }
}
