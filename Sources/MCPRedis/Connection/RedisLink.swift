// SPDX-License-Identifier: Apache-2.0
import EventIO
import Observability

/// What all connections of a client have in common.
struct LinkSettings: Sendable {
  var login: Login
  var tls: TLSContext?
  var limits: RedisLimits
  var logger: Logger
}

/// A connection that is there again when it was lost: all calls share it, each is sent without waiting for the answers to
/// those before.
actor RedisLink {
  nonisolated let loop: EventLoop
  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
  nonisolated let finder: any EndpointFinder
  private let settings: LinkSettings
  private var limits: RedisLimits { settings.limits }
  private var wire: Wire?
  /// The number of the attempt to connect, so that what belongs to an earlier one is known.
  private var attempt = 0
  private var isConnecting = false
  private var waiting = Queue<Call>()
  private var waitingBytes = 0
  private var backoff: Backoff
  private var retry: Watch?
  private var ticker: Watch?
  /// Since when there is no connection, though there should be one.
  private var downSince: ContinuousClock.Instant?
  private var lastError: RedisError?
  private var isClosed = false

  init(_ loop: EventLoop, _ finder: any EndpointFinder, _ settings: LinkSettings) {
    self.loop = loop
    self.finder = finder
    self.settings = settings
    backoff = Backoff(least: settings.limits.leastPause, longest: settings.limits.longestPause)
  }

  /// Sends a call when there is a connection, and waits for its outcome.
  nonisolated func perform(_ call: Call) async -> Call.Outcome {
    handOver(call)
    let cancelled = RedisError(.cancelled, "\(call.name) was cancelled while Redis had not answered", mayHaveRun: true)
    return await call.outcome.value(onCancel: .failure(cancelled))
  }

  private nonisolated func handOver(_ call: Call) {
    if loop.isCurrent {
      assumeIsolated { $0.add(call) }
    } else {
      loop.execute { self.assumeIsolated { $0.add(call) } }
    }
  }

  /// Ends the connection; calls that wait, and those that come, fail.
  nonisolated func close() {
    loop.execute { self.assumeIsolated { $0.shut() } }
  }

  /// Gives the connection up for one that may lead elsewhere.
  nonisolated func leave() {
    loop.execute {
      self.assumeIsolated { link in
        if link.wire != nil { link.ended(RedisError(.connectionLost, "\(link.finder.place) has moved")) }
      }
    }
  }

  private func shut() {
    isClosed = true
    for call in (wire?.close() ?? []) + waiting.removeAll() { call.fail(.clientClosed(call)) }
    (wire, retry, ticker) = (nil, nil, nil)
  }

  private func add(_ call: Call) {
    guard !isClosed else { return call.fail(.clientClosed(call)) }
    let count = waiting.count + (wire?.callCount ?? 0)
    let bytes = waitingBytes + (wire?.unsentCount ?? 0)
    guard count < limits.queuedCommands, bytes + call.encoded.count <= limits.queuedBytes else {
      return call.fail(
        RedisError(.overloaded, "\(call.name) not sent: \(count) commands for Redis at \(finder.place) wait already"))
    }
    if let wire, wire.isReady {
      wire.send(call)
    } else if let lastError, isDownForLong {
      return call.fail(lastError)
    } else {
      wait(call)
      if !isConnecting, retry == nil { connect() }
    }
    if ticker == nil { startTicking() }
  }

  private func wait(_ call: Call) {
    waiting.append(call)
    waitingBytes += call.encoded.count
  }

  private func takeWaiting() -> [Call] {
    waitingBytes = 0
    return waiting.removeAll().filter { !$0.outcome.isKept }
  }

  private var isDownForLong: Bool { downSince.map { $0.duration(to: .now) > limits.patience } ?? false }
}

// MARK: - Connecting

extension RedisLink {
  private func connect() {
    attempt += 1
    isConnecting = true
    let number = attempt
    finder.find(on: loop) { [self] result in
      assumeIsolated { $0.found(result, in: number) }
    }
  }

