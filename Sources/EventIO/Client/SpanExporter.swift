// SPDX-License-Identifier: Apache-2.0
package import Observability
import Synchronization

/// Posts spans to a collector, by OTLP over HTTP in JSON, several at a time.
///
/// Whoever ends a span never waits: what comes faster than the collector takes it is dropped and counted. Nothing runs
/// while there are no spans.
package final class SpanExporter: Sendable {
  private struct State {
    var waiting: [TraceSpan] = []
    /// Ends the pause of the task that sends; nil when there is none.
    var wake: Promise<Void>?
    var isClosing = false
    var closed: [Promise<Void>] = []
    var client: HTTPClient?
    var hasFailed = false

    /// Whether this is news.
    mutating func change(hasFailed now: Bool) -> Bool {
      defer { hasFailed = now }
      return hasFailed != now
    }
  }

  private let options: TracingOptions
  private let format: OTLP
  private let logger: Logger
  private let state = Mutex(State())
  private let exported = Counter()
  private let dropped = Counter()
  private static let attempts = 3

  /// - Parameter scope: what records the spans.
  package init(_ options: TracingOptions, scope: (name: String, version: String), logger: Logger) {
    self.options = options
    format = OTLP(resource: options.resource, scope: scope)
    self.logger = logger
  }

  /// A tracer whose spans go here.
  package func tracer() -> Tracer { Tracer(options.sampler) { [self] in add($0) } }

  /// Counts what became of spans.
  package func measure(in metrics: Metrics) {
    metrics.add("spans") { [self] text in
      text.counter("mcp_trace_spans_exported_total", "Spans the collector has taken.", Double(exported.value))
      text.counter(
        "mcp_trace_spans_dropped_total",
        "Spans that were lost: the queue was full, or the collector did not take them.",
        Double(dropped.value))
      text.gauge("mcp_trace_spans_waiting", "Spans that wait to be sent.", Double(state.withLock { $0.waiting.count }))
      text.gauge("mcp_trace_spans_limit", "Spans that may wait to be sent.", Double(options.queue))
    }
  }

  private func add(_ span: TraceSpan) {
    enum Step { case none, drop, start(Promise<Void>), wake(Promise<Void>) }
    let step: Step = state.withLock { state in
      guard state.waiting.count < options.queue, !state.isClosing else { return .drop }
      state.waiting.append(span)
      if let wake = state.wake { return state.waiting.count >= options.batch ? .wake(wake) : .none }
      let wake = Promise<Void>()
      state.wake = wake
      return .start(wake)
    }
    switch step {
    case .none: break
    case .drop: dropped.add()
    case .wake(let wake): wake.keep(())
    // Nobody waits for the task but `close`: it ends when there is nothing left to send.
    case .start(let wake): Task { await send(after: wake) }
    }
  }

  /// Sends what there is, and nothing after it. Returns when it is sent, or when `time` has passed.
  package func close(within time: Duration) async {
    let closed = Promise<Void>()
    let wake = state.withLock { state in
      state.isClosing = true
      if state.wake != nil { state.closed.append(closed) } else { closed.keep(()) }
      return state.wake
    }
    wake?.keep(())
    await closed.kept(within: time)
    state.withLock { $0.client }?.close()
  }

  private func send(after first: Promise<Void>) async {
    var wake = first
    while true {
      await wake.kept(within: options.delay)
      while let batch = takeBatch() { await send(batch) }
      let (next, closed) = state.withLock { state -> (Promise<Void>?, [Promise<Void>]) in
        state.wake = state.waiting.isEmpty ? nil : Promise()
        guard state.wake == nil else { return (state.wake, []) }
        defer { state.closed = [] }
        return (nil, state.closed)
      }
      for waiter in closed { waiter.keep(()) }
      guard let next else { return }
      wake = next
    }
  }

  private func takeBatch() -> [TraceSpan]? {
    state.withLock { state in
      guard !state.waiting.isEmpty else { return nil }
      let batch = Array(state.waiting.prefix(options.batch))
      state.waiting.removeFirst(batch.count)
      return batch
    }
  }

  /// Sends a batch, several times when the collector is busy or away.
  private func send(_ batch: [TraceSpan]) async {
    let body = format.request(batch)
    for attempt in 1...Self.attempts {
      let (outcome, mayHelp) = await post(body)
      guard let reason = outcome else {
        exported.add(batch.count)
        if state.withLock({ $0.change(hasFailed: false) }) { logger.info("the trace collector takes spans again") }
        return
      }
      let isLast = attempt == Self.attempts || !mayHelp || state.withLock { $0.isClosing }
      guard isLast else {
        try? await Task.sleep(for: .seconds(1 << (attempt - 1)))
        continue
      }
      dropped.add(batch.count)
      if state.withLock({ $0.change(hasFailed: true) }) {
        logger.warning("spans are lost: the trace collector does not take them", [("reason", reason)])
      }
      return
    }
  }

  /// Why it was not taken, and whether trying again may help; nil when it was.
  private func post(_ body: [UInt8]) async -> (reason: String?, mayHelp: Bool) {
    do throws(IOError) {
      var headers: HTTPHeaders = ["Content-Type": "application/json"]
      for header in options.headers { headers.set(header.name, header.value) }
      let response = try await client().send(
        HTTPClient.Request(.post, options.url, headers: headers, body: body, totalTimeout: options.timeout))
      response.body.discard()
      let status = response.status.rawValue
      guard !(200..<300).contains(status) else { return (nil, false) }
      return ("HTTP \(status)", [429, 502, 503, 504].contains(status))
    } catch {
      return (error.message, true)
    }
  }

  private func client() throws(IOError) -> HTTPClient {
    if let client = state.withLock({ $0.client }) { return client }
    let made = try HTTPClient()
    return state.withLock { state in
      state.client = state.client ?? made
      return state.client ?? made
    }
  }
}

extension Promise<Void> {
  /// Waits for the value, but not for longer than `limit`.
  package func kept(within limit: Duration) async {
    let timer = Task {
      try await Task.sleep(for: limit)
      keep(())
    }
    await value()
    timer.cancel()
  }
}
