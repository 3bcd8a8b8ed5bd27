// SPDX-License-Identifier: GPL-3.0-or-later
import CReadline
import CommandLineKit
import EventIO
import MCPClientKit

/// `mcpctl repl`
struct ReplCommand: Command {
  static let info = CommandInfo(
    "repl", "Talk to a server line by line.",
    discussion: [
      "One connection is kept for the whole session. Lines are what other commands are without `mcpctl`, method names as "
        + "they are on the wire (`tools/list`, `tools/call calculator a=1 b=2`), or just a tool's name and arguments. `\\?` "
        + "lists everything else, as does `mcpctl help repl-commands`; Tab completes.",
      "Lines are kept in $XDG_STATE_HOME/mcpctl/history, but for those that begin with a blank or give an argument whose "
        + "name says that it is a secret.",
      "With -e, -f, or standard input that is no terminal, commands are run one after the other without a prompt; the exit "
        + "code is that of the worst failure.",
    ],
    examples: [
      .init("mcpctl repl", "Talks to the built-in server."),
      .init("mcpctl repl http://127.0.0.1:8000/mcp", "Talks to a server elsewhere."),
      .init("mcpctl repl -- mcpctl serve", "Starts a program and talks to it."),
      .init("mcpctl repl -e tools -e ping", "Runs two commands over one connection."),
    ])

  @Argument("Server, as for --server; several with commas between them.", completion: .dynamic("servers"))
  var target: String?
  @Option("Run this instead of asking for lines.", short: "e", value: "COMMANDS") var execute: [String]
  @Option("Run the lines of this file, - for standard input.", short: "f", value: "FILE", completion: .file)
  var file: [String]
  @Flag("End with the first command that fails.") var failFast: Bool
  @Option("Format of results, until `\\o` changes it.", short: "o", value: "FORMAT") var output = OutputFormat.text
  @Trailing(programHelp, value: "command") var program: [String]
  @Group("Answers to the server") var answers: AnswerOptions
  @Group("Connection") var connection: ConnectionOptions
  @Group("Messages") var talk: TalkOptions

  func run(in console: Console) async throws -> ExitCode {
    try connection.settle(target)
    let hasScript = !execute.isEmpty || !file.isEmpty
    guard !hasScript, console.input.isTerminal, console.error.isTerminal else { return try await runScript(console) }
    guard let modes = TerminalModes() else { return try await runScript(console) }
    if let problem = creadline_load() {
      console.error.print("mcpctl: \(String(cString: problem)); until then lines are read as they come")
      return try await runScript(console)
    }
    let terminal: Terminal
    do throws(IOError) {
      terminal = try Terminal(modes, history: History.limit)
    } catch {
      throw Failure(.internalError, "terminal", error.message)
    }
    let repl = Repl(console, terminal, answers: answers, talk: talk, format: output, failsFast: failFast)
    return try await converse(repl, terminal)
  }

  // MARK: At a terminal

  private func converse(_ repl: Repl, _ terminal: Terminal) async throws -> ExitCode {
    let outcome = await withTaskGroup(of: Result<ExitCode, any Error>?.self) { group in
      group.addTask {
        do { return .success(try await session(repl, terminal)) } catch { return .failure(error) }
      }
      group.addTask {
        for await signal in terminal.endings { return .success(ExitCode(rawValue: 128 + signal)) }
        return nil
      }
      defer { group.cancelAll() }
      while let ending = await group.next() { if let ending { return ending } }
      return .success(.interrupted)
    }
    // First of all the terminal is the user's again, however long the server takes.
    await terminal.release()
    await repl.close()
    await terminal.close()
    return try outcome.get()
  }

  private func session(_ repl: Repl, _ terminal: Terminal) async throws -> ExitCode {
    let connecting = Task { try await repl.connect(connection, program: program) }
    terminal.begin("connecting") { connecting.cancel() }
    let connected = await withTaskCancellationHandler {
      await connecting.result
    } onCancel: {
      connecting.cancel()
    }
    await terminal.settled()
    terminal.end()
    do {
      try connected.get()
    } catch is CancellationError {
      throw Failure(.interrupted, "interrupted", "interrupted")
    }
    return await repl.interact(terminal)
  }

  // MARK: Scripts

  private func runScript(_ console: Console) async throws -> ExitCode {
    let usesInput = execute.isEmpty && file.isEmpty || file.contains("-")
    let taken = usesInput ? console.takingInput : console
    let repl = Repl(taken, nil, answers: answers, talk: talk, format: output, failsFast: failFast)
    return try await interruptible {
      do {
        try await repl.connect(connection, program: program)
        let code = try await runAll(repl, console)
        await repl.finishJobs()
        await repl.close()
        return code
      } catch {
        await repl.close()
        throw error
      }
    }
  }

  private func runAll(_ repl: Repl, _ console: Console) async throws -> ExitCode {
    var worst = ExitCode.success
    for text in execute {
      worst = worst.orWorse(await repl.run(script: ScriptLines(text), from: .words))
      if await repl.hasEnded(with: worst) { return worst }
    }
    for path in file where path != "-" {
      worst = worst.orWorse(await repl.run(script: try Repl.lines(of: path, console), from: .file(path)))
      if await repl.hasEnded(with: worst) { return worst }
    }
    guard execute.isEmpty && file.isEmpty || file.contains("-") else { return worst }
    let streams: StandardStreams
    do throws(IOError) {
      streams = try StandardStreams()
    } catch {
      throw Failure(.internalError, "input", error.message)
    }
    return worst.orWorse(await repl.run(script: InputLines(streams: streams), from: .input))
  }
}

extension Repl {
  /// Whether nothing more is to be run.
  func hasEnded(with code: ExitCode) -> Bool { isOver || Task.isCancelled || failsFast && code != .success }
}

extension Console {
  /// The same for commands that come over standard input, which none of them may read then.
  fileprivate var takingInput: Console {
    let input = InputStream(
      isTerminal: false, isTaken: true,
      readAll: { _ throws(FileFault) in
        throw FileFault(path: "standard input", reason: "holds the commands; give the value itself, or @FILE")
      })
    return Console(
      output: output, error: error, input: input, environment: environment, readFile: readFile, writeFile: writeFile)
  }
}
