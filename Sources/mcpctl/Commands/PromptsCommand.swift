// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit
import MCPClientKit
import MCPCore

/// `mcpctl prompts`
struct PromptsCommand: CommandGroup {
  static let info = CommandInfo("prompts", "List and render prompts.", aliases: ["prompt"])
  static let subcommands: [any Command.Type] = [PromptsListCommand.self, PromptsGetCommand.self]

  static func advice(onUnknownCommand word: String) -> String? {
    "\(subcommands.map { $0.info.name }.joined(separator: ", ")) are there; `prompts get \(shellWord(word.shortened))` renders a prompt"
  }
}

/// `mcpctl prompts ls`
struct PromptsListCommand: ServerCommand {
  static let info = CommandInfo(
    "ls", "List the prompts of a server.", aliases: ["list"],
    examples: [.init("mcpctl prompts ls", "Lists the built-in prompts with their arguments.")])

  @Argument(targetHelp, completion: .dynamic("servers")) var target: String?
  @Trailing(programHelp, value: "command") var program: [String]
  @Group("Connection") var connection: ConnectionOptions
  @Group("Output") var output: OutputOptions
  @Group("Output") var columns: ColumnOptions
  @Group("Messages") var talk: TalkOptions

  func perform(in scene: Scene) async throws -> ExitCode {
    try scene.show(Presentation(prompts: try await scene.client.listed(.prompts)), printer)
  }
}

/// `mcpctl prompts get`
struct PromptsGetCommand: ServerCommand {
  static let info = CommandInfo(
    "get", "Render a prompt.",
    examples: [.init("mcpctl prompts get greet name=Ada", "Prints the messages of a built-in prompt.")])

  @Argument("Name of the prompt.", completion: .dynamic("prompts")) var prompt: String
  @Argument(
    "Arguments of the prompt: name=value or name=@FILE.", value: "name=value",
    completion: .dynamic("prompt-arguments"))
  var words: [String]
  @Trailing(programHelp, value: "command") var program: [String]
  @Group("Answers to the server") var answers: AnswerOptions
  @Group("Connection") var connection: ConnectionOptions
  @Group("Output") var output: OutputOptions
  @Group("Messages") var talk: TalkOptions

  func perform(in scene: Scene) async throws -> ExitCode {
    let found = try await scene.find(prompt, in: .prompts, key: "name", noun: "prompt")
    let arguments = try read(PromptArguments(.object(found)), scene.console)
    let result = try await scene.client.request(
      .promptsGet, ["name": .string(prompt), "arguments": .object(arguments)], options: scene.request)
    return try scene.show(Presentation(prompt: result), output.printer)
  }

  static func advice(onUnknownOption name: String, value: String?) -> String? {
    "arguments of the prompt are written without dashes: \(argumentWord(name, value))"
  }

  func help(in console: Console) async throws -> ExitCode? {
    $prompt == nil ? nil : try await describeConnected(console)
  }

  func describe(in scene: Scene) async throws -> Presentation? {
    guard let prompt = $prompt else { return nil }
    let found = try await scene.find(prompt, in: .prompts, key: "name", noun: "prompt")
    return Presentation(
      prompt: found, command: scene.followUp.beginning("prompts get \(shellWord(prompt))"),
      ending: scene.followUp.ending, on: scene.console)
  }

  private func read(_ declared: PromptArguments, _ console: Console) throws -> JSONObject {
    let source = ArgumentSource(words: words, base: nil, console: console)
    do throws(ArgumentFaults) {
      return try source.arguments(.init(schema: declared.schema, noun: "prompt"))
    } catch {
      throw Failure(
        .badArguments, "bad_arguments", "the arguments do not fit \(prompt); nothing was sent",
        hint: "the prompt takes: \(prompt) \(declared.signature)", details: error.faults)
    }
  }
}

extension Presentation {
  /// One prompt as a page; `-o json` is its definition.
  init(prompt: JSONObject, command: String, ending: String = "", on console: Console) {
    let page = ToolPage(
      name: prompt["name"]?.string ?? "", description: (prompt["description"] ?? prompt["title"])?.string,
      schema: InputSchema(PromptArguments(.object(prompt)).schema), command: command, ending: ending)
    self.init(.object(prompt), text: page.text(width: console.output.width))
  }
}
