// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit
import MCPCore

/// `mcpctl version`
struct VersionCommand: Command {
  static let info = CommandInfo(
    "version", "Print the version and the protocol revisions spoken.",
    examples: [.init("mcpctl version -o json", "The same for a program.")])

  @Group("Output") var output: OutputOptions

  func run(in console: Console) async throws -> ExitCode {
    let revisions = Revision.allCases.map(\.rawValue)
    let object: JSONObject = [
      "version": .string(Version.number), "protocolVersions": .array(revisions.map(JSON.string)),
      "transports": ["stdio", "http-stream", "sse"],
    ]
    let text = "mcpctl \(Version.number)\nprotocol \(revisions.joined(separator: ", "))\n"
    try output.printer.show(Presentation(.object(object), text: text, value: .string(Version.number)), on: console)
    return .success
  }
}
