// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit

/// `mcpctl` itself: the list of commands, and the options any of them may be given before its name.
struct RootCommand: CommandGroup {
  static let info = CommandInfo(
    "mcpctl", "Serve and use Model Context Protocol servers.",
    discussion: [
      "Every command talks to the server named with --server, after `--`, or in MCPCTL_SERVER, or to the current one of "
        + "`mcpctl servers`. When there is none, the built-in server answers in this process.",
      "Results go to standard output, everything else to standard error.",
      "`mcpctl repl` takes commands line by line. `mcpctl help TOPIC` explains "
        + HelpTopic.all.map(\.name).joined(separator: ", ") + ".",
    ],
    examples: [
      .init("mcpctl call calculator a=1 b=2", "Calls a tool of the built-in server."),
      .init("mcpctl serve --transport http-stream", "Serves the built-in server at http://127.0.0.1:8000/mcp."),
      .init("mcpctl -s http://127.0.0.1:8000/mcp tools ls", "Lists the tools of a server elsewhere."),
      .init("mcpctl tools ls -- npx some-server", "Starts a program and lists its tools."),
    ])
  static let subcommands: [any Command.Type] = [
    ServeCommand.self, CallCommand.self, ReplCommand.self, ToolsCommand.self, ResourcesCommand.self,
    PromptsCommand.self, TasksCommand.self, SuggestCommand.self, RPCCommand.self, PingCommand.self,
    InfoCommand.self, DoctorCommand.self, ServersCommand.self, SessionsCommand.self, ClusterCommand.self,
    AuthCommand.self,
    KeysCommand.self, ConfigCommand.self, DeployCommand.self,
    VersionCommand.self,
    HelpCommand.self,
    CompletionCommand.self,
    ManCommand.self,
    CompleteCommand.self,
  ]

  @Flag("Print the version.") var version: Bool
  @Group("Connection") var connection: ConnectionOptions
  @Group("Output") var output: OutputOptions
  @Group("Messages") var talk: TalkOptions

  func run(in console: Console) async throws -> ExitCode {
    if version { return try await VersionCommand().run(in: console) }
    console.output.write(StartPage.text(width: console.output.width, bold: console.output.bold))
    return .success
  }
}
