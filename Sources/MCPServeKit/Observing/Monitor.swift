// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import Observability

/// Answers whoever looks after a service: whether it lives, whether it takes work, and what it measures.
struct Monitor: Sendable {
  /// What there is to see.
  enum View: Sendable {
    /// The process lives: `/health`, and `/actuator/health` as Spring has it.
    case health(String)
    /// New work is welcome.
    case ready
    case metrics(Metrics)
  }

  private let readiness: Readiness
  private let metrics: Metrics?
  private let cluster: (any Cluster)?
  let metricsPath: String

  init(_ service: Service, _ options: HTTPOptions, _ cluster: (any Cluster)? = nil) {
    self.cluster = cluster
    readiness = service.readiness
    metrics = service.instruments.metrics
    metricsPath = options.metricsPath
  }

  /// What there is at a path.
  func view(at path: String, hasMetrics: Bool) -> View? {
    switch path {
    case "/health": .health("ok")
    case "/actuator/health": .health("UP")
    case "/ready": .ready
    case metricsPath: hasMetrics ? metrics.map(View.metrics) : nil
    default: nil
    }
  }

  /// Answers a GET or HEAD.
  func step(_ view: View, _ head: HTTPHead) -> HTTPStep {
    guard head.method == .get || head.method == .head else { return .ready(.methodNotAllowed("GET, HEAD")) }
    switch view {
    case .health(let word): return .ready(answer(word))
    case .ready: return .ready(readinessAnswer)
    case .metrics(let metrics):
      return .work {
        HTTPAnswer(
          .ok, ["Content-Type": MetricsText.mediaType, "Cache-Control": "no-store"], body: await metrics.text())
      }
    }
  }

  private var readinessAnswer: HTTPAnswer {
    guard readiness.isReady else { return answer("draining", .serviceUnavailable) }
    let degraded = cluster?.degraded ?? []
    guard !degraded.isEmpty else { return answer("ready") }
    let isUnfit = cluster?.isUnfit == true || cluster?.isFenced == true
    return answer(
      isUnfit ? "unavailable" : "ready", isUnfit ? .serviceUnavailable : .ok,
      more: ["degraded": .array(degraded.map { .string($0) })])
  }

  private func answer(_ word: String, _ status: HTTPStatus = .ok, more: JSONObject = [:]) -> HTTPAnswer {
    var json: JSONObject = ["status": .string(word)]
    if let cluster { json["node"] = .string(cluster.node) }
    for member in more.members { json[member.name] = member.value }
    return .json(JSON.object(json).bytes, status)
  }
}

/// A monitor at an address of its own.
struct MonitorSite: HTTPHandler {
  let monitor: Monitor
  let guards: HTTPGuards

  func route(for head: HTTPHead) -> any HTTPRoute {
    guard let view = monitor.view(at: head.path, hasMetrics: true) else {
      return MonitorRoute {
        .ready(
          .error(.notFound, RPCError(.invalidRequest, "there are \(monitor.metricsPath), /health and /ready here")))
      }
    }
    if let refusal = guards.refusal(of: head) {
      return MonitorRoute { .ready(.error(.forbidden, RPCError(.invalidRequest, refusal))) }
    }
    return MonitorRoute { [monitor] in monitor.step(view, head) }
  }
}

private struct MonitorRoute: HTTPRoute {
  let step: @Sendable () -> HTTPStep

  init(_ step: @escaping @Sendable () -> HTTPStep) { self.step = step }

  func respond(to request: HTTPRequest, through response: HTTPResponder) -> HTTPWork? {
    switch step() {
    case .ready(let answer): return response.answer(answer.status, headers: answer.headers, body: answer.body)
    case .work(let work):
      return {
        let answer = await work()
        await response.send(answer.status, headers: answer.headers, body: answer.body)
      }
    }
  }
}
