// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit
import MCPClientKit
import MCPCore

/// Where a command does its work: a server that is connected, and whom to tell.
///
/// The command line makes one for each command; a REPL keeps the connection and makes one for each line.
struct Scene: Sendable {
  let client: Client
  var console: Console
  let talk: Talk
  /// What cannot be answered when the server asks.
  let missing: MissingAnswers
  /// Writes commands to copy that reach the same server.
  var followUp = FollowUp()
  /// Which server it is, where something chose it that the caller may have forgotten.
  var reminder: String?
  /// An error of the client as the failure it is reported as.
  let failure: @Sendable (ClientError) -> Failure
  /// How the server was reached; nil where nobody knows.
  var connection: Connection?
  /// Shows how far a request is; nil when nobody wants to know, and then the server is not asked to tell.
  var progress: (@Sendable (Progress) -> Void)?
  /// What is known already of a listed thing by its name; nil has the server asked.
  var known: @Sendable (Client.Listing, String) -> JSONObject? = { _, _ in nil }
  /// Hears of each result, however it is shown.
  var hears: @Sendable (Presentation) -> Void = { _ in }
  /// What becomes of a result; by default it is printed.
  var shows: @Sendable (Presentation, Output, Console) throws -> Void = { try $1.show($0, on: $2) }

  /// A request whose progress is shown.
  var request: RequestOptions { RequestOptions(onProgress: progress) }

  /// Shows a result as the options say.
  @discardableResult
  func show(_ presentation: Presentation, _ output: Output) throws -> ExitCode {
    hears(presentation)
    try shows(presentation, output, console)
    return .success
  }
}
