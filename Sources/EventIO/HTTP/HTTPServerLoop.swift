// SPDX-License-Identifier: Apache-2.0
import CEvent
import Glibc
import Observability

/// The part of a server that lives on one loop: a listener's share and the connections it brought.
actor HTTPServerLoop {
  nonisolated let loop: EventLoop
  nonisolated let handler: any HTTPHandler
  /// For responders, which reach their connection without suspending when they are on the loop.
  nonisolated let shared: LoopOwned<HTTPLoopState>
  /// Makes the sessions of connections; nil when there is no TLS.
  nonisolated private let tls: TLSKeeper?
  private var listeners: [(listener: Listener, watch: Watch)] = []
  private var ticker: Watch?
  private var acceptPause: Watch?
  /// Whoever waits until all connections and their tasks have ended.
  private var idleWaiter: CheckedContinuation<Bool, Never>?
  private var idleTimer: Watch?

  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  init(
    loop: EventLoop, handler: any HTTPHandler, limits: HTTPLimits, logger: Logger, openConnections: OpenConnections,
    tls: TLSKeeper?
  ) {
    self.loop = loop
    self.tls = tls
    self.handler = handler
    shared = LoopOwned(
      HTTPLoopState(loop: loop, limits: limits, logger: logger, openConnections: openConnections), on: loop)
  }

  private var state: HTTPLoopState { shared.value }

  func perform<Result: Sendable>(_ body: @Sendable (HTTPLoopState) -> Result) -> Result { body(state) }

  /// Waits until the peer has taken enough for `count` more bytes, or is gone.
  func roomToSend(_ count: Int, to responder: HTTPResponder) async {
    await state.connection(of: responder)?.roomToSend(count)
  }

  var statistics: HTTPStatistics {
    var statistics = state.statistics
    statistics.open = state.connectionCount
    return statistics
  }

  func listen(on listener: Listener) {
    let watch = Watch(loop, listener.socket.descriptor, for: .reading) { [unowned self] in accept(from: listener) }
    listeners.append((listener, watch))
  }

  private func accept(from listener: Listener) {
    for _ in 0..<64 {
      var storage = sockaddr_storage()
      var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
      let descriptor = cevent_accept(listener.socket.descriptor, &storage, &length)
      guard descriptor >= 0 else {
        if errno == ECONNABORTED || errno == EINTR { continue }
        if errno != EAGAIN { pauseAccepting(errno) }
        return
      }
      accepted(Socket(owning: descriptor), SocketAddress(storage) ?? listener.address)
    }
  }

  private func accepted(_ socket: consuming Socket, _ remote: SocketAddress) {
    state.statistics.accepted += 1
    let excess = state.openConnections.count - state.limits.connections
    // A few more are kept for the moment it takes to turn them away politely.
    // Whoever expects TLS could not read why.
    guard excess < (tls == nil ? 100 : 0) else { return state.statistics.rejected += 1 }
    var session: TLSSession?
    if let tls {
      session = TLSSession(tls.current, over: socket.descriptor)
      guard session != nil else { return state.statistics.rejected += 1 }
    }
    startTicking()
    socket.sendAtOnce()
    let connection = HTTPConnection(socket, slot: state.takeSlot(), remote: remote, server: self, tls: session)
    state.add(connection)
    if excess >= 0 {
      connection.refuse(.tooManyConnections(state.limits))
    } else if let limit = state.limits.connectionsPerAddress, connection.isCounted,
      state.openConnections.count(from: remote.neighbourhood) > limit
    {
      connection.turnAway(HTTPRejection(.tooManyRequests, "your address has \(limit) connections already"))
    }
  }

  /// Makes a task that does the work that is left of a connection's current request, and of those after it.
  nonisolated func makeTask(_ work: @escaping HTTPWork, slot: Int, serial: UInt64) -> Task<Void, Never> {
    Task(executorPreference: loop) { await self.serve(slot, serial, work) }
  }

  private func serve(_ slot: Int, _ serial: UInt64, _ work: HTTPWork) async {
    if let connection = state.connection(slot, serial: serial) {
      await serve(connection, work)
    } else {
      // The connection is gone already: the work finds that out, and lets go of what its route took.
      await work()
    }
    state.tasks -= 1
    checkIdle()
  }

  private func serve(_ connection: HTTPConnection, _ first: HTTPWork) async {
    await first()
    connection.handlerReturned()
    while let work = connection.nextWork() {
      await work()
      connection.handlerReturned()
    }
    connection.task = nil
  }

  /// The process has no descriptor or memory left: waits for others to be closed instead of spinning.
  private func pauseAccepting(_ failure: CInt) {
    state.logger.error("connections cannot be accepted", [("error", String(cString: strerror(failure)))])
    for (_, watch) in listeners { watch.pause() }
    acceptPause = Watch(loop, after: .milliseconds(100)) { [unowned self] in
      acceptPause = nil
      for (_, watch) in listeners { watch.resume() }
    }
  }

  private func startTicking() {
    guard ticker == nil else { return }
    state.refreshClock()
    ticker = Watch(loop, every: state.tick) { [unowned self] in tick() }
  }

  func setLimits(_ limits: HTTPLimits) {
    state.setLimits(limits)
    // As often as the new times want it.
    if ticker != nil { ticker = Watch(loop, every: state.tick) { [unowned self] in tick() } }
  }

  private func tick() {
    state.refreshClock()
    for connection in state.connections { connection?.checkDeadlines() }
    if state.connectionCount == 0 {
      ticker = nil
      checkIdle()
    }
  }
}

