// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit
import MCPClientKit

/// `mcpctl tools`
struct ToolsCommand: CommandGroup {
  static let info = CommandInfo("tools", "List, describe and call tools.", aliases: ["tool"])
  static let subcommands: [any Command.Type] = [ToolsListCommand.self, ToolsGetCommand.self, CallCommand.self]

  static func advice(onUnknownCommand word: String) -> String? {
    "\(subcommands.map { $0.info.name }.joined(separator: ", ")) are there; `tools get \(shellWord(word.shortened))` describes a tool, `call \(shellWord(word.shortened))` calls it"
  }
}

/// `mcpctl tools ls`
struct ToolsListCommand: ServerCommand {
  static let info = CommandInfo(
    "ls", "List the tools of a server.", aliases: ["list"],
    examples: [
      .init("mcpctl tools ls", "Lists the built-in tools with their arguments."),
      .init("mcpctl tools ls http://127.0.0.1:8000/mcp", "Lists those of a server elsewhere."),
      .init("mcpctl tools ls -o name", "Prints names only."),
      .init("mcpctl tools ls --columns NAME,DESCRIPTION", "Shows two columns of the table."),
      .init("mcpctl tools ls -o json --path '.tools[0].inputSchema'", "Prints the schema of the first."),
      .init("mcpctl tools ls --format openai", "Prints them as the functions a model of OpenAI is given."),
    ])

  @Argument(targetHelp, completion: .dynamic("servers")) var target: String?
  @Trailing(programHelp, value: "command") var program: [String]
  @Option("Print the tools as a list that models are given, in JSON.", value: "FORM") var format: ToolForm?
  @Group("Connection") var connection: ConnectionOptions
  @Group("Output") var output: OutputOptions
  @Group("Output") var columns: ColumnOptions
  @Group("Messages") var talk: TalkOptions

  func check(given: Set<String>) throws(UsageError) {
    if format != nil, columns.columns != nil { throw UsageError("--columns is for the table, and --format has none") }
  }

  func perform(in scene: Scene) async throws -> ExitCode {
    let listed = try await scene.client.listed(.tools)
    guard let format else { return try scene.show(Presentation(tools: listed), printer) }
    let page = Presentation(tools: listed, as: format)
    for name in page.names where scene.talk.verbosity >= 0 {
      guard let objection = format.objection(to: name) else { continue }
      scene.console.error.print("warning: \(format.rawValue) takes no tool called '\(oneLine(name))': \(objection)")
    }
    return try scene.show(page, printer)
  }
}

/// `mcpctl tools get`
struct ToolsGetCommand: ServerCommand {
  static let info = CommandInfo(
    "get", "Describe one tool.",
    examples: [
      .init("mcpctl tools get calculator", "Shows what it takes, with an example."),
      .init("mcpctl tools get calculator -o json", "Prints the definition as the server sent it."),
    ])

  @Argument("Name of the tool.", completion: .dynamic("tools")) var tool: String
  @Trailing(programHelp, value: "command") var program: [String]
  @Group("Connection") var connection: ConnectionOptions
  @Group("Output") var output: OutputOptions
  @Group("Messages") var talk: TalkOptions

  func perform(in scene: Scene) async throws -> ExitCode {
    let found = try await scene.find(tool, in: .tools, key: "name", noun: "tool")
    let page = Presentation(
      tool: found, command: scene.followUp.beginning("call \(shellWord(tool))"), ending: scene.followUp.ending,
      on: scene.console, whole: true)
    return try scene.show(page, output.printer)
  }
}

extension Presentation {
  /// What a tool says of itself, which nobody vouches for.
  private static func notes(on tool: JSONObject) -> [String] {
    let words = hints(of: .object(tool)).split(separator: ",")
    let hints =
      (words.count > 1 ? words.dropLast(2) + ["\(words[words.count - 2]) and \(words[words.count - 1])"] : words)
      .joined(separator: ", ")
    let tasks = [
      "required": "Each call goes on as a task.",
      "optional": "A call may go on as a task: --task or --detach.",
    ]
    let task = (tool["execution"]?["taskSupport"]?.string).flatMap { tasks[$0] }
    return (hints.isEmpty ? [] : ["Says of itself that it is \(hints)."]) + (task.map { [$0] } ?? [])
  }

  /// One tool; `-o json` is its schema, or with `whole` its definition.
  init(tool: JSONObject, command: String, ending: String = "", on console: Console, whole: Bool = false) {
    let schema = tool["inputSchema"]?.object ?? [:]
    var page = ToolPage(
      name: tool["name"]?.string ?? "", title: JSON.object(tool).title, description: tool["description"]?.string,
      schema: InputSchema(schema), command: command, ending: ending)
    if whole { page.notes = Self.notes(on: tool) }
    self.init(
      .object(whole ? tool : schema), text: page.text(width: console.output.width), value: .object(schema),
      names: [tool["name"]?.string ?? ""])
  }
}
