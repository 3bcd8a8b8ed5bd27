// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import EventIO

/// `mcpctl` itself: the list of commands, and the options any of them may be given before its name.
struct RootCommand: CommandGroup {
  static let info = CommandInfo(
    "mcpctl", "Serve and use Model Context Protocol servers.",
    discussion: [
      "Commands that use a server talk to the one named with --server, after `--`, or in MCPCTL_SERVER, or to the current one of "
        + "`mcpctl servers`. When there is none, the server built into mcpctl answers in this process. `mcpctl help targets` says more.",
      "Results go to standard output, everything else to standard error. A DURATION is written as 500ms, 30s, 5m or 1h30m, a SIZE as "
        + "64KiB or 10MiB.",
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

  static func advice(onUnknownCommand word: String) -> String? {
    if word.contains("://") {
      return "name a server with -s, and say what to do: `mcpctl -s \(shellWord(HTTPURL.shown(word))) tools ls`"
    }
    if ["ls", "list"].contains(word) {
      return "`mcpctl tools ls` lists tools; resources, prompts, servers and sessions have ls, too"
    }
    return "`mcpctl help` lists all; a tool of that name is called with `mcpctl call \(shellWord(word.shortened))`"
  }

  func run(in console: Console) async throws -> ExitCode {
    if version { return try await VersionCommand().run(in: console) }
    console.output.write(StartPage.text(width: console.output.width, bold: console.output.bold))
    return .success
  }
}
