// SPDX-License-Identifier: Apache-2.0
import Observability

/// One peer's connection: its socket, its unread requests and its unsent answers.
///
/// It lives on one loop. A long-lived task takes a request from it, lets the handler answer, and takes the next, so
/// answers go out in the order of the requests.
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
  let remote: SocketAddress
  let shared: HTTPLoopState
  let descriptor: CInt
  private var socket: Socket?
  /// The task that serves the connection.
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
  /// How much came in while a request was being answered, in bytes.
  var backlog = 0
  /// Set when what follows the waiting requests cannot be understood.
  var rejection: HTTPRejection?
  var receiving = Receiving.head
  var inputDeadline: Int
  var bodyDeadline = Int.max
  /// The serving task while it waits for a request.
  var receiver: UnsafeContinuation<HTTPRequest?, Never>?

  // The current request
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

  init(_ socket: consuming Socket, slot: Int, remote: SocketAddress, shared: HTTPLoopState) {
    self.slot = slot
    self.remote = remote
    self.shared = shared
    descriptor = socket.descriptor
    serial = shared.makeSerial()
    parser = HTTPParser(remote: remote)
    inputDeadline = shared.clock + shared.times.header
    self.socket = consume socket
    readWatch = Watch(shared.loop, descriptor, for: .reading) { [unowned self] in readable() }
  }

  /// Waits for the next request; nil when there will be none.
  func nextRequest() async -> HTTPRequest? {
    while !isClosed, !isLast {
      if !waiting.isEmpty { return waiting.removeFirst() }
      backlog = 0
      if let rejection {
        refuse(rejection)
      } else if !unparsed.isEmpty {
        parseRest()
      } else if hasInputEnded || (shared.isDraining && !parser.isInHead && !parser.isInBody) {
        closeWhenSent()
      } else {
        resumeReading()
        expectInput()
        // Asking for a body may have failed.
        if !isClosed { return await withUnsafeContinuation { receiver = $0 } }
      }
    }
    return nil
  }

  /// Makes a request the current one.
  func begin(_ request: HTTPRequest) {
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
    if isLast { closeWhenSent() }
  }

  /// Closes the connection once everything is sent.
  func closeWhenSent() {
    isLast = true
    guard !isClosed, !isLingering, outboxCount == 0 else { return }
    let mayHaveInput = rejection != nil || parser.isInHead || parser.isInBody || !waiting.isEmpty || !unparsed.isEmpty
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
    socket = nil
    outbox = []
    sentCount = 0
    unparsed = []
    waiting = []
    shared.remove(self)
    peerIsGone()
    resumeSenders()
    takeReceiver()?.resume(returning: nil)
  }

  /// The waiting task, for one answer: whoever takes it resumes it.
  func takeReceiver() -> UnsafeContinuation<HTTPRequest?, Never>? {
    defer { receiver = nil }
    return receiver
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
