// SPDX-License-Identifier: Apache-2.0
import Glibc
import Observability
import Synchronization

/// What the connections of one loop share: buffers, the time, limits and counters.
///
/// The buffers are shared so that an idle connection has none.
final class HTTPLoopState {
  let loop: EventLoop
  private(set) var limits: HTTPLimits
  let logger: Logger
  /// The open connections of all loops.
  let openConnections: OpenConnections
  /// Where sockets are read into; only what belongs to an incomplete request is copied out.
  let input = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 64 * 1024)
  let output = SendBuffer()
  var statistics = HTTPStatistics()
  /// Whether the server is shutting down.
  var isDraining = false
  /// Tasks that serve connections.
  var tasks = 0
  private(set) var connections: [HTTPConnection?] = []
  private var freeSlots: [Int] = []
  private var lastSerial: UInt64 = 0

  /// Milliseconds since some moment, as of the last tick, without those the loop has slept through.
  private(set) var clock = 0
  private var slept = 0
  /// A `Date` field, its line end included.
  private(set) var date: [UInt8] = []
  private var dateSecond = 0

  /// How often deadlines are looked at: a quarter of the shortest, at least every second.
  private(set) var tick: Duration
  private(set) var times: HTTPTimes

  init(loop: EventLoop, limits: HTTPLimits, logger: Logger, openConnections: OpenConnections) {
    self.loop = loop
    self.limits = limits
    self.logger = logger
    self.openConnections = openConnections
    times = HTTPTimes(limits)
    tick = .milliseconds(times.tick)
    refreshClock()
  }

  deinit { input.deallocate() }

  /// For what begins from now on.
  func setLimits(_ newer: HTTPLimits) {
    limits = newer
    times = HTTPTimes(newer)
    tick = .milliseconds(times.tick)
  }

  func refreshClock() {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    let now = time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    // Who stood still, with the process or behind a handler, has not read what came meanwhile: no peer is cut off for that.
    if clock > 0 { slept += max(0, now - slept - clock - max(2 * times.tick, 1000)) }
    clock = now - slept
    clock_gettime(CLOCK_REALTIME, &time)
    guard time.tv_sec != dateSecond else { return }
    dateSecond = time.tv_sec
    date = HTTPDate.field(secondsSince1970: time.tv_sec)
  }

  func makeSerial() -> UInt64 {
    lastSerial += 1
    return lastSerial
  }

  /// The connection in a slot, if it still serves that request.
  func connection(_ slot: Int, serial: UInt64) -> HTTPConnection? {
    guard let connection = connections[slot], connection.serial == serial else { return nil }
    return connection
  }

  /// A slot for a connection that is about to be added.
  func takeSlot() -> Int {
    if let slot = freeSlots.popLast() { return slot }
    connections.append(nil)
    return connections.count - 1
  }

  func add(_ connection: HTTPConnection) {
    openConnections.add(1)
    if connection.isCounted { openConnections.add(1, from: connection.remote.neighbourhood) }
    connections[connection.slot] = connection
  }

  func remove(_ connection: HTTPConnection) {
    openConnections.add(-1)
    if connection.isCounted { openConnections.add(-1, from: connection.remote.neighbourhood) }
    connections[connection.slot] = nil
    freeSlots.append(connection.slot)
  }

  /// How many connections the loop has.
  var connectionCount: Int { connections.count - freeSlots.count }
}

/// Counts the open connections of a server.
final class OpenConnections: Sendable {
  private let value = Atomic<Int>(0)
  var count: Int { value.load(ordering: .relaxed) }
  func add(_ change: Int) { value.add(change, ordering: .relaxed) }

  /// Those of one address, where that matters.
  private let addresses = Mutex<[SocketAddress: Int]>([:])
  func count(from address: SocketAddress) -> Int { addresses.withLock { $0[address] ?? 0 } }
  func add(_ change: Int, from address: SocketAddress) {
    addresses.withLock { addresses in
      let count = (addresses[address] ?? 0) + change
      addresses[address] = count == 0 ? nil : count
    }
  }
}

/// What a server has done since it was made.
package struct HTTPStatistics: Sendable, Hashable {
  /// Connections accepted.
  package var accepted = 0
  /// Connections open now.
  package var open = 0
  /// Requests handed to the handler.
  package var requests = 0
  /// Requests and connections that were turned away: malformed, too large, too many.
  package var rejected = 0
  /// Connections cut off because a deadline had passed.
  package var timeouts = 0
  /// Connections with which no TLS could be agreed on.
  package var failedHandshakes = 0
  /// Responses begun, by the kind of their status.
  package var succeeded = 0
  package var redirected = 0
  package var clientErrors = 0
  package var serverErrors = 0

  package init() {}

  static func + (one: HTTPStatistics, other: HTTPStatistics) -> HTTPStatistics {
    var sum = one
    sum.accepted += other.accepted
    sum.open += other.open
    sum.requests += other.requests
    sum.rejected += other.rejected
    sum.timeouts += other.timeouts
    sum.failedHandshakes += other.failedHandshakes
    sum.succeeded += other.succeeded
    sum.redirected += other.redirected
    sum.clientErrors += other.clientErrors
    sum.serverErrors += other.serverErrors
    return sum
  }

  mutating func count(_ status: HTTPStatus) {
    switch status.rawValue {
    case ..<300: succeeded += 1
    case ..<400: redirected += 1
    case ..<500: clientErrors += 1
    default: serverErrors += 1
    }
  }
}

/// The time limits in milliseconds of the loop's clock, each with a tick on top: the clock may be that late.
struct HTTPTimes {
  let tick: Int
  let handshake: Int
  let header: Int
  let bodyPause: Int
  let body: Int
  let idle: Int
  let writeStall: Int
  let answer: Int?
  let linger: Int

  init(_ limits: HTTPLimits) {
    var all = [
      limits.handshakeTime, limits.headerTime, limits.bodyPauseTime, limits.bodyTime, limits.idleTime,
      limits.writeStallTime, limits.lingerTime,
    ]
    if let time = limits.answerTime { all.append(time) }
    let shortest = all.min() ?? limits.headerTime
    let tick = min(1000, max(5, shortest.milliseconds / 4))
    self.tick = tick
    handshake = limits.handshakeTime.milliseconds + tick
    header = limits.headerTime.milliseconds + tick
    bodyPause = limits.bodyPauseTime.milliseconds + tick
    body = limits.bodyTime.milliseconds + tick
    idle = limits.idleTime.milliseconds + tick
    writeStall = limits.writeStallTime.milliseconds + tick
    answer = limits.answerTime.map { $0.milliseconds + tick }
    linger = limits.lingerTime.milliseconds + tick
  }
}

extension Duration {
  var milliseconds: Int {
    let (seconds, attoseconds) = components
    // Longer than anybody waits, and far from overflow.
    return Int(min(seconds, 1_000_000_000)) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
  }
}
