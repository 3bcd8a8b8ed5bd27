// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore
import Observability
import Synchronization

/// What a service measures of what its peers ask, under the names OpenTelemetry gave it for MCP.
final class ServiceMeters: Sendable {
  /// By `mcp_method_name` and `error_type`; methods nobody knows are one.
  private let operations: Family<Histogram>
  /// The most frequent of them.
  private let calls: Histogram
  private let sessions: Family<Histogram>

  init(_ metrics: Metrics) {
    operations = metrics.histograms(
      "mcp_server_operation_duration_seconds",
      "How long requests took until their answers were made (OpenTelemetry: mcp.server.operation.duration).",
      labels: ["mcp_method_name", "error_type"], limit: 500)
    calls = operations[Method.toolsCall.rawValue, ""]
    sessions = metrics.histograms(
      "mcp_server_session_duration_seconds",
      "How long sessions lasted that have ended (OpenTelemetry: mcp.server.session.duration).",
      labels: ["mcp_protocol_version"], limit: 10)
  }

  /// Counts a request that was answered.
  @inline(__always)
  func answered(_ method: Method, _ outcome: Result<JSONObject, RPCError>, since start: Moment) {
    if method == .toolsCall, case .success(let result) = outcome, !result.contains("isError") {
      calls.observe(nanoseconds: start.age)
    } else {
      answered(rare: method, outcome, since: start)
    }
  }

  private func answered(rare method: Method, _ outcome: Result<JSONObject, RPCError>, since start: Moment) {
    operations[method.isKnown ? method.rawValue : Family<Histogram>.other, outcome.errorType ?? ""]
      .observe(nanoseconds: start.age)
  }

  /// Counts a session that has ended.
  func ended(_ revision: Revision, after duration: Duration) { sessions[revision.rawValue].observe(duration) }
}

extension Method {
  /// Whether the name is one a client may send, so that names peers make up are not kept.
  fileprivate var isKnown: Bool { Self.asked.contains(self) }

  private static let asked: Set<Method> = [
    .initialize, .discover, .ping, .toolsList, .toolsCall, .toolsGet, .resourcesList, .resourceTemplatesList,
    .resourcesRead, .promptsList, .promptsGet, .complete, .setLogLevel, .resourcesSubscribe, .resourcesUnsubscribe,
    .subscriptionsListen, .tasksGet, .tasksResult, .tasksList, .tasksCancel, .tasksUpdate,
  ]
}

/// Whether the service takes new work.
final class Readiness: Sendable {
  private let state = Atomic(true)
  var isReady: Bool { state.load(ordering: .relaxed) }
  /// The service ends: who is asked says that no new work is to be sent.
  func drain() { state.store(false, ordering: .relaxed) }
}
