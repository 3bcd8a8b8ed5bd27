// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import EventIO

extension Repl {
  /// `\sessions`: what `sessions ls` lists in a shell, with the options it has there.
  func showSessions(_ statement: Statement, _ console: Console) async throws {
    let words = try expanded(Array(statement.words.dropFirst()))
    let invocation: Invocation
    do throws(UsageError) {
      invocation = try parse(["sessions", "ls"] + words, as: RootCommand.self)
    } catch {
      throw UsageError(error.message)  // the usage of the shell's command is not ours
    }
    guard let command = invocation.command as? SessionsListCommand else { return }
    guard !invocation.wantsHelp else {
      return try await paged(helpPage(of: CommandModel(SessionsListCommand.self), width: console.output.width), console)
    }
    if !Self.isFormatTyped(words) { command.output.output = settings.format }
    let listed: Presentation
    do {
      listed = try await command.listed(console)
    } catch let failure as Failure where failure.code == "no_store" {
      throw namingOpenServer(failure)
    }
    _ = try await show(listed, command.output.printer, of: statement, console)
  }

  /// The failure with the address of a server that is open in place of an example.
  private func namingOpenServer(_ failure: Failure) -> Failure {
    let origins = servers.compactMap { server -> String? in
      guard case .url(let url, _, _) = server.connection.resolved.target else { return nil }
      return HTTPURL.origin(of: url)  // a scheme, a host and a port: no name, no password, no query
    }
    guard let origin = origins.first else { return failure }
    var failure = failure
    failure.hint = failure.hint?.replacing(StoreOptions.exampleOfServer, with: origin)
    return failure
  }
}
