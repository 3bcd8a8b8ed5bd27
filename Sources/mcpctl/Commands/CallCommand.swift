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
      .init("mcpctl -s http://127.0.0.1:8000/mcp call build --detach", "Begins a task, and prints its id."),
    ])

  @Argument("Name of the tool.", completion: .dynamic("tools")) var tool: String
  @Argument(
    "Arguments of the tool: name=value, name:=JSON or name=@FILE.", value: "name=value",
    completion: .dynamic("arguments"))
  var words: [String]
  @Trailing(programHelp, value: "command") var program: [String]
  @Flag("Let the server make a task of the call, and wait for that.") var task: Bool
  @Flag("Do not wait for the task: print its id, for `mcpctl tasks`.") var detach: Bool
  @Option("How long the server is asked to keep the task (2025-11-25).", value: "DURATION") var ttl: Duration?
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
    connecting.answersLater = detach
    return connecting
  }

  func run(in console: Console) async throws -> ExitCode {
    try output.printer.checkFile()
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
    let taken = try read(found?["inputSchema"]?.object, console, talk)
    if arguments.dryRun { return try scene.show(request(taken), output.printer) }
    try await CallConsent(dialogue: Dialogue(console: console), isGiven: arguments.yes || answers.noInput).ask(
      for: found, taken)
    try checkDetaching(scene)
    let revision = scene.client.negotiated.revision
    var request = scene.request
    request.asTask = Self.isTask(found, wanted: task || detach, in: revision)
    request.leavesTask = detach
    request.onTask = { task in talk.say("task \(task.status.rawValue)\(task.message.map { ": \($0)" } ?? "")") }
    request.isIdempotent = found.map(promisesToBeRepeatable) ?? false
    var params: JSONObject = ["name": .string(tool), "arguments": .object(taken)]
    if let ttl, request.asTask, revision.hasCoreTasks {
      params["task"] = ["ttl": .number(JSONNumber(Int(ttl / .milliseconds(1))))]
    }
    let result = try await scene.client.request(.toolsCall, params, options: request)
    talk.endProgress()
    if detach, result["task"] != nil || result["resultType"] == "task" {
      return try scene.show(Presentation(begun: result), output.printer)
    }
    return try scene.show(
      call: result, of: tool, output.printer, ignoresToolError: ignoreToolError, facts: ["tool": .string(tool)])
  }

  /// A task lives as long as its server, so one that ends with the call is no place for it.
  private func checkDetaching(_ scene: Scene) throws {
    guard detach, scene.talk.listener == nil else { return }
    let transport = scene.client.negotiated.transport
    guard transport != .stdio, transport != .channel else {
      throw UsageError("--detach is for a server that lives on: \(scene.client.serverName) ends with this call")
    }
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

  static func advice(onUnknownOption name: String, value: String?) -> String? {
    switch name {
    case "jq", "query", "filter":
      return "--path EXPR picks a part of the result, such as --path .structuredContent.result"
    case "json": return "-o json prints JSON, and --args '{…}' takes the arguments as JSON"
    default: break
    }
    return "arguments of the tool are written without dashes: \(argumentWord(name, value))"
  }

  func help(in console: Console) async throws -> ExitCode? {
    $tool == nil ? nil : try await describeConnected(console)
  }

  func describe(in scene: Scene) async throws -> Presentation? {
    guard let tool = $tool else { return nil }
    let found = try await scene.find(tool, in: .tools, key: "name", noun: "tool")
    return Presentation(
      tool: found, command: scene.followUp.beginning("call \(shellWord(tool))"), ending: scene.followUp.ending,
      on: scene.console)
  }

  /// The arguments from the words, or from standard input when there are none.
  private func read(_ schema: JSONObject?, _ console: Console, _ talk: Talk? = nil) throws -> JSONObject {
    var source = ArgumentSource(words: words, base: arguments.args, console: console)
    source.tell = { note in talk?.note(note) }
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
}
