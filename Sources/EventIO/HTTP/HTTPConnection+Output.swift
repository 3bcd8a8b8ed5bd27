// SPDX-License-Identifier: Apache-2.0
import CEvent
import Glibc

extension HTTPConnection {
  /// Bodies above this size are not copied to be sent together with their head.
  private static let copiedBytes = 16 * 1024

  /// How many bytes wait for the socket.
  var outboxCount: Int { outbox.count - sentCount }

  /// Whether the current request can still be answered.
  var isOpen: Bool {
    switch phase {
    case .pending, .streaming: !isClosed
    case .idle, .answered: false
    }
  }

  func send(_ status: HTTPStatus, _ headers: HTTPHeaders, _ body: [UInt8]) {
    guard case .pending = phase, !isClosed else { return }
    phase = .answered
    answerDeadline = .max
    let framing = status.forbidsBody ? HTTPFraming.none : .length(body.count)
    writeHead(status, headers, framing)
    guard !isHead, !status.forbidsBody else { return transmit() }
    if body.count <= Self.copiedBytes {
      shared.output.append(contentsOf: body)
      transmit()
    } else {
      transmit()
      transmit(body)
    }
  }

  func startStream(_ status: HTTPStatus, _ headers: HTTPHeaders) {
    guard case .pending = phase, !isClosed else { return }
    answerDeadline = .max
    let framing: HTTPFraming = status.forbidsBody ? .none : minorVersion == 0 ? .untilClose : .chunked
    if case .untilClose = framing { isLast = true }
    phase = .streaming(framing)
    writeHead(status, headers, framing)
    transmit()
  }

  /// Sends a piece of the stream that is open.
  func write(_ bytes: [UInt8]) {
    guard case .streaming(let framing) = phase, !isClosed, !isHead, !bytes.isEmpty else { return }
    switch framing {
    case .chunked:
      shared.output.removeAll(keepingCapacity: shared.output.capacity <= 64 * 1024)
      shared.output.appendChunk(bytes)
      transmit()
    case .untilClose: transmit(bytes)
    case .none, .length: break
    }
  }

  func finish() {
    guard case .streaming(let framing) = phase, !isClosed else { return }
    phase = .answered
    guard case .chunked = framing, !isHead else { return }
    shared.output.removeAll(keepingCapacity: true)
    shared.output.append("0\r\n\r\n" as StaticString)
    transmit()
  }

  /// Sends an answer that the server itself gives, and ends the connection after it.
  func sendRefusal(_ rejection: HTTPRejection) {
    phase = .pending
    isLast = true
    var body = [UInt8]("{\"error\":\"".utf8)
    body.append(contentsOf: rejection.reason.utf8)
    body.append("\"}\n" as StaticString)
    send(rejection.status, ["Content-Type": "application/json"], body)
  }

  /// Answers what could not be understood.
  func refuse(_ rejection: HTTPRejection) {
    shared.statistics.rejected += 1
    isHead = false
    sendRefusal(rejection)
    phase = .idle
    self.rejection = rejection
    closeWhenSent()
  }

  func sendContinue() {
    shared.output.removeAll(keepingCapacity: true)
    shared.output.append("HTTP/1.1 100 Continue\r\n\r\n" as StaticString)
    transmit()
  }

  private func writeHead(_ status: HTTPStatus, _ headers: HTTPHeaders, _ framing: HTTPFraming) {
    if headers.asksToClose || shared.isDraining { isLast = true }
    let persistence: HTTPPersistence = isLast ? .close : minorVersion == 0 ? .keepAlive : .unsaid
    shared.output.removeAll(keepingCapacity: shared.output.capacity <= 64 * 1024)
    shared.output.appendHead(status, headers, framing, persistence, date: shared.date)
  }

  /// Sends what was put together in the shared buffer.
  private func transmit() { transmit(shared.output) }

  private func transmit(_ bytes: [UInt8]) {
    guard !isClosed else { return }
    guard outboxCount == 0 else { return outbox.append(contentsOf: bytes) }
    let sent = bytes.withUnsafeBytes { cevent_send(descriptor, $0.baseAddress, $0.count) }
    if sent == bytes.count { return }
    guard sent >= 0 || sent == -Int(EAGAIN) else { return close() }
    outbox.append(contentsOf: bytes[max(0, sent)...])
    waitUntilWritable()
  }

  private func waitUntilWritable() {
    writeDeadline = shared.deadline(shared.limits.writeStallTime)
    guard writeWatch == nil else { return }
    writeWatch = Watch(shared.loop, descriptor, for: .writing) { [unowned self] in writable() }
  }

  /// The socket takes more.
  private func writable() {
    let sent = outbox.withUnsafeBytes {
      cevent_send(descriptor, $0.baseAddress.map { $0 + sentCount }, outboxCount)
    }
    guard sent >= 0 else { return sent == -Int(EAGAIN) ? () : close() }
    sentCount += sent
    if outboxCount == 0 {
      outbox = []
      sentCount = 0
      writeWatch = nil
      writeDeadline = .max
      if isLast, case .idle = phase { closeWhenSent() }
    } else {
      writeDeadline = shared.deadline(shared.limits.writeStallTime)
      if sentCount > outbox.count / 2 {
        outbox.removeFirst(sentCount)
        sentCount = 0
      }
    }
    if outboxCount <= shared.limits.streamBytes / 2 { resumeSenders() }
  }

  /// Waits until the peer has taken enough for `count` more bytes to be kept for it.
  func roomToSend(_ count: Int) async {
    while !isClosed, outboxCount > 0, outboxCount + count > shared.limits.streamBytes {
      await withUnsafeContinuation { senders.append($0) }
    }
  }
}
