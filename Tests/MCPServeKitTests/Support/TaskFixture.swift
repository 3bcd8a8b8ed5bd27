// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore
import MCPServeKit

/// A server whose tools may be called as tasks.
func makeTaskFixture(_ tasks: TaskOptions = TaskOptions()) throws -> Server {
  var options = Server.Options()
  options.tasks = tasks
  options.pageSize = 2
  let name = Elicitation.Form("Name?", .init("name", isRequired: true))
  let confirmation = Elicitation.Form("Sure?", .init("ok", .boolean, isRequired: true))
  return try Server(name: "tasks", version: "1", options: options) {
    ServerTool("greet", "Is never a task.", Parameter<String>("name", "Who.")) { _, name in
      .text("Hello, \(name)!")
    }.onLoop
    ServerTool("add", "May be a task.", Parameter<Int>("a", "One."), Parameter<Int>("b", "Other.")) { _, a, b in
      .structured(["sum": .number(JSONNumber(a + b))])
    }.onLoop.tasks(.optional)
    ServerTool("fail", "Fails.") { _ in .error("out of paper") }.tasks(.required)
    ServerTool("break", "Throws an error of the protocol.") { _ in throw RPCError.invalidParams("not today") }
      .tasks(.optional)
    ServerTool("hang", "Never ends.") { context in
      await context.progress(1, of: 2, "half done")
      while true { try await Task.sleep(for: .seconds(3600)) }
    }.tasks(.optional)
    ServerTool("ask", "Asks the user's name.") { context in
      .text("Hello, \(try await context.elicit(name)["name"]?.string ?? "nobody")!")
    }.tasks(.optional)
    ServerTool("ask_twice", "Asks two things at once.") { context in
      let answers = try await context.ask([
        context.question(name, as: "name"), context.question(confirmation, as: "confirm"),
      ])
      let isSure = try context.answer(answers[1], to: confirmation)["ok"]?.bool
      return .text("\(try context.answer(answers[0], to: name)["name"]?.string ?? "-") \(isSure ?? false)")
    }.tasks(.optional)
    try ToolBuilder("prepared", "Asks before it becomes a task.").handler { _, arguments in
      .text("Hello, \(arguments["name"]?.string ?? "nobody")!")
    }.tasks(.required) { context, arguments in
      var arguments = arguments
      arguments["name"] = try await context.elicit(name, as: "user_name")["name"]
      return arguments
    }
  }
}
