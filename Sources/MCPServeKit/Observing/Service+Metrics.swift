// SPDX-License-Identifier: Apache-2.0
import EventIO
import MCPCore
import Observability

extension Service {
  /// Begins to measure what the service itself knows; called once.
  func measureService() {
    guard let metrics = instruments.metrics else { return }
    metrics.add("process") { text in
      ProcessFigures().write(to: &text)
    }
    if let features { metrics.add("tools") { features.writeTools(to: &$0) } }
    metrics.add("limits") { [quotas] text in
      let limits = quotas.all
      let all = [
        ("batch", limits.batch), ("message_bytes", limits.messageBytes),
        ("requests_in_flight", limits.requestsInFlight),
        ("sessions", limits.sessions), ("stream_messages", limits.streamMessages),
        ("subscriptions", limits.subscriptions), ("announcements", limits.announcements),
        ("open_questions", limits.openQuestions),
      ]
      text.family(
        "mcp_limit", .gauge, "What peers may cost at most, by the name of the limit.",
        all.map { ([("limit", $0.0)], Double($0.1)) })
    }
    metrics.gauge("mcp_ready", "1 while new work is welcome, 0 once the service ends.") { [readiness] in
      readiness.isReady ? 1 : 0
    }
  }
}

extension HTTPSite {
  /// Measures sessions, streams and connections for as long as the site serves.
  func measure(
    in metrics: Metrics, _ pulse: HTTPServerPulse, connections limit: @escaping @Sendable () -> Int
  ) {
    metrics.add("site") { [weak self] text in
      guard let self else { return }
      text.gauge("mcp_active_sessions", "Sessions of the legacy era that are open.", Double(activeSessions))
      text.family(
        "mcp_streams", .gauge, "Open event streams, by what they are for.",
        openStreams.map { ([("kind", $0.kind)], Double($0.count)) })
      text.gauge("mcp_announcements_waiting", "Announcements that were not told to the peers yet.", Double(waitingNews))
    }
    metrics.add("http") { [pulse] text in
      let done = await pulse.statistics()
      text.counter("mcp_http_requests_total", "Requests handed to a handler.", Double(done.requests))
      text.family(
        "mcp_http_responses_total", .counter, "Responses begun, by the kind of their status.",
        [("2xx", done.succeeded), ("3xx", done.redirected), ("4xx", done.clientErrors), ("5xx", done.serverErrors)].map
        {
          ([("code", $0.0)], Double($0.1))
        })
      text.counter("mcp_http_connections_accepted_total", "Connections accepted.", Double(done.accepted))
      text.gauge("mcp_http_connections", "Connections open.", Double(done.open))
      text.gauge("mcp_http_connections_limit", "Connections that may be open.", Double(limit()))
      text.counter(
        "mcp_http_rejected_total", "Requests and connections turned away: malformed, too large, too many.",
        Double(done.rejected))
      text.counter(
        "mcp_http_timeouts_total", "Connections cut off because a deadline had passed.", Double(done.timeouts))
      text.family(
        "mcp_event_loop_stalled_seconds", .gauge, "For how long a loop has not answered; zero when it does.",
        pulse.silences.enumerated().map { ([("loop", String($0.offset))], Double($0.element.nanoseconds) / 1e9) })
    }
  }
}

extension Server {
  /// Measures the threads handlers run on, and tasks.
  func measure(in metrics: Metrics) {
    metrics.add("server") { [runner, tasks] text in
      let load = runner.load
      text.gauge("mcp_handler_threads", "Threads handlers run on.", Double(load.threads))
      text.gauge("mcp_handler_threads_limit", "Threads handlers may run on.", Double(load.limit))
      text.gauge("mcp_handler_queue", "Pieces of handlers' work that wait for a thread.", Double(load.waiting))
      text.gauge("mcp_tasks_running", "Tasks at work.", Double(tasks.runningCount))
      text.gauge("mcp_tasks_running_limit", "Tasks that may be at work.", Double(tasks.runningLimit))
    }
  }
}
