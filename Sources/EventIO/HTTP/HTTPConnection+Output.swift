// SPDX-License-Identifier: Apache-2.0
import CEvent
import Glibc

extension HTTPConnection {
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
    guard body.count > SendBuffer.copiedBytes else {
      shared.output.append(body)
      return transmit()
    }
    transmit(hasMore: true)
    transmit(body)
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
    case .chunked: writeChunk(bytes)
    case .untilClose: transmit(bytes)
    case .none, .length: break
    }
  }

  private func writeChunk(_ bytes: [UInt8]) {
    shared.output.clear()
    shared.output.append(hexadecimal: bytes.count)
    shared.output.append("\r\n" as StaticString)
    if bytes.count <= SendBuffer.copiedBytes {
      shared.output.append(bytes)
    } else {
      transmit(hasMore: true)
      transmit(bytes, hasMore: true)
      shared.output.clear()
    }
    shared.output.append("\r\n" as StaticString)
    transmit()
  }

  func finish() {
    guard case .streaming(let framing) = phase, !isClosed else { return }
    phase = .answered
    guard case .chunked = framing, !isHead else { return }
    shared.output.clear()
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
    send(rejection.status, ["Content-Type": "application/json", "X-Content-Type-Options": "nosniff"], body)
  }

  /// Answers what could not be understood.
  func refuse(_ rejection: HTTPRejection) {
    shared.statistics.rejected += 1
    isHead = false
    forgetRoute()
    sendRefusal(rejection)
    phase = .idle
    self.rejection = rejection
    closeWhenSent()
  }

  func sendContinue() {
    shared.output.clear()
    shared.output.append("HTTP/1.1 100 Continue\r\n\r\n" as StaticString)
    transmit()
  }

  private func writeHead(_ status: HTTPStatus, _ headers: HTTPHeaders, _ framing: HTTPFraming) {
    if headers.asksToClose || shared.isDraining { isLast = true }
    let persistence: HTTPPersistence = isLast ? .close : minorVersion == 0 ? .keepAlive : .unsaid
    shared.statistics.count(status)
    shared.output.clear()
    shared.output.appendHead(status, headers, routeFields, framing, persistence, date: shared.date)
  }

  /// Sends what was put together in the shared buffer.
  private func transmit(hasMore: Bool = false) { transmit(shared.output.bytes, hasMore: hasMore) }

  private func transmit(_ bytes: [UInt8], hasMore: Bool = false) {
    bytes.withUnsafeBufferPointer { transmit($0, hasMore: hasMore) }
  }

  private func transmit(_ bytes: UnsafeBufferPointer<UInt8>, hasMore: Bool) {
    guard !isClosed else { return }
    guard outboxCount == 0 else { return outbox.append(contentsOf: bytes) }
    let sent = deliver(bytes.baseAddress, bytes.count, hasMore: hasMore)
    if sent == bytes.count { return }
    guard sent >= 0 || sent == -Int(EAGAIN) else { return close() }
    outbox.append(contentsOf: bytes[max(0, sent)...])
    waitUntilWritable()
  }

  /// Gives the socket what it takes: the count, or minus errno.
  @inline(__always)
  private func deliver(_ bytes: UnsafeRawPointer?, _ count: Int, hasMore: Bool) -> Int {
    if let tls { return tls.send(bytes, count, hasMore: hasMore) }
    return cevent_send(descriptor, bytes, count, hasMore ? 1 : 0)
  }

  private func waitUntilWritable() {
    writeDeadline = shared.clock + shared.times.writeStall
    guard writeWatch == nil else { return }
    writeWatch = Watch(shared.loop, descriptor, for: .writing) { [unowned self] in writable() }
  }

  /// The socket takes more.
  private func writable() {
    let sent = outbox.withUnsafeBytes {
      deliver($0.baseAddress.map { $0 + sentCount }, outboxCount, hasMore: false)
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
      writeDeadline = shared.clock + shared.times.writeStall
      if sentCount > outbox.count / 2 {
        outbox.removeFirst(sentCount)
        sentCount = 0
      }
    }
    if outboxCount <= shared.limits.streamBytes / 2 { resumeSenders() }
  }

  /// Whether `count` more bytes may be kept for the peer; any count may when there are none.
  func hasRoom(for count: Int) -> Bool { outboxCount == 0 || outboxCount + count <= shared.limits.streamBytes }

  /// Waits until there is room for `count` bytes, or the connection is closed.
  func roomToSend(_ count: Int) async {
    while !isClosed, !hasRoom(for: count) {
      await withUnsafeContinuation { senders.append($0) }
    }
  }
}
