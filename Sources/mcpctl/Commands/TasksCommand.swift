// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit
import MCPClientKit
import MCPCore

/// `mcpctl tasks`
struct TasksCommand: CommandGroup {
  static let info = CommandInfo(
    "tasks", "Look after calls that go on as tasks.", aliases: ["task"],
    discussion: [
      "`mcpctl call TOOL --detach` begins a task and prints its id. Revision 2025-11-25 has tasks as an experiment, "
        + "2026-07-28 as an extension; only the former has a list of them, so keep the id.",
      "Whose a task is, is up to the server: some let only the session see it that began it.",
    ])
  static let subcommands: [any Command.Type] = [
    TasksListCommand.self, TasksGetCommand.self, TasksWatchCommand.self, TasksResultCommand.self,
    TasksCancelCommand.self, TasksRespondCommand.self,
  ]
}

/// `mcpctl tasks ls`
struct TasksListCommand: ServerCommand {
  static let info = CommandInfo(
    "ls", "List the tasks of a server that are yours.", aliases: ["list"],
    discussion: ["Revision 2026-07-28 has no such list; there each task is known by its id alone."],
    examples: [
      .init("mcpctl -s http://127.0.0.1:8000/mcp tasks ls --protocol 2025-11-25", "Lists tasks, oldest first."),
      .init("mcpctl -s http://127.0.0.1:8000/mcp tasks ls -o name --protocol 2025-11-25", "Prints their ids."),
    ])

  @Trailing(programHelp, value: "command") var program: [String]
  @Group("Connection") var connection: ConnectionOptions
  @Group("Output") var output: OutputOptions
  @Group("Output") var columns: ColumnOptions
  @Group("Messages") var talk: TalkOptions

  func perform(in scene: Scene) async throws -> ExitCode {
    let client = scene.client
    let negotiated = client.negotiated
    guard negotiated.era == .legacy else {
      throw Failure(
        .protocolError, "unsupported", "revision \(negotiated.revision) has no list of tasks",
        hint:
          "who begins a task keeps its id (`\(scene.followUp("call TOOL --detach"))` prints it); --protocol 2025-11-25 has a list",
        facts: ["server": .string(client.serverName)])
    }
    guard negotiated.offersTasks else {
      scene.talk.note(negotiated.whyNoTasks(scene.followUp))
      return try scene.show(Presentation(tasks: ["tasks": []]), printer)
    }
    return try scene.show(Presentation(tasks: try await client.listed(.tasks)), printer)
  }
}

/// `mcpctl tasks get`
struct TasksGetCommand: ServerCommand {
  static let info = CommandInfo(
    "get", "Say how a task is, and what it asks.",
    examples: [
      .init("mcpctl -s http://127.0.0.1:8000/mcp tasks get ID", "Shows one task."),
      .init("mcpctl -s http://127.0.0.1:8000/mcp tasks get ID -o value", "Prints its status alone."),
    ])

  @Argument("Id of the task.", value: "id") var task: String
  @Trailing(programHelp, value: "command") var program: [String]
  @Group("Connection") var connection: ConnectionOptions
  @Group("Output") var output: OutputOptions
  @Group("Messages") var talk: TalkOptions

  func perform(in scene: Scene) async throws -> ExitCode {
    try scene.show(Presentation(task: try await scene.lookAtTask(task).json), output.printer)
  }
}

/// `mcpctl tasks cancel`
struct TasksCancelCommand: ServerCommand {
  static let info = CommandInfo(
    "cancel", "End a task early.",
    discussion: [
      "Prints how the task is then: a server may need some time to stop it. A task that has ended already is exit code 1."
    ],
    examples: [.init("mcpctl -s http://127.0.0.1:8000/mcp tasks cancel ID", "Cancels one task.")])

  @Argument("Id of the task.", value: "id") var task: String
  @Trailing(programHelp, value: "command") var program: [String]
  @Group("Connection") var connection: ConnectionOptions
  @Group("Output") var output: OutputOptions
  @Group("Messages") var talk: TalkOptions

  func perform(in scene: Scene) async throws -> ExitCode {
    let before = try await scene.lookAtTask(task).state
    guard !before.status.isFinal else {
      throw Failure(
        .negative, "task_ended", "the task has ended already: \(before.status.rawValue)",
        facts: ["server": .string(scene.client.serverName)])
    }
    try await scene.aboutTask(task) { () async throws(ClientError) in try await scene.client.cancelTask(task) }
    return try scene.show(Presentation(task: try await scene.lookAtTask(task).json), output.printer)
  }
}
