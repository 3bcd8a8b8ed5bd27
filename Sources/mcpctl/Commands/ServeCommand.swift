// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import MCPServeKit

/// `mcpctl serve`
struct ServeCommand: Command {
  static let info = CommandInfo(
    "serve", "Serve the built-in tools, resources and prompts.",
    examples: [.init("mcpctl serve", "Serves whoever started it, over standard input and output.")])

  @Option("Transport to serve.", value: "TRANSPORT", environment: ["MCP_TRANSPORT_TYPE"])
  var transport = ServeTransport.stdio

  func run(in console: Console) async throws -> ExitCode {
    let service = Service(try BuiltinServer.make(version: Version.number))
    switch transport {
    case .stdio: try await service.serve(.stdio)
    }
    return .success
  }
}

/// What `serve` can offer a server over.
enum ServeTransport: String, ChoiceValue {
  case stdio
}
