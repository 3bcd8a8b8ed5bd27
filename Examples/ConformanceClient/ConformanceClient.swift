// SPDX-License-Identifier: Apache-2.0
import Glibc
import MCPClientKit

/// Does what a conformance harness asks of a client: `ConformanceClient URL`, with the scenario in the environment.
///
///     MCP_CONFORMANCE_SCENARIO=tools_call ConformanceClient http://localhost:3000/mcp
@main struct ConformanceClient {
  static func main() async {
    do {
      guard let url = CommandLine.arguments.dropFirst().last else {
        throw Problem("the last argument is the server's URL")
      }
      guard let name = variable("MCP_CONFORMANCE_SCENARIO") else {
        throw Problem(
          "MCP_CONFORMANCE_SCENARIO names the scenario; known: \(Scenario.all.keys.sorted().joined(separator: ", "))")
      }
      guard let scenario = Scenario.all[name] else {
        throw Problem("unknown scenario '\(name)'; known: \(Scenario.all.keys.sorted().joined(separator: ", "))")
      }
      try await run(scenario, at: url)
    } catch {
      log("ConformanceClient: \(error)")
      exit(1)
    }
  }

  private static func run(_ scenario: Scenario, at url: String) async throws {
    var options = ClientOptions(
      client: Implementation(name: "ConformanceClient", version: "1.0"), capabilities: scenario.capabilities,
      responder: scenario.responder,
      timeouts: ClientOptions.Timeouts(opening: .seconds(10), idle: .seconds(10), total: .seconds(20)))
    if let version = variable("MCP_CONFORMANCE_PROTOCOL_VERSION") {
      guard let revision = Revision(rawValue: version) else { throw Problem("unknown revision '\(version)'") }
      // A scenario about something else may be served by a peer that only knows the handshake.
      options.protocolChoice = scenario.isAboutTheWire ? .revision(revision) : .automatic
    }
    options.onTrace = { event in
      switch event {
      case .sent(let text): log("> \(String(decoding: text, as: UTF8.self))")
      case .received(let text): log("< \(String(decoding: text, as: UTF8.self))")
      case .http(let lines): for line in lines { log(line) }
      case .note(let note): log("# \(note)")
      }
    }
    let context = try variable("MCP_CONFORMANCE_CONTEXT").map { text in try JSON(parsing: text) } ?? [:]
    try await Client.connected(to: .http(url), options: options) { client in
      try await scenario.run(client, context)
    }
  }

  private static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
  }
}

/// Writes a line to standard error, which the harness keeps.
private func log(_ line: String) {
  let bytes = Array("\(line)\n".utf8)
  _ = write(STDERR_FILENO, bytes, bytes.count)
}

/// What went wrong, for whoever reads the harness's log.
struct Problem: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
