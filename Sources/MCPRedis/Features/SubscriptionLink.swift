// SPDX-License-Identifier: Apache-2.0
import EventIO
import Observability

/// The connection of a subscription.
actor SubscriptionLink {
  private nonisolated let loop: EventLoop
  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
  private let finder: any EndpointFinder
  private let settings: LinkSettings
  private let channels: RedisChannels
  private let map: ClusterMap?
  private let teller: AsyncThrowingStream<RedisNews, any Error>.Continuation
  private var wire: Wire?
  private var attempt = 0
  private var backoff: Backoff
  private var retry: Watch?
  private var ticker: Watch?
  /// How many of the channels the server has confirmed.
  private var confirmed = 0
  private var wasListening = false
  private var lostSince: ContinuousClock.Instant?
  private var isOverrun = false
  private var isClosed = false

  init(
    _ loop: EventLoop, _ finder: any EndpointFinder, _ settings: LinkSettings, _ channels: RedisChannels,
    _ map: ClusterMap?, _ teller: AsyncThrowingStream<RedisNews, any Error>.Continuation
  ) {
    self.loop = loop
    self.finder = finder
    self.settings = settings
    self.channels = channels
    self.map = map
    self.teller = teller
    backoff = Backoff(least: settings.limits.leastPause, longest: settings.limits.longestPause)
  }

  nonisolated func start() {
    loop.execute { self.assumeIsolated { $0.begin() } }
  }

  /// Ends the subscription.
  nonisolated func close() {
    loop.execute { self.assumeIsolated { $0.finish(nil) } }
  }

  private func begin() {
    guard !isClosed else { return }
    guard channels.count > 0 else { return finish(RedisError(.invalid, "a subscription names at least one channel")) }
    ticker = Watch(loop, every: settings.limits.pingTime) { [self] in assumeIsolated { $0.tick() } }
    connect()
  }

  private func finish(_ error: RedisError?) {
    isClosed = true
    wire?.close()
    (wire, retry, ticker) = (nil, nil, nil)
    teller.finish(throwing: error)
  }

  private func connect() {
    attempt += 1
    let number = attempt
    finder.find(on: loop) { [self] result in assumeIsolated { $0.found(result, in: number) } }
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
      loop, to: endpoint, login, tls: settings.tls, limits: settings.limits,
      telling: Wire.Listener(
        ready: { [self] in assumeIsolated { $0.subscribe() } }, answered: { _, _ in },
        pushed: { [self] value in assumeIsolated { $0.take(value, from: endpoint) } },
        ended: { [self] error in assumeIsolated { $0.ended(error) } }))
  }

  private func subscribe() {
    confirmed = 0
    for command in channels.commands { wire?.push(command) }
  }

  private func ended(_ error: RedisError) {
    wire?.close()
    wire = nil
    if error.code == .denied { return finish(error) }
    if lostSince == nil {
      lostSince = .now
      settings.logger.warning("redis subscription lost", [("server", finder.place), ("error", error.message)])
    }
    var generator = SystemRandomNumberGenerator()
    retry = Watch(loop, after: backoff.next(using: &generator)) { [self] in
      assumeIsolated { link in
        link.retry = nil
        link.connect()
      }
    }
  }

  /// A server that is silent although it was asked is gone.
  private func tick() {
    guard let wire, wire.isReady else { return }
    if wire.lastReceived.duration(to: .now) > settings.limits.pingTime * 2 {
      return ended(RedisError(.connectionLost, "Redis at \(wire.place) has said nothing for too long"))
    }
    wire.push(RedisCommand("PING"))
    if isOverrun { tellOfOverrun() }
  }
}

// MARK: - What comes

extension SubscriptionLink {
  private func take(_ value: RedisValue, from endpoint: StreamEndpoint) {
    if case .error(let text) = value { return refused(text, by: endpoint) }
    guard let parts = value.array, let kind = parts.first?.string else { return }
    switch kind {
    case "subscribe", "psubscribe", "ssubscribe": wasConfirmed()
    case "message", "smessage":
      guard parts.count == 3, let channel = parts[1].string, let payload = parts[2].bytes else { return }
      tell(RedisMessage(channel: channel, payload: payload))
    case "pmessage":
      guard parts.count == 4, let pattern = parts[1].string, let channel = parts[2].string, let payload = parts[3].bytes
      else { return }
      tell(RedisMessage(channel: channel, pattern: pattern, payload: payload))
    // The slot of the channel has gone to another server.
    case "sunsubscribe": ended(RedisError(.connectionLost, "Redis at \(endpoint) has given the channel away"))
    default: break
    }
  }

  private func refused(_ text: String, by endpoint: StreamEndpoint) {
    let error = RedisError.server(text, to: channels.commands[0], at: "\(endpoint)")
    // What is refused for another reason is refused the next time, too.
    guard let redirection = Redirection(text, by: endpoint) else { return finish(error) }
    if case .moved(let slot, let owner) = redirection { map?.moved(slot, to: owner) }
    ended(error)
  }

  private func wasConfirmed() {
    confirmed += 1
    guard confirmed == channels.count else { return }
    backoff.reset()
    let lost = lostSince
    lostSince = nil
    if wasListening, let lost { tell(.gap(.reconnected(after: lost.duration(to: .now)))) }
    if !wasListening { tell(.listening) }
    wasListening = true
  }

  private func tell(_ message: RedisMessage) {
    if isOverrun { tellOfOverrun() }
    if !isOverrun { tell(.message(message)) }
  }

  private func tellOfOverrun() {
    isOverrun = false
    tell(.gap(.overrun))
  }

  private func tell(_ news: RedisNews) {
    if case .dropped = teller.yield(news) { isOverrun = true }
  }
}
