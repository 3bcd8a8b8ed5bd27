// SPDX-License-Identifier: Apache-2.0
public import Observability

/// How often a tool ran so far, and how long that took.
public struct ToolFigures: Sendable, Hashable {
  /// The tool's name.
  public let name: String
  /// Executions that ended well.
  public let successes: Histogram.Snapshot
  /// Executions that failed.
  public let errors: Histogram.Snapshot
}

extension FeatureSet {
  /// How often each tool ran since it was registered.
  public var figures: [ToolFigures] {
    current.tools.rows.compactMap { row in
      row.entry.meter.map {
        ToolFigures(name: row.name, successes: $0[.success].snapshot, errors: $0[.error].snapshot)
      }
    }
  }
}
