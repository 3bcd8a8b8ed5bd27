// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit
import MCPClientKit
import MCPCore

/// `mcpctl call`
struct CallCommand: ServerCommand {
  static let info = CommandInfo(
    "call", "Call a tool and print its result.",
    discussion: [
      "The tool's schema is fetched first and decides what each argument becomes. Missing, unknown and mistyped arguments "
        + "are all listed before anything is sent; `mcpctl help arguments` explains how they are written.",
      "`mcpctl call TOOL --help` shows what a tool takes. A tool that answers with an error ends with exit code 3.",
    ],
    examples: [
      .init("mcpctl call calculator a=1 b=2", "Adds two numbers with the built-in server."),
      .init("mcpctl -s http://127.0.0.1:8000/mcp call echo message=hi", "Calls a tool of a server elsewhere."),
      .init("mcpctl call echo message=hi -- mcpctl serve --transport stdio", "Starts a server for one call."),
      .init("mcpctl call calculator --help", "Shows the arguments of one tool."),
      .init("mcpctl call calculator a=1 b=2 -o json", "Prints the result object of the specification."),
    ])

  @Argument("Name of the tool.", completion: .dynamic("tools")) var tool: String
  @Argument(
    "Arguments of the tool: name=value, name:=JSON or name=@FILE.", value: "name=value",
    completion: .dynamic("arguments"))
  var words: [String]
  @Trailing(programHelp, value: "command") var program: [String]
  @Flag("Let the server make a task of the call, and wait for that.") var task: Bool
  @Flag("End with 0 even when the tool answers with an error.") var ignoreToolError: Bool
  @Group("Arguments of the tool") var arguments: ArgumentOptions
  @Group("Answers to the server") var answers: AnswerOptions
  @Group("Connection") var connection: ConnectionOptions
  @Group("Output") var output: OutputOptions
  @Group("Messages") var talk: TalkOptions

  /// Takes the server out of `server/tool`, where no other is named and a server has that name.
  private func settleServer(_ console: Console) throws {
    guard connection.server == nil, program.isEmpty, let slash = tool.firstIndex(of: "/") else { return }
    let server = String(tool[..<slash])
    let book = try ServerBook(console.environs)
    guard server == TargetResolver.builtin || book.entry(server) != nil else {
      // The built-in server has no such names, so that a server was meant.
      if console.environment("MCPCTL_SERVER")?.isEmpty != false, book.current == nil { _ = try book.required(server) }
      return
    }
    connection.server = server
    tool = String(tool[tool.index(after: slash)...])
  }

  func connecting(_ console: Console) throws -> Connection {
    var connecting = try Connection(connection, program: program, answers, talk, console)
    connecting.checksOutput = !arguments.noValidate
    return connecting
  }

  func run(in console: Console) async throws -> ExitCode {
    try settleServer(console)
    if arguments.dryRun && arguments.noSchema {
      try output.printer.show(request(try read(nil, console)), on: console)
      return .success
    }
    return try await connecting(console).run { try await perform(in: $0) }
  }

  func perform(in scene: Scene) async throws -> ExitCode {
    let (console, talk) = (scene.console, scene.talk)
    let found = arguments.noSchema ? nil : try await scene.find(tool, in: .tools, key: "name", noun: "tool")
    let taken = try read(found?["inputSchema"]?.object, console)
    if arguments.dryRun { return try scene.show(request(taken), output.printer) }
    try await CallConsent(dialogue: Dialogue(console: console), isGiven: arguments.yes || answers.noInput).ask(
      for: found, taken)
    var request = scene.request
    request.asTask = Self.isTask(found, wanted: task, in: scene.client.negotiated.revision)
    request.onTask = { task in talk.say("task \(task.status.rawValue)\(task.message.map { ": \($0)" } ?? "")") }
    request.isIdempotent = found.map(promisesToBeRepeatable) ?? false
    let result = try await scene.client.request(
      .toolsCall, ["name": .string(tool), "arguments": .object(taken)], options: request)
    talk.endProgress()
    return try show(result, in: scene)
  }

  /// Whether a call goes as a task: where its tool has to be one, and where it is wanted and the tool can be one.
  ///
  /// Spec: 2025-11-25, basic/utilities/tasks, "Tool-Level Negotiation". In 2026-07-28 the server decides.
  static func isTask(_ tool: JSONObject?, wanted: Bool, in revision: Revision) -> Bool {
    guard let tool, revision.era == .legacy else { return wanted }
    switch tool["execution"]?["taskSupport"]?.string {
    case "required": return true
    case "optional": return wanted
    default: return false
    }
  }

  /// Whether the tool says that calling it twice is as good as calling it once.
  private func promisesToBeRepeatable(_ tool: JSONObject) -> Bool {
    let hints = tool["annotations"]
    return hints?["readOnlyHint"] == true || hints?["idempotentHint"] == true
  }

  func help(in console: Console) async throws -> ExitCode? {
    $tool == nil ? nil : try await describeConnected(console)
  }

  func describe(in scene: Scene) async throws -> Presentation? {
    guard let tool = $tool else { return nil }
    let found = try await scene.find(tool, in: .tools, key: "name", noun: "tool")
    return Presentation(tool: found, command: "mcpctl call \(tool)", on: scene.console)
  }

  /// The arguments from the words, or from standard input when there are none.
  private func read(_ schema: JSONObject?, _ console: Console) throws -> JSONObject {
    let source = ArgumentSource(words: words, base: arguments.args, console: console)
    do throws(ArgumentFaults) {
      return try source.arguments(.init(schema: schema, validates: !arguments.noValidate))
    } catch {
      let signature = schema.map { "\(tool) \(InputSchema($0).signature)" }
      throw Failure(
        .badArguments, "bad_arguments", "the arguments do not fit \(tool); nothing was sent",
        hint: signature.map { "the tool takes: \($0)" }, details: error.faults)
    }
  }

  private func request(_ taken: JSONObject) -> Presentation {
    let request = Request(
      id: .number(1), method: .toolsCall, params: ["name": .string(tool), "arguments": .object(taken)])
    let json = Message.request(request).json
    return Presentation(json, text: json.text)
  }

  private func show(_ result: JSONObject, in scene: Scene) throws -> ExitCode {
    let (console, client) = (scene.console, scene.client)
    let presentation = Presentation(call: result)
    guard result["isError"] == .bool(true) else { return try scene.show(presentation, output.printer) }
    // For people the error's text belongs on standard error; a program still gets the whole result.
    let hint = scene.missing.hint(after: presentation.text, refused: client.refusedQuestions)
    let isForPeople = output.output == .text && output.path == nil
    if isForPeople {
      scene.hears(presentation)
      console.error.write(console.error.isTerminal ? safeText(presentation.text) : presentation.text)
      if let hint { console.error.print("\(console.error.bold("hint:")) \(hint)") }
    } else {
      _ = try scene.show(presentation, output.printer)
    }
    if ignoreToolError { return .success }
    if isForPeople { return .toolError }
    throw Failure(
      .toolError, "tool_error", presentation.text.trimmed.isEmpty ? "\(tool) failed" : presentation.text.trimmed,
      hint: hint,
      facts: [
        "server": .string(client.serverName), "method": .string(Method.toolsCall.rawValue), "tool": .string(tool),
      ])
  }
}
