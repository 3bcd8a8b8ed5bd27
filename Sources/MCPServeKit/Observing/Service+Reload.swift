// SPDX-License-Identifier: Apache-2.0
import EventIO
public import JSONKit
import Observability
import Synchronization

extension Service {
  /// Does what it takes to read a configuration anew, while systemd and the metrics are told.
  /// - Throws: what `body` throws; the service goes on with what it had.
  public func reload(_ body: () async throws -> Void) async throws {
    do {
      try await observing { try await body() }
      logger.info("reloaded")
    } catch {
      logger.error("reloading failed; going on as before", [("error", "\(error)")])
      throw error
    }
  }

  fileprivate func observing(_ body: () async throws -> Void) async throws {
    manager?.tell(.reloading)
    defer { manager?.tell(.ready) }
    do {
      try await body()
      reloads?.ended(success: true)
    } catch {
      reloads?.ended(success: false)
      throw error
    }
  }
}

/// What came of reading a configuration anew.
public struct ReloadReport: Sendable {
  /// Whether the service goes by the new one; if not, nothing has changed.
  public var isReloaded: Bool
  /// What has changed, or why nothing has: the answer to `POST /reload-config`.
  public var details: JSONObject

  /// Makes a report.
  public init(isReloaded: Bool, details: JSONObject) {
    self.isReloaded = isReloaded
    self.details = details
  }
}

/// Reads a configuration anew whenever somebody asks, one after the other.
final class Reloader: Sendable {
  private struct NotReloaded: Error {}

  private let service: Service
  private let body: @Sendable () async -> ReloadReport
  private let latest = Mutex<Task<ReloadReport, Never>?>(nil)

  init(_ service: Service, _ body: @escaping @Sendable () async -> ReloadReport) {
    (self.service, self.body) = (service, body)
  }

  func reload() async -> ReloadReport {
    let task = latest.withLock { latest in
      let task = Task { [former = latest] in
        _ = await former?.value
        return await read()
      }
      latest = task
      return task
    }
    return await task.value
  }

  private func read() async -> ReloadReport {
    var report = ReloadReport(isReloaded: false, details: [:])
    try? await service.observing {
      report = await body()
      if !report.isReloaded { throw NotReloaded() }
    }
    return report
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
