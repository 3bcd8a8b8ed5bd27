// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import EventIO
import JSONKit
import MCPClientKit
import MCPCore

/// `mcpctl tasks respond`
struct TasksRespondCommand: ServerCommand {
  static let info = CommandInfo(
    "respond", "Answer what a task asks.",
    discussion: [
      "With words, they are the fields of the form it asks, written as the arguments of a tool. Without, the answers come from "
        + "--answer, --sampling-cmd and --root, or from you at a terminal. Prints how the task is then.",
      "A URL the task wants to be opened is printed, and accepted only with --action accept: open it yourself.",
      "`mcpctl tasks get ID` shows what it asks. A task that asks nothing is exit code 1.",
    ],
    examples: [
      .init("mcpctl -s http://127.0.0.1:8000/mcp tasks respond ID confirm=true", "Fills in a form."),
      .init("mcpctl -s http://127.0.0.1:8000/mcp tasks respond ID --action decline", "Declines."),
      .init("mcpctl -s http://127.0.0.1:8000/mcp tasks respond ID --answer answers.json", "Answers from a file."),
    ])

  @Argument("Id of the task.", value: "id") var task: String
  @Argument("Fields of the form: name=value or name:=JSON.", value: "name=value") var words: [String]
  @Option("What to answer.", value: "ACTION") var action: WordsResponder.Action?
  @Trailing(programHelp, value: "command") var program: [String]
  @Group("Answers to the server") var answers: AnswerOptions
  @Group("Connection") var connection: ConnectionOptions
  @Group("Output") var output: OutputOptions
  @Group("Messages") var talk: TalkOptions

  func check(given: Set<String>) throws(UsageError) {
    if !words.isEmpty, let action, action != .accept {
      throw UsageError("words are for --action accept: \(action.rawValue) sends none")
    }
  }

  func run(in console: Console) async throws -> ExitCode {
    try output.printer.checkFile()
    guard !words.isEmpty || action != nil else {
      return try await connecting(console).run { try await perform(in: $0) }
    }
    let responder = WordsResponder(words, action, console)
    var connecting = try connecting(console)
    connecting.responder = responder
    return try await connecting.run { try await respond(in: $0, responder) }
  }

  func perform(in scene: Scene) async throws -> ExitCode {
    guard words.isEmpty, action == nil else {
      throw UsageError("here the server's questions come up at the prompt: leave the words out")
    }
    return try await respond(in: scene, nil)
  }

  private func respond(in scene: Scene, _ responder: WordsResponder?) async throws -> ExitCode {
    let before = try await scene.lookAtTask(task).state
    guard before.status == .inputRequired else {
      throw Failure(
        .negative, "nothing_asked", "the task asks nothing: it is \(before.status.rawValue)",
        facts: ["server": .string(scene.client.serverName)])
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { _ = try await scene.client.answerTask(task) }
      if let responder {
        group.addTask { if let failure = await responder.refusal.value(onCancel: nil) { throw failure } }
      }
      defer { group.cancelAll() }
      try await group.next()
    }
    return try scene.show(Presentation(task: try await scene.lookAtTask(task).json), output.printer)
  }
}
