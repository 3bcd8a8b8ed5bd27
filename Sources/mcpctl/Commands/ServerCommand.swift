// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit
import MCPClientKit
import MCPCore

/// A command that talks to a server. It declares these four; what it does with the client is its own.
protocol ServerCommand: OutputCommand {
  var program: [String] { get }
  var connection: ConnectionOptions { get }
  var talk: TalkOptions { get }
  /// Who answers what the server asks; nobody, unless the command declares it.
  var answers: AnswerOptions { get }
  /// The server as a word of its own, for commands that take no other.
  var target: String? { get }
  /// How to reach the server these options name.
  func connecting(_ console: Console) throws -> Connection
  /// What it does with the server, once that is connected.
  func perform(in scene: Scene) async throws -> ExitCode
  /// What it says of the thing its words name, in place of its own help page; nil when they name none.
  func describe(in scene: Scene) async throws -> Presentation?
}

extension ServerCommand {
  var answers: AnswerOptions { AnswerOptions() }

  var target: String? { nil }

  func connecting(_ console: Console) throws -> Connection {
    try connection.settle(target)
    return try Connection(connection, program: program, answers, talk, console)
  }

  func describe(in scene: Scene) async throws -> Presentation? { nil }

  func run(in console: Console) async throws -> ExitCode {
    try printer.checkFile()
    return try await connecting(console).run { try await perform(in: $0) }
  }

  /// Connects and shows what `describe` says.
  func describeConnected(_ console: Console) async throws -> ExitCode {
    try await connecting(console).run { scene in
      if let page = try await describe(in: scene) { try scene.show(page, printer) }
      return .success
    }
  }

}

/// The word that names a server.
let targetHelp = "Server, as for --server."

/// The words after `--`, the same for every command that talks to a server.
let programHelp = "Program to start as the server; it talks over standard input and output."
