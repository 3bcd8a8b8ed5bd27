// SPDX-License-Identifier: Apache-2.0
import MCPCore
import Observability

/// How often a tool ran, how long that took and how it ended. Belongs to a registered tool, so peers cannot make one up.
final class ToolMeter: Sendable {
  /// How an execution ended, as metrics have it.
  enum Status: String, CaseIterable {
    case success, error, cancelled
  }

  private let success = Histogram()
  private let error = Histogram()
  private let cancelled = Histogram()

  subscript(status: Status) -> Histogram {
    switch status {
    case .success: success
    case .error: error
    case .cancelled: cancelled
    }
  }

  @inline(__always)
  func ended(with result: ToolResult, since start: Moment) {
    (result.isError ? error : success).observe(nanoseconds: start.age)
  }

  /// A round that ends with questions is not counted: the tool runs again.
  func ended(with failure: any Error, since start: Moment) {
    switch failure {
    case is InputRequired: break
    case is CancellationError: cancelled.observe(nanoseconds: start.age)
    default: error.observe(nanoseconds: start.age)
    }
  }
}

extension FeatureSet {
  /// Writes what is known of the tools there are.
  func writeTools(to text: inout MetricsText) {
    var totals: [(MetricsText.Labels, Double)] = []
    var durations: [(MetricsText.Labels, Histogram.Snapshot)] = []
    for row in current.tools.rows {
      guard let meter = row.entry.meter else { continue }
      for status in ToolMeter.Status.allCases {
        let labels = [("tool_name", row.name), ("status", status.rawValue)]
        let snapshot = meter[status].snapshot
        // What is there before the first event is seen by a rate.
        totals.append((labels, Double(snapshot.count)))
        if status == .success || snapshot.count > 0 { durations.append((labels, snapshot)) }
      }
    }
    text.family("mcp_tool_execution_total", .counter, "Executions of tools.", totals)
    text.histograms("mcp_tool_execution_duration_seconds", "How long executions of tools took.", durations)
  }
}
