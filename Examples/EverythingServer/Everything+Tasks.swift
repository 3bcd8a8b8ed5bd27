// SPDX-License-Identifier: Apache-2.0
import MCPServeKit

/// Tools whose calls may go on as tasks, and one whose calls never do.
extension Everything {
  private static let name = Elicitation.Form("What is your name?", .init("name", isRequired: true))
  private static let confirmation = Elicitation.Form("Please confirm", .init("confirm", .boolean, isRequired: true))

  @FeatureBuilder static var taskTools: [Feature] {
    ServerTool("greet", "Greets somebody; never as a task.", Parameter<String>("name", "Whom.")) { _, name in
      .text("Hello, \(name)!")
    }.onLoop
    ServerTool(
      "slow_compute", "Takes its time.", Parameter<Double>("seconds", "How long."),
      Parameter<String?>("label", "What to call it.")
    ) { context, seconds, label in
      await context.progress(0, of: seconds, "computing \(label ?? "something")")
      try await Task.sleep(for: .milliseconds(Int(min(max(seconds, 0), 3600) * 1000)))
      return .text("Computed \(label ?? "something") in \(seconds) seconds")
    }.tasks(.optional)
    ServerTool("failing_job", "Fails after a second.") { _ in
      try await Task.sleep(for: .seconds(1))
      return .error("The job has failed")
    }.tasks(.required)
    ServerTool("protocol_error_job", "Ends in an error of the protocol.") { _ in
      throw RPCError(.internalError, "The job broke")
    }.tasks(.optional)
    ServerTool("confirm_delete", "Asks before it deletes nothing.", Parameter<String>("filename", "What to delete.")) {
      context, filename in
      let form = Elicitation.Form("Delete \(filename)?", .init("confirm", .boolean, isRequired: true))
      let answer = try await context.elicit(form, as: "confirm")
      return .text(answer["confirm"]?.bool == true ? "Deleted \(filename)" : "Kept \(filename)")
    }.tasks(.optional)
    ServerTool("multi_input", "Asks two things at once.") { context in
      let answers = try await context.ask([
        context.question(name, as: "name"), context.question(confirmation, as: "confirm"),
      ])
      let user = try context.answer(answers[0], to: name)["name"]?.string ?? "Nobody"
      let isSure = try context.answer(answers[1], to: confirmation)["confirm"]?.bool ?? false
      return .text("\(user) is \(isSure ? "sure" : "not sure")")
    }.tasks(.optional)
  }

  /// A tool that asks before it becomes a task.
  static func makePreparedTool() throws -> ServerTool {
    try ToolBuilder("test_tool_with_task", "Asks the user's name, then works as a task.").handler { _, arguments in
      .text("Hello, \(arguments["name"]?.string ?? "nobody")!")
    }.tasks(.required) { context, arguments in
      var arguments = arguments
      arguments["name"] = try await context.elicit(name, as: "user_name")["name"]
      return arguments
    }
  }
}
