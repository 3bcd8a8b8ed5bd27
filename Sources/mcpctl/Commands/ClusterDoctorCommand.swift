// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit
import MCPRedis

/// `mcpctl cluster doctor`
struct ClusterDoctorCommand: StoreCommand {
  static let info = CommandInfo(
    "doctor", "Look for what keeps nodes and Redis from working together.",
    discussion: [
      "Redis itself: its role, version, memory policy, persistence and clock. The nodes: dead ones, two that are one, different "
        + "configurations or keys. The store: whether what is in it is as servers need it. The exit code is 1 when something is wrong; "
        + "warnings leave it at 0."
    ],
    examples: [.init("mcpctl cluster doctor --store redis://cache:6379", "Examines a cluster.")])

  @Group("Store") var store: StoreOptions
  @Group("Output") var output: OutputOptions

  func run(in console: Console) async throws -> ExitCode {
    try await store.withStore(console) { inspector in
      var findings = try await RedisExam(inspector).findings
      findings += try await NodeExam(inspector).findings
      findings.append(try await layout(inspector))
      let items = findings.map { finding in
        JSON.object([
          "check": .string(finding.check), "status": .string(finding.status.rawValue),
          "detail": .string(finding.detail),
        ])
      }
      let isHealthy = !findings.contains { $0.status == .wrong }
      try output.printer.show(
        Presentation(
          list: ["ok": .bool(isHealthy), "checks": .array(items)], items: items,
          table: Table(
            columns: [.init(heading: "CHECK"), .init(heading: "STATUS"), .init(heading: "DETAIL")],
            rows: findings.map { [$0.check, $0.status.rawValue, $0.detail] }),
          empty: "nothing was examined"), on: console)
      return isHealthy ? .success : .negative
    }
  }

  /// What `sessions verify` would say, in one line.
  private func layout(_ inspector: StoreInspector) async throws -> Examined {
    var audit = StoreAudit(inspector)
    var counts: [StoreFinding.Weight: Int] = [:]
    while let findings = try await audit.next() {
      for finding in findings { counts[finding.weight, default: 0] += 1 }
    }
    let keys = counted(audit.counts.values.reduce(0, +), "key")
    let said = [StoreFinding.Weight.wrong, .orphan, .foreign].compactMap { weight in
      counts[weight].map { "\($0) \(weight.rawValue)" }
    }
    guard !said.isEmpty else { return Examined("layout", .ok, keys) }
    let text = "\(keys): \(said.joined(separator: ", ")); `mcpctl sessions verify` says what"
    return Examined("layout", counts[.wrong] == nil ? .warning : .wrong, text)
  }
}

/// What an examination of one thing has shown.
struct Examined: Sendable {
  enum Status: String, Sendable {
    case ok, warning, wrong
    /// It was not come to, or there is nothing to examine.
    case skipped
  }
  let check: String
  let status: Status
  let detail: String
  /// What to do about it.
  var hint: String?
  /// How long it took.
  var time: Duration?
  /// What it rests on, for programs.
  var facts: JSONObject = [:]

  init(_ check: String, _ status: Status, _ detail: String, hint: String? = nil, time: Duration? = nil) {
    (self.check, self.status, self.detail) = (check, status, detail)
    (self.hint, self.time) = (hint, time)
  }
}