  private func found(_ result: Result<StreamEndpoint, RedisError>, in number: Int) {
    guard number == attempt, !isClosed else { return }
    let endpoint: StreamEndpoint
    switch result {
    case .failure(let error): return ended(error)
    case .success(let found): endpoint = found
    }
    var login = settings.login
    login.mustBeMaster = finder.followsMaster
    wire = Wire(
      loop, to: endpoint, login, tls: settings.tls, limits: limits,
      telling: Wire.Listener(
        ready: { [self] in assumeIsolated { $0.ready() } },
        answered: { [self] call, answers in assumeIsolated { $0.answered(call, answers) } },
        pushed: { _ in },
        ended: { [self] error in assumeIsolated { $0.ended(error) } }))
  }

  private func ready() {
    isConnecting = false
    if lastError != nil { settings.logger.info("redis is back", [("server", wire?.place ?? finder.place)]) }
    (downSince, lastError) = (nil, nil)
    backoff.reset()
    for call in takeWaiting() { wire?.send(call) }
  }

  /// The connection is lost, or could not be made.
  private func ended(_ error: RedisError) {
    let unanswered = wire?.close() ?? []
    wire = nil
    isConnecting = false
    if downSince == nil {
      downSince = .now
      settings.logger.warning("redis connection lost", [("server", finder.place), ("error", error.message)])
    }
    lastError = error
    let later = takeWaiting()
    for call in unanswered where !call.outcome.isKept {
      // What may be sent again is; of the rest nobody knows.
      if call.isRepeatable { wait(call) } else { call.fail(.lost(call, error)) }
    }
    for call in later { wait(call) }
    // A wrong password does not become right by waiting.
    if isDownForLong || error.code == .denied { for call in takeWaiting() { call.fail(error) } }
    connectLater()
  }

  private func connectLater() {
    guard !isClosed else { return }
    var generator = SystemRandomNumberGenerator()
    retry = Watch(loop, after: backoff.next(using: &generator)) { [self] in
      assumeIsolated { link in
        link.retry = nil
        link.connect()
      }
    }
  }
}

// MARK: - Answers and deadlines

extension RedisLink {
  private func answered(_ call: Call, _ answers: [RedisValue]) {
    let isRefused = finder.followsMaster && answers.contains { $0.isError("READONLY") }
    if isRefused, answers.count == 1 {
      // Nothing was done, so the next master may be asked.
      if !call.outcome.isKept { wait(call) }
    } else {
      call.outcome.keep(.success(answers))
    }
    if isRefused {
      ended(RedisError(.unreachable, "Redis at \(wire?.place ?? finder.place) is the master no longer"))
    }
  }

  private func startTicking() {
    ticker = Watch(loop, every: .milliseconds(50)) { [self] in assumeIsolated { $0.tick() } }
  }

  private func tick() {
    let now = ContinuousClock.now
    if waiting.isEmpty, wire?.callCount ?? 0 == 0 {
      ticker = nil
      return
    }
    let waited = takeWaiting()
    for call in waited {
      guard now >= call.deadline else {
        wait(call)
        continue
      }
      let reason = lastError.map { ": \($0.message)" } ?? ""
      call.fail(
        RedisError(
          lastError == nil ? .timeout : .unreachable,
          "\(call.name) was not sent within \(call.time), for there is no connection to Redis at \(finder.place)\(reason)"
        ))
    }
    if wire?.expire(at: now) == false, let wire {
      ended(RedisError(.connectionLost, "Redis at \(wire.place) has said nothing for more than \(limits.silence)"))
    }
  }
}

extension RedisError {
  fileprivate static func clientClosed(_ call: Call) -> RedisError {
    RedisError(.closed, "\(call.name) has no answer: the connection to Redis was closed here")
  }

  fileprivate static func lost(_ call: Call, _ error: RedisError) -> RedisError {
    RedisError(
      .connectionLost, "\(call.name) has no answer, and may have been carried out: \(error.message)", mayHaveRun: true)
  }
}
