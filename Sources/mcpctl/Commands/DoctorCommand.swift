// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit

/// `mcpctl doctor`
struct DoctorCommand: Command {
  static let info = CommandInfo(
    "doctor", "Find out which step keeps a server from being used.",
    discussion: [
      "For a URL: the name is looked up (dns), a connection opened (tcp), TLS agreed on, the first request sent (http), the server "
        + "asked who it is (discovery) and whether it lets you in (auth), then the revision and what it offers. For a program: "
        + "whether it is found, starts, answers, and ends when it should, and what it writes to standard error. Without a "
        + "name, the current server, or the built-in one.",
      "The exit code is 1 when a step has failed; warnings leave it at 0. Steps behind the one that failed are skipped.",
    ],
    examples: [
      .init("mcpctl doctor", "Examines the current server, or the built-in one."),
      .init("mcpctl doctor https://example.com/mcp", "Examines a server at a URL."),
      .init("mcpctl doctor -- npx some-server", "Examines a server that is started."),
      .init("mcpctl doctor prod -o json --path .failed", "Prints the step that failed."),
    ])

  @Argument("Server to examine, as for --server.", completion: .dynamic("servers")) var target: String?
  @Trailing(programHelp, value: "command") var program: [String]
  @Group("Connection") var connection: ConnectionOptions
  @Group("Output") var output: OutputOptions
  @Group("Messages") var talk: TalkOptions

  func run(in console: Console) async throws -> ExitCode {
    if let target {
      guard connection.server == nil else { throw UsageError("name the server once: as a word, or with --server") }
      connection.server = target
    }
    let nobody = AnswerOptions()
    nobody.noInput = true
    let prepared = try await Connection(connection, program: program, nobody, talk, console).prepared()
    return try await interruptible {
      let findings = try await Checkup(connection: prepared).findings()
      try output.printer.show(Presentation(checkup: findings, of: prepared.serverName), on: console)
      return findings.contains { $0.status == .wrong } ? .negative : .success
    }
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
    isList = true
  }

  private static func padded(_ status: String, _ check: String) -> String {
    status.padded(to: 9, gap: 1) + check.padded(to: 14, gap: 1)
  }
}
