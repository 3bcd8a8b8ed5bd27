// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit
import MCPClientKit
import MCPCore

/// A command that talks to a server. It declares these four; what it does with the client is its own.
protocol ServerCommand: Command {
  var program: [String] { get }
  var connection: ConnectionOptions { get }
  var output: OutputOptions { get }
  var talk: TalkOptions { get }
  /// Who answers what the server asks; nobody, unless the command declares it.
  var answers: AnswerOptions { get }
}

extension ServerCommand {
  var answers: AnswerOptions { AnswerOptions() }

  /// How to reach the server these options name.
  func connecting(_ console: Console) throws -> Connection {
    try Connection(connection, program: program, answers, talk, console)
  }

  /// Connects and runs `body`.
  func withClient(
    _ console: Console, _ body: @escaping @Sendable (Client) async throws -> ExitCode
  ) async throws -> ExitCode {
    try await connecting(console).run(body)
  }

  /// Connects, makes a result and prints it.
  func present(
    _ console: Console, _ body: @escaping @Sendable (Client) async throws -> Presentation
  ) async throws -> ExitCode {
    try await withClient(console) { client in
      try output.printer.show(try await body(client), on: console)
      return .success
    }
  }

  /// A request whose progress is shown.
  func requestOptions(_ talk: Talk) -> RequestOptions {
    talk.verbosity < 0 ? RequestOptions() : RequestOptions(onProgress: { talk.progress($0) })
  }
}

/// The words after `--`, the same for every command that talks to a server.
let programHelp = "Program to start as the server; it talks over standard input and output."
