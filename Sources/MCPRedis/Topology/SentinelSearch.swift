// SPDX-License-Identifier: Apache-2.0
import EventIO
import Synchronization

/// Asks sentinels where the master is, one after the other; who answered last is asked first the next time.
final class SentinelFinder: EndpointFinder {
  let master: String
  private let settings: LinkSettings
  private let sentinels: Mutex<[StreamEndpoint]>

  /// - Parameter settings: with the login of the sentinels, which is not that of the master.
  init(master: String, sentinels: [StreamEndpoint], _ settings: LinkSettings) {
    self.master = master
    self.settings = settings
    self.sentinels = Mutex(sentinels)
  }

  var place: String { "the master '\(master)'" }
  var followsMaster: Bool { true }

  func find(on loop: EventLoop, _ done: @escaping (Result<StreamEndpoint, RedisError>) -> Void) {
    let search = Search(master: master, among: sentinels.withLock { $0 }, loop, settings) { [self] result, sentinel in
      if let sentinel { prefer(sentinel) }
      done(result)
    }
    search.askNext()
  }

  private func prefer(_ sentinel: StreamEndpoint) {
    sentinels.withLock { sentinels in
      guard let index = sentinels.firstIndex(of: sentinel), index > 0 else { return }
      sentinels.swapAt(0, index)
    }
  }

  /// One search. It lives until it is done.
  private final class Search {
    private let master: String
    private var left: [StreamEndpoint]
    private let loop: EventLoop
    private let settings: LinkSettings
    private var done: ((Result<StreamEndpoint, RedisError>, StreamEndpoint?) -> Void)?
    private var wire: Wire?
    private var deadline: Watch?
    private var faults: [String] = []

    init(
      master: String, among sentinels: [StreamEndpoint], _ loop: EventLoop, _ settings: LinkSettings,
      _ done: @escaping (Result<StreamEndpoint, RedisError>, StreamEndpoint?) -> Void
    ) {
      self.master = master
      left = sentinels
      self.loop = loop
      self.settings = settings
      self.done = done
    }

    func askNext() {
      guard !left.isEmpty else {
        let reasons = faults.joined(separator: "; ")
        return finish(.failure(RedisError(.unreachable, "no sentinel knows the master '\(master)': \(reasons)")), nil)
      }
      let sentinel = left.removeFirst()
      wire = Wire(
        loop, to: sentinel, settings.login, tls: settings.tls, limits: settings.limits,
        telling: Wire.Listener(
          ready: { [self] in ask() }, answered: { _, _ in }, pushed: { [self] in answered($0, by: sentinel) },
          ended: { [self] in next($0.message) }))
    }

    private func ask() {
      wire?.push(RedisCommand("SENTINEL", "GET-MASTER-ADDR-BY-NAME", .text(master)))
      deadline = Watch(loop, after: settings.limits.connectTime) { [self] in
        next("the sentinel at \(wire?.place ?? "?") does not answer")
      }
    }

    private func answered(_ value: RedisValue, by sentinel: StreamEndpoint) {
      guard let parts = value.strings, parts.count == 2, let port = UInt16(parts[1]) else {
        return next("the sentinel at \(sentinel) knows no such master")
      }
      finish(.success(.host(parts[0], port: port)), sentinel)
    }

    private func next(_ fault: String) {
      faults.append(fault)
      wire?.close()
      (wire, deadline) = (nil, nil)
      askNext()
    }

    private func finish(_ result: Result<StreamEndpoint, RedisError>, _ sentinel: StreamEndpoint?) {
      wire?.close()
      (wire, deadline) = (nil, nil)
      done?(result, sentinel)
      done = nil
    }
  }
}
