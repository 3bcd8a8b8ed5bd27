// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit
import MCPClientKit
import MCPCore

/// `mcpctl info`
struct InfoCommand: ServerCommand {
  static let info = CommandInfo(
    "info", "Say who a server is and what was negotiated with it.",
    examples: [
      .init("mcpctl info", "Describes the built-in server."),
      .init("mcpctl info --protocol 2025-03-26 -o json", "Asks for one revision, and says what came of it."),
    ])

  @Argument(targetHelp, completion: .dynamic("servers")) var target: String?
  @Trailing(programHelp, value: "command") var program: [String]
  @Group("Connection") var connection: ConnectionOptions
  @Group("Output") var output: OutputOptions
  @Group("Messages") var talk: TalkOptions

  func perform(in scene: Scene) async throws -> ExitCode {
    try scene.show(Presentation(server: scene.client.negotiated, named: scene.client.serverName), output.printer)
  }
}

/// `mcpctl ping`
struct PingCommand: ServerCommand {
  static let info = CommandInfo(
    "ping", "Ask whether a server answers, and how fast.",
    examples: [.init("mcpctl ping http://127.0.0.1:8000/mcp", "Prints the time one answer takes.")])

  @Argument(targetHelp, completion: .dynamic("servers")) var target: String?
  @Trailing(programHelp, value: "command") var program: [String]
  @Group("Connection") var connection: ConnectionOptions
  @Group("Output") var output: OutputOptions
  @Group("Messages") var talk: TalkOptions

  func perform(in scene: Scene) async throws -> ExitCode {
    let client = scene.client
    let start = ContinuousClock.now
    try await client.ping()
    let time = ContinuousClock.now - start
    let milliseconds = JSONNumber((time / .microseconds(1)).rounded() / 1000).map(JSON.number) ?? .null
    let revision = client.negotiated.revision
    let presentation = Presentation(
      .object([
        "server": .string(client.serverName), "milliseconds": milliseconds,
        "protocolVersion": .string(revision.rawValue),
      ]), text: "\(client.serverName) answered in \(time.brief) (\(revision))", value: milliseconds)
    return try scene.show(presentation, output.printer)
  }
}

extension Negotiated.Transport {
  /// The transport as people know it.
  var shown: String { self == .channel ? "in process" : rawValue }
}

extension Negotiated {
  /// The revision and how it is spoken, as a sentence has it.
  var spoken: String { transport == .channel ? "\(revision) in process" : "\(revision) over \(transport.shown)" }
}

extension Presentation {
  /// What was negotiated. The session's id stays out: whoever has it has the session.
  init(server negotiated: Negotiated, named name: String) {
    let era = negotiated.era.rawValue
    var object: JSONObject = [
      "protocolVersion": .string(negotiated.revision.rawValue), "era": .string(era),
      "transport": .string(negotiated.transport.shown), "hasSession": .bool(negotiated.sessionID != nil),
    ]
    object["serverInfo"] = negotiated.serverInfo.map(JSON.object)
    object["capabilities"] = .object(negotiated.capabilities)
    object["instructions"] = negotiated.instructions.map(JSON.string)
    object["result"] = .object(negotiated.result)

    let server = negotiated.server
    let title = server.map { "\($0.name) \($0.version)" + ($0.title.map { " (\($0))" } ?? "") } ?? name
    var rows = [("server", title), ("protocol", "\(negotiated.revision) (\(era))")]
    rows.append(("transport", negotiated.transport.shown + (negotiated.sessionID == nil ? "" : ", with a session")))
    rows.append(("offers", negotiated.capabilities.names.joined(separator: ", ")))
    if let supported = negotiated.result["supportedVersions"]?.array {
      rows.append(("speaks", supported.compactMap(\.string).joined(separator: ", ")))
    }
    if let instructions = negotiated.instructions { rows.append(("says", oneLine(instructions))) }
    let text = rows.map { $0.0.padded(to: 11) + $0.1 + "\n" }.joined()
    self.init(.object(object), text: text, value: .string(negotiated.revision.rawValue))
  }
}
