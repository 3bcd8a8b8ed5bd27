// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit
import MCPClientKit
import Synchronization

/// `mcpctl servers test`
struct ServersTestCommand: OutputCommand {
  static let info = CommandInfo(
    "test", "Connect to servers, and say which answer.",
    discussion: ["The exit code is 0 when every one answers, and 1 otherwise."],
    examples: [
      .init("mcpctl servers test", "Tries every server that has a name."),
      .init("mcpctl servers test prod --timeout 2s", "Tries one, for two seconds."),
    ])

  @Argument("Names of servers; all when left out.", value: "NAME", completion: .dynamic("servers")) var names: [String]
  @Option("Give up on one after this long.", value: "DURATION") var timeout = Duration.seconds(10)
  @Group("Output") var output: OutputOptions
  @Group("Output") var columns: ColumnOptions
  @Group("Messages") var talk: TalkOptions

  func run(in console: Console) async throws -> ExitCode {
    try await interruptible { try await testAll(console) }
  }

  private func testAll(_ console: Console) async throws -> ExitCode {
    let book = try ServerBook(console.environs)
    for name in names { _ = try book.required(name) }
    var items: [JSON] = []
    var allAnswer = true
    for name in names.isEmpty ? book.entries.map(\.name) : names {
      let outcome = await outcome(of: name, console)
      allAnswer = allAnswer && outcome["ok"] == true
      items.append(.object(outcome))
    }
    let presentation = Presentation(
      list: ["servers": .array(items)], items: items,
      table: Table(
        columns: [
          .init(heading: "NAME"), .init(heading: "STATUS"), .init(heading: "REVISION"), .init(heading: "TIME"),
          .init(heading: "SERVER"),
        ],
        rows: items.map {
          [
            $0.word("name"), $0["ok"] == true ? "ok" : "failed", $0.word("revision"), $0.word("time"),
            $0["ok"] == true ? $0.word("server") : $0.word("error"),
          ]
        }),
      empty: "no server has a name yet: `mcpctl servers add NAME URL` gives it one")
    try printer.show(presentation, on: console)
    return allAnswer ? .success : .negative
  }

  private func outcome(of name: String, _ console: Console) async -> JSONObject {
    let options = ConnectionOptions()
    (options.server, options.timeout) = (name, timeout)
    let answers = AnswerOptions()
    answers.noInput = true
    let found = Mutex<JSONObject>(["name": .string(name)])
    do {
      let start = ContinuousClock.now
      _ = try await Connection(options, program: [], answers, talk, console).run { scene in
        try await scene.client.ping()
        let negotiated = scene.client.negotiated
        found.withLock {
          $0["ok"] = true
          $0["revision"] = .string(negotiated.revision.rawValue)
          $0["transport"] = .string(negotiated.transport.shown)
          $0["server"] = negotiated.server.map { .string("\($0.name) \($0.version)") }
          $0["time"] = .string((ContinuousClock.now - start).brief)
        }
        return .success
      }
    } catch {
      let reason = (error as? Failure)?.message ?? "\(error)"
      found.withLock {
        $0["ok"] = false
        $0["error"] = .string(reason)
      }
    }
    return found.withLock { $0 }
  }
}
