// SPDX-License-Identifier: Apache-2.0
import Observability

/// One peer's connection: its socket, perhaps with TLS over it, its unread requests and its unsent answers.
///
/// It lives on one loop. Requests are answered as they come, one after the other; a task is made when an answer has to
/// be waited for, and goes on with the requests that came meanwhile.
final class HTTPConnection {
  /// Where the current request stands.
  enum Phase {
    /// There is none.
    case idle
    /// The handler has it.
    case pending
    case streaming(HTTPFraming)
    case answered
  }

  /// What is being received, for the deadline that goes with it.
  enum Receiving { case nothing, head, body }

  let slot: Int
  let server: HTTPServerLoop
  let shared: HTTPLoopState
  let descriptor: CInt
  let remote: SocketAddress
  private var socket: Socket?
  /// What is between the socket and the requests; nil when nothing is.
  var tls: TLSSession?
  /// Whether it counts among those of its address.
  let isCounted: Bool
  /// The task that answers the current request, when that takes a while.
  var task: Task<Void, Never>?

  // Input
  var parser: HTTPParser
  var readWatch: Watch?
  /// Whether the loop looks for input.
  var isReading = true
  var hasInputEnded = false
  /// Requests that wait for earlier ones.
  var waiting: [HTTPRequest] = []
  /// Input that has to wait until fewer requests do.
  var unparsed: [UInt8] = []
  /// Whether something came after the last request.
  var hasIgnoredInput = false
  /// How much came in while a request was being answered, in bytes.
  var backlog = 0
  /// Set when what follows the waiting requests cannot be understood.
  var rejection: HTTPRejection?
  var receiving = Receiving.head
  var inputDeadline: Int
  var bodyDeadline = Int.max

  // The current request
  /// Who answers the requests of `head`.
  private var route: (any HTTPRoute)?
  /// What the route sends with every answer, as it travels.
  private(set) var routeFields: [UInt8] = []
  private var head: HTTPHead?
  var phase = Phase.idle
  /// Tells apart the requests, and the connections, that have the same slot one after the other.
  private(set) var serial: UInt64
  var isHead = false
  var minorVersion: UInt8 = 1
  var answerDeadline = Int.max
  var disconnectAction: (@Sendable () -> Void)?
  var shutdownAction: (@Sendable () -> Void)?

  // Output
  var writeWatch: Watch?
  /// What the socket has not taken yet, from `sentCount` on.
  var outbox: [UInt8] = []
  var sentCount = 0
  var writeDeadline = Int.max
  /// Writers that wait until the peer has taken more.
  var senders: [UnsafeContinuation<Void, Never>] = []
  /// Whether the connection ends with the current answer.
  var isLast = false
  /// Whether it only still discards input, so that the peer can read the last response.
  var isLingering = false
  private(set) var isClosed = false

  init(
    _ socket: consuming Socket, slot: Int, remote: SocketAddress, server: HTTPServerLoop, tls: TLSSession? = nil
  ) {
    let shared = server.shared.value
    self.slot = slot
    self.server = server
    self.shared = shared
    descriptor = socket.descriptor
    self.remote = remote
    isCounted = shared.limits.counts(remote)
    self.tls = tls
    serial = shared.makeSerial()
    parser = HTTPParser(remote: remote, freeField: server.handler.freeField)
    inputDeadline = shared.clock + (tls == nil ? shared.times.header : shared.times.handshake)
    self.socket = consume socket
    readWatch = Watch(shared.loop, descriptor, for: .reading) { [unowned self] in readable() }
  }

  /// Whether a request is being answered.
  var isBusy: Bool { task != nil }

  /// Answers a request, or makes the task that will.
  func answer(_ request: HTTPRequest) {
    guard let work = begin(request) else { return }
    shared.tasks += 1
    task = server.makeTask(work, slot: slot, serial: serial)
  }

