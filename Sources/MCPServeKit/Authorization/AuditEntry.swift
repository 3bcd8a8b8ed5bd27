// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore
import Observability

/// The line a request leaves in the server's log: who, what, how it ended, how long it took. Arguments and results, which may
/// be anybody's secrets, are not in it.
struct AuditEntry {
  /// The most of a name that is written, in bytes.
  private static let longestName = 128

  private let request: Request
  private let context: RequestContext
  private let start: ContinuousClock.Instant

  /// Nil when nothing is to be written.
  init?(_ request: Request, _ context: RequestContext, _ state: Authorization.State) {
    guard state.rules.auditsRequests, context.logger.writes(.info) else { return nil }
    self.request = request
    self.context = context
    start = .now
  }

  func end(_ reply: Reply) {
    let outcome =
      switch reply {
      case .complete(let result, _): result["isError"] == true ? "tool error" : "ok"
      case .invalidArguments: "invalid arguments"
      case .inputRequired: "input required"
      case .task: "task"
      }
    write(context.needsInput ? "input required" : outcome)
  }

  func end(_ error: any Error) {
    switch error {
    case let error as RPCError: write("error \(error.code.rawValue)")
    case is InputRequired: write("input required")
    case is CancellationError: write("cancelled")
    default: write("error")
    }
  }

  private func write(_ outcome: String) {
    let (seconds, attoseconds) = (ContinuousClock.now - start).components
    let name = (request.params["name"] ?? request.params["uri"] ?? request.params["taskId"])?.string ?? "-"
    context.logger.info(
      "audit",
      [
        ("who", context.principal?.name ?? "-"), ("method", request.method.rawValue),
        ("name", name.clipped(to: Self.longestName)),
        ("outcome", outcome), ("us", String(seconds * 1_000_000 + attoseconds / 1_000_000_000_000)),
      ])
  }
}
