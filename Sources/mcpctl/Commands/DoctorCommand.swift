// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import EventIO
import JSONKit

/// `mcpctl doctor`
struct DoctorCommand: ServerCommand {
  static let info = CommandInfo(
    "doctor", "Find out which step keeps a server from being used.",
    discussion: [
      "For a URL: the name is looked up (dns), a connection opened (tcp), TLS agreed on, the first request sent (http), the server "
        + "asked who it is (discovery) and whether it lets you in (auth), then the revision and what it offers. For a program: "
        + "whether it is found, starts, answers, and ends when it should, and what it writes to standard error. Without a "
        + "name, the current server, or the built-in one.",
      "With --replicas a URL is asked eight times more at each address its name has, on connections of their own: which nodes answer "
        + "(by the answer of echo, or fields such as X-Served-By), and whether a legacy session opened on one is known on the "
        + "others (sessions), as it has to be behind a balancer.",
      "In `mcpctl repl` the current server is examined, over a connection of its own; a program is started once more for that.",
      "The exit code is 1 when a step has failed; warnings leave it at 0. Steps behind the one that failed are skipped.",
    ],
    examples: [
      .init("mcpctl doctor", "Examines the current server, or the built-in one."),
      .init("mcpctl doctor https://example.com/mcp", "Examines a server at a URL."),
      .init("mcpctl doctor -- npx some-server", "Examines a server that is started."),
      .init(
        "mcpctl doctor https://example.com/mcp --replicas",
        "Also who answers behind the name, and whether they share sessions."),
      .init("mcpctl doctor prod -o json --path .failed", "Prints the step that failed."),
    ])

  @Argument("Server to examine, as for --server.", completion: .dynamic("servers")) var target: String?
  @Flag("Find out who is behind a URL, and whether they share legacy sessions.") var replicas: Bool
  @Option("An address to ask in place of those the name has; with or without --replicas.", value: "ADDRESS")
  var at: [String] = []
  @Trailing(programHelp, value: "command") var program: [String]
  @Group("Connection") var connection: ConnectionOptions
  @Group("Output") var output: OutputOptions
  @Group("Messages") var talk: TalkOptions

  func check(given: Set<String>) throws(UsageError) {
    for address in at where SocketAddress(host: address, port: 0) == nil {
      throw UsageError("--at takes an address, such as 10.0.0.1 or ::1, not '\(address)'")
    }
  }

  func run(in console: Console) async throws -> ExitCode {
    try output.printer.checkFile()
    let prepared = try await connecting(console).unattended.prepared()
    return try await interruptible {
      let (findings, code) = try await examined(prepared)
      try output.printer.show(findings, on: console)
      return code
    }
  }

  func perform(in scene: Scene) async throws -> ExitCode {
    guard let connection = scene.connection else { throw UsageError("nobody knows how the server was reached") }
    let (findings, code) = try await examined(connection.unattended)
    try scene.show(findings, output.printer)
    return code
  }

  private func examined(_ connection: Connection) async throws -> (findings: Presentation, code: ExitCode) {
    let examinesReplicas = replicas || !at.isEmpty
    if examinesReplicas {
      guard case .url = connection.resolved.target else {
        throw UsageError("--replicas is for a URL, not for \(connection.serverName)")
      }
    }
    let findings = try await Checkup(connection: connection, replicas: examinesReplicas ? at : nil).findings()
    let code: ExitCode = findings.contains { $0.status == .wrong } ? .negative : .success
    return (Presentation(checkup: findings, of: connection.serverName), code)
  }
}

extension Presentation {
  /// What a checkup has found: one line a step, with hints below.
  init(checkup findings: [Examined], of server: String) {
    let items = findings.map { finding -> JSON in
      var object: JSONObject = [
        "check": .string(finding.check), "status": .string(finding.status.rawValue), "detail": .string(finding.detail),
      ]
      object["hint"] = finding.hint.map(JSON.string)
      let milliseconds = finding.time.map { ($0 / .microseconds(10)).rounded() / 100 }
      object["milliseconds"] = milliseconds.flatMap { JSONNumber($0) }.map(JSON.number)
      for fact in finding.facts.members { object[fact.name] = fact.value }
      return .object(object)
    }
    let failed = findings.first { $0.status == .wrong }?.check
    let object: JSONObject = [
      "ok": .bool(failed == nil), "server": .string(server), "failed": failed.map(JSON.string) ?? .null,
      "checks": .array(items),
    ]
    let lines = findings.map { finding in
      let time = finding.time.map { " (\($0.brief))" } ?? ""
      let hint = finding.hint.map { "\n" + Self.padded("", "") + "hint: \(oneLine($0))" } ?? ""
      return Self.padded(finding.status.rawValue, finding.check) + oneLine(finding.detail) + time + hint + "\n"
    }
    self.init(
      .object(object), text: lines.joined(), items: items, value: .bool(failed == nil), names: findings.map(\.check))
    (isList, markup) = (true, .statuses)
  }

  private static func padded(_ status: String, _ check: String) -> String {
    status.padded(to: 9, gap: 1) + check.padded(to: 14, gap: 1)
  }
}

extension OutputStream {
  /// Lines whose first word is a status, with that word in the colour people expect of it where that shows.
  func styled(statuses text: String) -> String {
    guard colorsResults else { return text }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      let word = String(line.prefix { $0 != " " })
      let rest = line.dropFirst(word.count)
      return switch Examined.Status(rawValue: word) {
      case .ok: green(word) + rest
      case .warning: yellow(word) + rest
      case .wrong: red(word) + rest
      case .skipped: dim(String(line))
      case nil: String(line)
      }
    }
    return lines.joined(separator: "\n")
  }
}