  /// The work that is left of the next request that leaves some; nil when there is none, and more input is expected.
  func nextWork() -> HTTPWork? {
    while !isClosed, !isLast {
      if !waiting.isEmpty {
        if let work = begin(waiting.removeFirst()) { return work }
      } else if !unparsed.isEmpty {
        parseRest()
      } else {
        expectMore()
        return nil
      }
    }
    return nil
  }

  /// What comes after the requests that were answered.
  func expectMore() {
    backlog = 0
    if let rejection {
      refuse(rejection)
    } else if hasInputEnded || (shared.isDraining && !parser.isInHead && !parser.isInBody) {
      closeWhenSent()
    } else {
      resumeReading()
      expectInput()
    }
  }

  /// Lets the handler answer a request; nil when it has.
  private func begin(_ request: HTTPRequest) -> HTTPWork? {
    shared.statistics.requests += 1
    makeCurrent(request)
    let route = route(for: request.head)
    if let work = route.respond(to: request, through: HTTPResponder(server: server, slot: slot, serial: serial)) {
      return work
    }
    handlerReturned()
    return nil
  }

  private func route(for head: HTTPHead) -> any HTTPRoute {
    let head = head.routed
    if let route, self.head === head, route.isCurrent { return route }
    let route = server.handler.route(for: head)
    self.head = head
    self.route = route
    routeFields = route.fields.bytes
    return route
  }

  private func makeCurrent(_ request: HTTPRequest) {
    serial = shared.makeSerial()
    phase = .pending
    isHead = request.method == .head
    minorVersion = request.minorVersion
    isLast = !request.keepsAlive || shared.isDraining
    if let time = shared.times.answer { answerDeadline = shared.clock + time }
  }

  /// To be called when the handler has returned.
  func handlerReturned() {
    switch phase {
    case .pending where !isClosed:
      shared.logger.error("an HTTP handler returned without an answer")
      sendRefusal(HTTPRejection(.internalServerError, "the server failed to answer"))
    case .streaming where !isClosed:
      shared.logger.error("an HTTP handler returned in the middle of a stream")
      close()
    default: break
    }
    endRequest()
  }

  /// Forgets the current request; whoever still holds its responder has no effect any more.
  private func endRequest() {
    phase = .idle
    serial = 0
    answerDeadline = .max
    disconnectAction = nil
    shutdownAction = nil
    if !parser.keepsHead { forgetRoute() }
    if isLast { closeWhenSent() }
  }

  /// Lets nothing of the latest route be said with what the server itself answers.
  func forgetRoute() { (head, route, routeFields) = (nil, nil, []) }

  /// Closes the connection once everything is sent.
  func closeWhenSent() {
    isLast = true
    guard !isClosed, !isLingering, outboxCount == 0 else { return }
    let mayHaveInput =
      hasIgnoredInput || rejection != nil || parser.isInHead || parser.isInBody || !waiting.isEmpty || !unparsed.isEmpty
    tls?.endSending()
    guard mayHaveInput, !hasInputEnded else { return close() }
    // Closing with unread input would reset the connection, and the peer could lose the last response.
    isLingering = true
    inputDeadline = shared.clock + shared.times.linger
    socket?.endSending()
    resumeReading()
  }

  /// Ends the connection now, whatever is unsent.
  func close() {
    guard !isClosed else { return }
    isClosed = true
    isLast = true
    readWatch = nil
    writeWatch = nil
    tls = nil
    socket = nil
    outbox = []
    sentCount = 0
    unparsed = []
    waiting = []
    shared.remove(self)
    peerIsGone()
    resumeSenders()
    server.connectionEnded()
  }

  /// Tells the handler, if it wants to know and has not been told.
  func peerIsGone() {
    guard let action = disconnectAction else { return }
    disconnectAction = nil
    action()
  }

  func resumeSenders() {
    let senders = self.senders
    self.senders = []
    for sender in senders { sender.resume() }
  }
}
