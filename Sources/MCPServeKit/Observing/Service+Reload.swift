// SPDX-License-Identifier: Apache-2.0
import EventIO
import Observability

extension Service {
  /// Does what it takes to read a configuration anew, while systemd and the metrics are told.
  /// - Throws: what `body` throws; the service goes on with what it had.
  public func reload(_ body: () async throws -> Void) async throws {
    manager?.tell(.reloading)
    defer { manager?.tell(.ready) }
    do {
      try await body()
      reloads?.ended(success: true)
      logger.info("reloaded")
    } catch {
      reloads?.ended(success: false)
      logger.error("reloading failed; going on as before", [("error", "\(error)")])
      throw error
    }
  }
}

/// Counts reloads.
final class ReloadMeter: Sendable {
  private let succeeded: Counter
  private let failed: Counter
  private let last: Gauge
  private let isGood: Gauge

  init(_ metrics: Metrics) {
    let reloads = metrics.counters("mcp_reloads_total", "Reloads of the configuration.", labels: ["status"])
    (succeeded, failed) = (reloads["success"], reloads["error"])
    last = metrics.gauge(
      "mcp_last_reload_timestamp_seconds", "When the configuration was last read, in seconds since 1970.")
    isGood = metrics.gauge("mcp_last_reload_successful", "Whether the last reload succeeded.")
    last.set(Double(Timestamp.now.milliseconds) / 1000)
    isGood.set(1)
  }

  func ended(success: Bool) {
    (success ? succeeded : failed).add()
    isGood.set(success ? 1 : 0)
    if success { last.set(Double(Timestamp.now.milliseconds) / 1000) }
  }
}
