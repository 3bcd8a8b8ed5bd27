// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit
import MCPClientKit
import MCPCore

/// `mcpctl tasks watch`
struct TasksWatchCommand: ServerCommand {
  static let info = CommandInfo(
    "watch", "Follow a task until it has ended.", aliases: ["wait"],
    discussion: [
      "Prints a line whenever its status or what it says has changed. The exit code is 0 when it was completed, 1 when it has "
        + "failed or was cancelled. Ctrl-C ends the watching, not the task; so does --timeout, with exit code 7."
    ],
    examples: [
      .init("mcpctl -s http://127.0.0.1:8000/mcp tasks watch ID", "Follows one task."),
      .init("mcpctl -s http://127.0.0.1:8000/mcp tasks watch ID -o jsonl", "Prints each change as JSON."),
    ])

  @Argument("Id of the task.", value: "id") var task: String
  @Option("How long to wait between two looks; by default what the server suggests.", value: "DURATION")
  var interval: Duration?
  @Trailing(programHelp, value: "command") var program: [String]
  @Group("Connection") var connection: ConnectionOptions
  @Group("Output") var output: OutputOptions
  @Group("Messages") var talk: TalkOptions

  func check(given: Set<String>) throws(UsageError) {
    if output.out != nil { throw UsageError("watch prints many lines: send them on with '>' in place of --out") }
    if let interval, interval < .milliseconds(50) { throw UsageError("--interval is at least 50ms") }
  }

  func perform(in scene: Scene) async throws -> ExitCode {
    let deadline = connection.timeout.map { ContinuousClock.now.advanced(by: $0) }
    var shown: JSONObject?
    while true {
      let (json, state) = try await scene.lookAtTask(task)
      if shown.map({ $0["status"] != json["status"] || $0["statusMessage"] != json["statusMessage"] }) ?? true {
        let line = Presentation(lookAt: json)
        scene.hears(line)
        try output.printer.show(line, on: scene.console)
        scene.console.output.flush()
        if state.status == .inputRequired { scene.talk.note("`\(scene.followUp("tasks respond \(task)"))` answers it") }
      }
      shown = json
      if state.status.isFinal { return state.status == .completed ? .success : .negative }
      let wait = interval ?? state.lookInterval
      if let deadline, deadline < .now.advanced(by: wait) {
        throw Failure(
          .timeout, "timeout", "the task is still \(state.status.rawValue)",
          hint: "it goes on; --timeout sets the limit",
          facts: ["server": .string(scene.client.serverName)])
      }
      try await Task.sleep(for: wait)
    }
  }
}

/// `mcpctl tasks result`
struct TasksResultCommand: ServerCommand {
  static let info = CommandInfo(
    "result", "Print the result of a task, as a call would have.",
    discussion: [
      "Waits until there is one, and answers what the task asks meanwhile. The exit codes are those of `mcpctl call`. Ctrl-C "
        + "and --timeout end the waiting, not the task."
    ],
    examples: [
      .init("mcpctl -s http://127.0.0.1:8000/mcp tasks result ID", "Waits for a result and prints it."),
      .init(
        "mcpctl -s http://127.0.0.1:8000/mcp tasks result ID --answer answers.json", "Answers what it asks from a file."
      ),
    ])

  @Argument("Id of the task.", value: "id") var task: String
  @Flag("End with 0 even when the tool answers with an error.") var ignoreToolError: Bool
  @Trailing(programHelp, value: "command") var program: [String]
  @Group("Answers to the server") var answers: AnswerOptions
  @Group("Connection") var connection: ConnectionOptions
  @Group("Output") var output: OutputOptions
  @Group("Messages") var talk: TalkOptions

  func perform(in scene: Scene) async throws -> ExitCode {
    let talk = scene.talk
    var options = RequestOptions()
    options.keepsTask = true
    options.onTask = { task in talk.say("task \(task.status.rawValue)\(task.message.map { ": \($0)" } ?? "")") }
    let result: JSONObject
    do {
      result = try await scene.aboutTask(task) { () async throws(ClientError) in
        try await scene.client.result(ofTask: task, options: options)
      }
    } catch let error as ClientError where error.code == .taskCancelled {
      throw Failure(
        .negative, "task_cancelled", error.message, facts: ["server": .string(scene.client.serverName)])
    }
    talk.endProgress()
    return try scene.show(
      call: result, of: "the task", output.printer, ignoresToolError: ignoreToolError,
      facts: ["task": .string(task)])
  }
}
