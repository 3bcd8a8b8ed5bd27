// SPDX-License-Identifier: Apache-2.0
import EventIO

/// One connection to one server, from its first byte to its last: it logs in, sends calls as they come and gives each the
/// answers that are its own, which come in the order of the calls.
///
/// It belongs to the thread of its loop.
final class Wire {
  /// Who is told what becomes of it.
  struct Listener {
    /// Calls may be sent.
    let ready: () -> Void
    /// A call has all its answers.
    let answered: (Call, [RedisValue]) -> Void
    /// Something came that nobody asked for.
    let pushed: (RedisValue) -> Void
    /// It is over, and not by `close`.
    let ended: (RedisError) -> Void
  }

  private struct Flight {
    let call: Call
    let sent: ContinuousClock.Instant
    var answers: [RedisValue] = []
  }

  /// The server's name, for errors.
  let place: String
  private let limits: RedisLimits
  private let steps: [Login.Step]
  private var stepsDone = 0
  private var listener: Listener?
  private var stream: ByteStream?
  private var deadline: Watch?
  private var reader: ReplyReader
  private var flights = Queue<Flight>()
  private(set) var isReady = false
  private(set) var lastReceived = ContinuousClock.now

  init(
    _ loop: EventLoop, to endpoint: StreamEndpoint, _ login: Login, tls: TLSContext?, limits: RedisLimits,
    telling listener: Listener
  ) {
    place = "\(endpoint)"
    self.limits = limits
    self.listener = listener
    steps = login.steps
    reader = ReplyReader(bytes: limits.replyBytes, elements: limits.replyElements)
    var streamLimits = StreamLimits()
    streamLimits.connectTime = limits.connectTime
    stream = ByteStream(
      loop, to: endpoint, tls: tls, limits: streamLimits,
      telling: ByteStream.Listener(
        opened: { [self] in logIn() }, received: { [self] in received($0) },
        ended: { [self] in end(RedisError(isReady ? .connectionLost : .unreachable, "Redis: \($0)")) }))
    deadline = Watch(loop, after: limits.connectTime) { [self] in
      end(RedisError(.unreachable, "Redis at \(place) did not answer the login within \(limits.connectTime)"))
    }
  }

  /// How many calls have been sent and not answered.
  var callCount: Int { flights.count }

  /// How many bytes wait for the server to take them.
  var unsentCount: Int { stream?.unsentCount ?? 0 }

  /// Sends a call, once ready.
  func send(_ call: Call) {
    flights.append(Flight(call: call, sent: .now))
    stream?.send(call.encoded)
  }

  /// Sends a command whose answer, if any, is pushed.
  func push(_ command: RedisCommand) { stream?.send(command.encoded) }

  /// Ends the connection. Returns the calls that have no answer.
  @discardableResult
  func close() -> [Call] {
    listener = nil
    deadline = nil
    isReady = false
    stream?.close()
    stream = nil
    return flights.removeAll().map(\.call)
  }

  /// Fails what has waited for too long; the answers that come nevertheless go nowhere.
  /// - Returns: false when the server owes an answer and has said nothing for so long that it must be gone.
  func expire(at now: ContinuousClock.Instant) -> Bool {
    var isAlive: Bool?
    flights.forEach { flight in
      let call = flight.call
      // Answers come in order, so the oldest says how long silence is to be expected.
      if isAlive == nil {
        isAlive = max(lastReceived, flight.sent).duration(to: now) <= max(limits.silence, call.time)
      }
      guard now >= call.deadline else { return }
      call.fail(
        RedisError(.timeout, "Redis at \(place) did not answer \(call.name) within \(call.time)", mayHaveRun: true))
    }
    return isAlive ?? true
  }

  private func logIn() {
    for step in steps { stream?.send(step.command.encoded) }
  }

  private func end(_ error: RedisError) { listener?.ended(error) }

  private func received(_ bytes: Span<UInt8>) {
    lastReceived = .now
    var replies: [RedisValue] = []
    var fault: RedisError?
    do throws(ReplyReader.Fault) {
      try reader.consume(bytes, into: &replies)
    } catch {
      fault = error.described(at: place, limits)
    }
    for reply in replies where listener != nil { take(reply) }
    if let fault { end(fault) }
  }

  private func take(_ reply: RedisValue) {
    guard isReady else { return takeStep(reply) }
    let done = flights.withFirst { flight in
      flight.answers.append(reply)
      return flight.answers.count == flight.call.commands.count
    }
    switch done {
    case nil: listener?.pushed(reply)
    case true?:
      if let flight = flights.popFirst() { listener?.answered(flight.call, flight.answers) }
    case false?: break
    }
  }

  private func takeStep(_ reply: RedisValue) {
    if let error = steps[stepsDone].check(reply, place) { return end(error) }
    stepsDone += 1
    guard stepsDone == steps.count else { return }
    deadline = nil
    isReady = true
    listener?.ready()
  }
}

extension ReplyReader.Fault {
  fileprivate func described(at place: String, _ limits: RedisLimits) -> RedisError {
    switch self {
    case .malformed(let reason):
      RedisError(
        .malformed, "\(place) does not speak Redis' protocol (\(reason)): is it a Redis server, with TLS or without?")
    case .tooLarge:
      RedisError(
        .tooLarge,
        "Redis at \(place) sent an answer beyond the limits, \(limits.replyBytes) bytes and \(limits.replyElements) elements"
      )
    }
  }
}
