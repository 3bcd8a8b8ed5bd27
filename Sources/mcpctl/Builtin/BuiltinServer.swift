// SPDX-License-Identifier: GPL-3.0-or-later
import MCPServeKit

/// The server inside `mcpctl`: it answers when nothing else is configured, and shows what a server looks like.
enum BuiltinServer {
  /// Makes the server.
  static func make(version: String, options: Server.Options = Server.Options()) throws -> Server {
    try Server(
      name: "mcpctl", version: version, title: "mcpctl built-in server",
      instructions: "Sample tools, resources and prompts to try a client with.", options: options
    ) {
      Calculator.tool
      Samples.echo
      Samples.weather
      Samples.sleep
      Samples.resources
      Samples.prompts
    }
  }
}
