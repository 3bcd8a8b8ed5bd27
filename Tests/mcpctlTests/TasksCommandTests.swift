// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import EventIO
import JSONKit
import MCPClientKit
import MCPCore
import MCPServeKit
import TestSupport
import Testing

@testable import mcpctl

/// `mcpctl tasks` in both eras.
@Suite(.timeLimit(.minutes(2))) struct TasksCommandTests {
  // MARK: 2026-07-28, over HTTP, each command a program of its own

  /// Runs `body` with a way to run the program against `EverythingServer`.
  private func withServer(_ body: ((String...) throws -> ProgramRun) throws -> Void) throws {
    let server = try RunningProgram([repository + "/.build/debug/EverythingServer", "--port", "0"])
    defer {
      server.signal(15)
      _ = server.finish()
    }
    let line = try #require(server.line(holding: "serving at ", onError: false))
    let url = String(line.split(separator: " ").last ?? "")
    try body { (words: String...) in try run([binary] + words, environment: ["MCPCTL_SERVER": url]) }
  }

  /// The id of a task that asks by now: a server asks in its own time.
  private func begun(_ words: [String], _ mcpctl: (String...) throws -> ProgramRun) throws -> String {
    let call =
      try words.count > 1 ? mcpctl("call", words[0], words[1], "--detach") : mcpctl("call", words[0], "--detach")
    let id = call.output.trimmed
    while try mcpctl("tasks", "get", id, "-o", "value").output == "working\n" {}
    return id
  }

  @Test func aCallIsDetachedFollowedAndItsResultFetched() throws {
    try withServer { mcpctl in
      let id = try mcpctl("call", "slow_compute", "seconds=0.2", "label=it", "--detach").output.trimmed
      #expect(id.count > 20)
      let watch = try mcpctl("tasks", "watch", id, "--interval", "50ms", "-o", "jsonl")
      #expect(watch.code == 0, "\(watch.error)")
      let looks = try watch.output.split(separator: "\n").map { try JSON(parsing: String($0)) }
      #expect(looks.last?["status"] == "completed" && looks.allSatisfy { $0["taskId"]?.string == id })
      #expect(try mcpctl("tasks", "result", id).output == "Computed it in 0.2 seconds\n")
      #expect(try mcpctl("tasks", "get", id, "-o", "value").output == "completed\n")
      #expect(try mcpctl("tasks", "get", id).output.contains("status   completed\n"))
      let late = try mcpctl("tasks", "cancel", id)
      #expect(late.code == 1 && late.error.contains("has ended already: completed"))
    }
  }

  @Test func whatATaskAsksIsShownAndAnsweredByWords() throws {
    try withServer { mcpctl in
      let id = try begun(["confirm_delete", "filename=a.txt"], mcpctl)
      #expect(try mcpctl("tasks", "get", id).output.contains("elicitation/create: Delete a.txt?"))
      let slip = try mcpctl("tasks", "respond", id, "confrim=true")
      #expect(slip.code == 65)
      #expect(slip.error.contains("did you mean 'confirm'?") && slip.error.contains("the form takes: confirm=BOOLEAN"))
      #expect(try mcpctl("tasks", "get", id, "-o", "value").output == "input_required\n", "a slip is no answer")
      #expect(try mcpctl("tasks", "respond", id, "confirm=true").code == 0)
      #expect(try mcpctl("tasks", "result", id).output == "Deleted a.txt\n")
      #expect(try mcpctl("tasks", "respond", id, "confirm=true").code == 1, "it asks nothing any more")

      let both = try begun(["multi_input"], mcpctl)
      #expect(try mcpctl("tasks", "respond", both, "name=Ada", "confirm=false").code == 0)
      #expect(try mcpctl("tasks", "result", both).output == "Ada is not sure\n")
      let words = try mcpctl("tasks", "respond", both, "name=Ada", "--action", "decline")
      #expect(words.code == 64)
    }
  }

  @Test func waitingEndsWithoutEndingTheTask() throws {
    try withServer { mcpctl in
      let id = try mcpctl("call", "slow_compute", "seconds=60", "--detach").output.trimmed
      let watch = try mcpctl("tasks", "watch", id, "--timeout", "200ms", "--interval", "50ms")
      #expect(watch.code == 7 && watch.error.contains("the task is still working"))
      #expect(try mcpctl("tasks", "result", id, "--timeout", "300ms").code == 7)
      #expect(try mcpctl("tasks", "get", id, "-o", "value").output == "working\n")
      let cancel = try mcpctl("tasks", "cancel", id)
      #expect(cancel.code == 0 && cancel.output.contains("cancelled"))
      #expect(try mcpctl("tasks", "watch", id).code == 1)
      let result = try mcpctl("tasks", "result", id)
      #expect(result.code == 1 && result.error.contains("has cancelled the task"))
    }
  }

  @Test func theCodesAreThoseOfACall() throws {
    try withServer { mcpctl in
      let failing = try mcpctl("call", "failing_job", "--detach").output.trimmed
      let failed = try mcpctl("tasks", "result", failing)
      #expect(failed.code == 3 && failed.error.hasPrefix("The job has failed\n  server http://"))
      #expect(try mcpctl("tasks", "result", failing, "--ignore-tool-error").code == 0)
      let broken = try mcpctl("call", "protocol_error_job", "--detach").output.trimmed
      #expect(try mcpctl("tasks", "result", broken).code == 6)
      #expect(try mcpctl("tasks", "get", broken).output.contains("error    -32603: The job broke"))
      for command in ["get", "watch", "result", "cancel", "respond"] {
        let none = try mcpctl("tasks", command, "no-such-task")
        #expect(none.code == 8 && none.error.contains("has no task 'no-such-task'"), "\(command): \(none.error)")
      }
      let list = try mcpctl("tasks", "ls")
      #expect(list.code == 6 && list.error.contains("revision 2026-07-28 has no list of tasks"))
    }
  }

  @Test func whereThereCanBeNoTasksThatIsSaid() throws {
    #expect(try mcpctl("tasks", "get", "x").code == 8)
    #expect(try mcpctl("tasks", "ls", "--protocol", "2025-06-18").output == "")
    let detached = try mcpctl("call", "calculator", "a=1", "b=2", "--detach", "--", binary, "serve")
    #expect(detached.code == 64 && detached.error.contains("ends with this call"))
  }

  // MARK: 2025-11-25, on one connection

  /// Runs commands on one connection to a server with tools that take their time.
  private func withScene(
    responder: (any Responder)? = nil,
    _ body: (_ command: ([String]) async throws -> (Int32, String)) async throws -> Void
  ) async throws {
    let server = try Server(name: "slow", version: "1") {
      ServerTool("wait", "Waits for ever.") { _ in
        try await Task.sleep(for: .seconds(3600))
        return .text("late")
      }.tasks(.optional)
      ServerTool("quick", "Is done at once.") { _ in .text("done") }.tasks(.optional)
      ServerTool("ask", "Asks for a name.") { context in
        let form = Elicitation.Form("Who?", .init("name", isRequired: true))
        return .text("Hello, \(try await context.elicit(form, as: "name")["name"]?.string ?? "nobody")")
      }.tasks(.required)
    }
    let (near, far) = MemoryChannel.pair()
    let serving = Task { try await ChannelEndpoint(Service(server), on: far).run() }
    let options = ClientOptions(responder: responder, protocolChoice: .revision(.v20251125))
    try await Client.connected(to: .channel(near, name: "slow"), options: options) { client in
      try await body { words in
        let memory = MemoryConsole()
        let scene = Scene(
          client: client, console: memory.console, talk: Talk(TalkOptions(), memory.console),
          missing: MissingAnswers(skills: responder?.skills ?? [], hasScript: false),
          failure: { Failure($0, server: "slow") })
        let parsed = try parse(words, as: RootCommand.self).command
        let command = try #require(parsed as? any ServerCommand)
        do {
          let code = try await command.perform(in: scene)
          memory.console.output.flush()
          return (code.rawValue, memory.output)
        } catch let failure as Failure {
          return (failure.exit.rawValue, failure.message)
        }
      }
    }
    try await serving.value
  }

  private func begin(_ tool: String, _ command: ([String]) async throws -> (Int32, String)) async throws -> String {
    // A channel in memory is a server that lives on as long as we do, so the client is asked itself.
    let (_, text) = try await command(["rpc", "tools/call", #"{"name":"\#(tool)","arguments":{},"task":{}}"#])
    return try #require(try JSON(parsing: text)["task"]?["taskId"]?.string)
  }

  @Test func theLegacyEraListsTasksAndGivesTheirResults() async throws {
    try await withScene { command in
      #expect(try await command(["tasks", "ls", "-o", "json"]).1.contains(#""tasks": []"#))
      let quick = try await begin("quick", command)
      let slow = try await begin("wait", command)
      #expect(try await command(["tasks", "result", quick]) == (0, "done\n"))
      #expect(try await command(["tasks", "watch", quick]).0 == 0)
      #expect(
        try await command(["tasks", "ls", "-o", "name"]).1.split(separator: "\n").map(String.init) == [quick, slow])
      #expect(try await command(["tasks", "get", slow, "-o", "value"]) == (0, "working\n"))
      #expect(try await command(["tasks", "cancel", slow]).1.contains("cancelled"))
      #expect(try await command(["tasks", "cancel", slow]).0 == 1)
      #expect(try await command(["tasks", "watch", slow]).0 == 1)
      #expect(try await command(["tasks", "get", "nosuch"]).0 == 8)
    }
  }

  @Test func theLegacyEraAsksWhoeverResponds() async throws {
    let responder = CustomResponder(.forms) { _ in ["action": "accept", "content": ["name": "Ada"]] }
    try await withScene(responder: responder) { command in
      let id = try await begin("ask", command)
      // The server asks in its own time.
      while try await command(["tasks", "get", id, "-o", "value"]).1 == "working\n" { await Task.yield() }
      #expect(try await command(["tasks", "get", id, "-o", "value"]) == (0, "input_required\n"))
      #expect(try await command(["tasks", "respond", id]).0 == 0)
      #expect(try await command(["tasks", "result", id]) == (0, "Hello, Ada\n"))
      #expect(try await command(["tasks", "respond", id]).0 == 1)
    }
  }

  @Test func wordsOfSeveralFormsGoWhereTheyBelong() async throws {
    let memory = MemoryConsole()
    let responder = WordsResponder(["name=Ada", "age=7"], .accept, memory.console)
    func form(_ name: String, _ type: String) -> ServerQuestion {
      ServerQuestion(
        .form,
        [
          "requestedSchema": [
            "type": "object", "properties": .object([name: ["type": .string(type)]]), "required": [.string(name)],
          ]
        ])
    }
    #expect(try await responder.answer(form("name", "string"))["content"] == ["name": "Ada"])
    #expect(try await responder.answer(form("age", "integer"))["content"] == ["age": 7])
    let declining = WordsResponder([], .decline, memory.console)
    #expect(try await declining.answer(form("age", "integer")) == ["action": "decline"])
  }

  @Test func wordsAcceptNoURL() async throws {
    let memory = MemoryConsole()
    let question = ServerQuestion(.url, ["url": "https://example.com/\u{1B}a", "message": "Open it."])
    let words = WordsResponder(["name=Ada"], nil, memory.console)
    let answering = Task { try await words.answer(question) }
    #expect(await words.refusal.value(onCancel: nil)?.code == "url_asked")
    answering.cancel()
    await #expect(throws: CancellationError.self) { try await answering.value }
    #expect(memory.error.contains("https://example.com/\\x1ba"))
    #expect(try await WordsResponder([], .accept, memory.console).answer(question) == ["action": "accept"])
    #expect(try await WordsResponder([], .decline, memory.console).answer(question) == ["action": "decline"])
  }
}