extension HTTPServerLoop {
  /// Accepts nothing more; what is open is closed after its next answer, which says so.
  func stopAccepting() {
    listeners = []
    acceptPause = nil
    state.isDraining = true
  }

  /// Accepts nothing more, lets idle connections go and tells the streams.
  func beginShutdown() {
    stopAccepting()
    for connection in state.connections { connection?.shutDown() }
  }

  /// Cuts off what is left. After `beginShutdown` nothing of this is known to the loop any more.
  func cutOff() {
    for case let connection? in state.connections {
      connection.task?.cancel()
      connection.close()
    }
  }

  /// Leaves nothing for the loop to do, so that it can be stopped and this be released on any thread.
  func end() {
    beginShutdown()
    cutOff()
    ticker = nil
    resumeIdleWaiter(isIdle: false)
  }

  /// Whether the last connection and its task end in time. To be asked after `beginShutdown`; asking again answers
  /// whoever asked before, so that a shutdown can be hurried.
  func isIdle(within time: Duration) async -> Bool {
    await withCheckedContinuation { waiter in
      // All in here: before this block is entered somebody else may ask.
      resumeIdleWaiter(isIdle: false)
      idleWaiter = waiter
      idleTimer = Watch(loop, after: time) { [unowned self] in resumeIdleWaiter(isIdle: false) }
      checkIdle()
    }
  }

  private func resumeIdleWaiter(isIdle: Bool) {
    idleTimer = nil
    // Whoever waits may end the program.
    if idleWaiter != nil { LogBatch.flushCurrent() }
    idleWaiter?.resume(returning: isIdle)
    idleWaiter = nil
  }

  nonisolated func connectionEnded() { assumeIsolated { $0.checkIdle() } }

  private func checkIdle() {
    if idleWaiter != nil, state.connectionCount == 0, state.tasks == 0 { resumeIdleWaiter(isIdle: true) }
  }
}

extension HTTPLimits {
  /// Whether connections from there are counted by address.
  func counts(_ address: SocketAddress) -> Bool {
    connectionsPerAddress != nil && !uncountedAddresses.contains { $0.contains(address) }
  }
}

extension HTTPRejection {
  fileprivate static func tooManyConnections(_ limits: HTTPLimits) -> HTTPRejection {
    HTTPRejection(.serviceUnavailable, "the server has \(limits.connections) connections already")
  }
}
