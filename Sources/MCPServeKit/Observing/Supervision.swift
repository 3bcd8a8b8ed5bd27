// SPDX-License-Identifier: Apache-2.0
import EventIO
import Observability

/// Looks after a server while it serves: feels the pulse of its loops, tells systemd how it is, and measures both.
final class Supervision: Sendable {
  private let service: Service
  let pulse: HTTPServerPulse

  init(_ service: Service, _ server: HTTPServer, _ site: HTTPSite, _ options: HTTPOptions) {
    self.service = service
    let lag = Histogram()
    pulse = HTTPServerPulse(of: server, lag: lag)
    guard let metrics = service.instruments.metrics else { return }
    site.measure(in: metrics, pulse) { [weak service] in service?.limitOfConnections ?? 0 }
    metrics.add("lag") { text in
      text.histograms(
        "mcp_event_loop_lag_seconds", "How late loops were with what they were asked to do.", [([], lag.snapshot)])
    }
  }

  /// Connections are accepted.
  func isReady(_ addresses: [String]) {
    service.manager?.tell(.ready, .status("serving at \(addresses.joined(separator: ", "))"))
  }

  /// No more are.
  func isStopping() {
    service.readiness.drain()
    service.manager?.tell(.stopping, .status("finishing what is in flight"))
  }

  /// Looks at the loops until the task is cancelled. The watchdog is told that the service lives as long as every loop does
  /// what it is asked.
  func watch() async {
    let pause = min(.seconds(5), (service.instruments.watchdog ?? .seconds(20)) / 4)
    while true {
      pulse.beat()
      guard (try? await Task.sleep(for: pause)) != nil else { return }
      if service.instruments.watchdog != nil, pulse.isAlive { service.manager?.tell(.alive) }
    }
  }

  /// Measures the server no more.
  func end() {
    for name in ["site", "http", "lag"] { service.instruments.metrics?.remove(name) }
  }
}
