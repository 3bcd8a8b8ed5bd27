// SPDX-License-Identifier: Apache-2.0
import Glibc
import MCPServeKit

/// Offers one of everything, with fixed names and texts, for conformance tests and for trying clients.
///
///     EverythingServer              serves over standard input and output
///     EverythingServer --port 3000  serves over HTTP at http://127.0.0.1:3000/mcp
@main struct EverythingServer {
  static func main() async throws {
    let server = try Server(name: "everything", version: "1.0.0", title: "Everything") {
      Everything.contentTools
      Everything.behaviourTools
      Everything.streamTools
      Everything.askingTools
      Everything.roundTools
      Everything.taskTools
      try Everything.makeSchemaTool()
      try Everything.makeHeaderTool()
      Everything.resources
      Everything.prompts
      Everything.askingPrompts
    }
    try server.features.register(Everything.makePreparedTool())
    try server.features.register(Everything.makeChangingTools(server.features))
    guard let port = try port(from: Array(CommandLine.arguments.dropFirst())) else {
      return try await server.serve(.stdio)
    }
    try await server.serve(.http(host: "localhost", port: port)) { listening in
      print("serving at http://localhost:\(listening.port)/mcp")
      fflush(nil)  // whoever reads this through a pipe waits for it
    }
  }

  private static func port(from words: [String]) throws -> UInt16? {
    if words.isEmpty { return nil }
    guard words.count == 2, words[0] == "--port", let port = UInt16(words[1]) else {
      throw UsageError(description: "usage: EverythingServer [--port N]")
    }
    return port
  }
}

/// The words on the command line make no sense.
private struct UsageError: Error, CustomStringConvertible {
  let description: String
}
