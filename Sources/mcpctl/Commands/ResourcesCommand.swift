// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit
import MCPClientKit
import MCPCore

/// `mcpctl resources`
struct ResourcesCommand: CommandGroup {
  static let info = CommandInfo("resources", "List and read resources.", aliases: ["resource"])
  static let subcommands: [any Command.Type] = [
    ResourcesListCommand.self, ResourcesTemplatesCommand.self, ResourcesReadCommand.self,
  ]

  static func advice(onUnknownCommand word: String) -> String? {
    "\(subcommands.map { $0.info.name }.joined(separator: ", ")) are there; `resources read \(shellWord(word.shortened))` reads a resource"
  }
}

/// `mcpctl resources ls`
struct ResourcesListCommand: ServerCommand {
  static let info = CommandInfo(
    "ls", "List the resources of a server.", aliases: ["list"],
    examples: [.init("mcpctl resources ls", "Lists the built-in resources.")])

  @Argument(targetHelp, completion: .dynamic("servers")) var target: String?
  @Trailing(programHelp, value: "command") var program: [String]
  @Group("Connection") var connection: ConnectionOptions
  @Group("Output") var output: OutputOptions
  @Group("Output") var columns: ColumnOptions
  @Group("Messages") var talk: TalkOptions

  func perform(in scene: Scene) async throws -> ExitCode {
    try scene.show(Presentation(resources: try await scene.client.listed(.resources)), printer)
  }
}

/// `mcpctl resources templates`
struct ResourcesTemplatesCommand: ServerCommand {
  static let info = CommandInfo(
    "templates", "List the resource templates of a server.",
    examples: [.init("mcpctl resources templates", "Lists the built-in templates.")])

  @Argument(targetHelp, completion: .dynamic("servers")) var target: String?
  @Trailing(programHelp, value: "command") var program: [String]
  @Group("Connection") var connection: ConnectionOptions
  @Group("Output") var output: OutputOptions
  @Group("Output") var columns: ColumnOptions
  @Group("Messages") var talk: TalkOptions

  func perform(in scene: Scene) async throws -> ExitCode {
    try scene.show(Presentation(templates: try await scene.client.listed(.resourceTemplates)), printer)
  }
}

/// `mcpctl resources read`
struct ResourcesReadCommand: ServerCommand {
  static let info = CommandInfo(
    "read", "Print what a resource holds.",
    discussion: [
      "Text is printed as it is. A binary resource is described on a terminal, and written as bytes to a pipe or to the "
        + "file named with --out."
    ],
    examples: [
      .init("mcpctl resources read sample://about", "Prints a text resource."),
      .init("mcpctl resources read sample://pixel.png --out pixel.png", "Saves a binary one."),
    ])

  @Argument("URI of the resource.", completion: .dynamic("resources")) var uri: String
  @Trailing(programHelp, value: "command") var program: [String]
  @Group("Answers to the server") var answers: AnswerOptions
  @Group("Connection") var connection: ConnectionOptions
  @Group("Output") var output: OutputOptions
  @Group("Messages") var talk: TalkOptions

  func perform(in scene: Scene) async throws -> ExitCode {
    let client = scene.client
    do {
      let result = try await client.request(.resourcesRead, ["uri": .string(uri)], options: scene.request)
      return try scene.show(Presentation(read: result), output.printer)
    } catch let error as ClientError where error.saysNotFound {
      let listed = try? await client.list(.resources)["resources"]?.array
      throw Failure.notFound(
        "resource", uri, among: (listed ?? []).compactMap { $0["uri"]?.string }, server: client.serverName,
        scene.followUp)
    }
  }
}

extension ClientError {
  /// Whether a request for one named thing failed because there is no such thing: older revisions say -32002, the
  /// newest calls the name a bad parameter.
  var saysNotFound: Bool {
    rpcError?.code == .legacyResourceNotFound || rpcError?.code == .invalidParams
  }
}
