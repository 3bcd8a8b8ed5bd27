// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit
import MCPClientKit
import MCPCore

/// `mcpctl prompts`
struct PromptsCommand: CommandGroup {
  static let info = CommandInfo("prompts", "List and render prompts.", aliases: ["prompt"])
  static let subcommands: [any Command.Type] = [PromptsListCommand.self, PromptsGetCommand.self]
}

/// `mcpctl prompts ls`
struct PromptsListCommand: ServerCommand {
  static let info = CommandInfo(
    "ls", "List the prompts of a server.", aliases: ["list"],
    examples: [.init("mcpctl prompts ls", "Lists the built-in prompts with their arguments.")])

  @Trailing(programHelp, value: "command") var program: [String]
  @Group("Connection") var connection: ConnectionOptions
  @Group("Output") var output: OutputOptions
  @Group("Messages") var talk: TalkOptions

  func run(in console: Console) async throws -> ExitCode {
    try await present(console) { Presentation(prompts: try await $0.listed(.prompts)) }
  }
}

/// `mcpctl prompts get`
struct PromptsGetCommand: ServerCommand {
  static let info = CommandInfo(
    "get", "Render a prompt.",
    examples: [.init("mcpctl prompts get greet name=Ada", "Prints the messages of a built-in prompt.")])

  @Argument("Name of the prompt.", completion: .dynamic("prompts")) var prompt: String
  @Argument("Arguments of the prompt: name=value or name=@FILE.", value: "name=value") var words: [String]
  @Trailing(programHelp, value: "command") var program: [String]
  @Group("Answers to the server") var answers: AnswerOptions
  @Group("Connection") var connection: ConnectionOptions
  @Group("Output") var output: OutputOptions
  @Group("Messages") var talk: TalkOptions

  func run(in console: Console) async throws -> ExitCode {
    try await present(console) { client in
      let found = try await client.find(prompt, in: .prompts, key: "name", noun: "prompt")
      let arguments = try read(PromptArguments(.object(found)), console)
      return Presentation(
        prompt: try await client.request(
          .promptsGet, ["name": .string(prompt), "arguments": .object(arguments)]))
    }
  }

  func help(in console: Console) async throws -> ExitCode? {
    guard let prompt = $prompt else { return nil }
    return try await present(console) { client in
      let found = try await client.find(prompt, in: .prompts, key: "name", noun: "prompt")
      let schema = PromptArguments(.object(found)).schema
      let page = ToolPage(
        name: prompt, description: (found["description"] ?? found["title"])?.string, schema: InputSchema(schema),
        command: "mcpctl prompts get \(prompt)")
      return Presentation(.object(found), text: page.text(width: console.output.width))
    }
  }

  private func read(_ declared: PromptArguments, _ console: Console) throws -> JSONObject {
    let source = ArgumentSource(words: words, base: nil, console: console)
    do throws(ArgumentFaults) {
      return try source.arguments(.init(schema: declared.schema))
    } catch {
      throw Failure(
        .badArguments, "bad_arguments", "the arguments do not fit \(prompt); nothing was sent",
        hint: "the prompt takes: \(prompt) \(declared.signature)", details: error.faults)
    }
  }
}
