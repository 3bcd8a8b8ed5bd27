// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore
import Observability

/// Writes the line a request leaves in the server's log: who, what, how it ended, how long it took. Arguments and results,
/// which may be anybody's secrets, are not in it.
enum Audit {
  /// The most of a name that is written, in bytes.
  private static let longestName = 128

  static func note(_ request: Request, _ context: RequestContext, ended reply: Reply) {
    if context.needsInput { return note(request, context, "input required") }
    switch reply {
    case .complete(let result, _): note(request, context, result["isError"] == true ? "tool error" : "ok")
    case .invalidArguments: note(request, context, "invalid arguments")
    case .inputRequired: note(request, context, "input required")
    case .task: note(request, context, "task")
    }
  }

  static func note(_ request: Request, _ context: RequestContext, failed error: any Error) {
    switch error {
    case let error as RPCError: note(request, context) { $0.add("outcome", "error \(error.code.rawValue)") }
    case is InputRequired: note(request, context, "input required")
    case is CancellationError: note(request, context, "cancelled")
    default: note(request, context, "error")
    }
  }

  private static func note(_ request: Request, _ context: RequestContext, _ outcome: StaticString) {
    note(request, context) { $0.add("outcome", words: outcome) }
  }

  private static func note(_ request: Request, _ context: RequestContext, _ outcome: (inout LogLine) -> Void) {
    context.serverLogger.note(.info, "audit") { line in
      line.add("who", context.principal?.name ?? "-")
      line.add("method", request.method.rawValue)
      line.add("name", name(request).clipped(to: longestName))
      outcome(&line)
      line.add("us", decimal: context.began.age / 1000)
      context.describe(in: &line)
    }
  }

  private static func name(_ request: Request) -> String {
    (request.params["name"] ?? request.params["uri"] ?? request.params["taskId"])?.string ?? "-"
  }
}

extension Authorization.State {
  /// Whether requests leave a line.
  func audits(_ context: RequestContext) -> Bool { rules.auditsRequests && context.serverLogger.writes(.info) }
}
