// SPDX-License-Identifier: Apache-2.0
import CEvent
import Glibc

/// A connection that this program opens: over TCP or a socket file, with TLS or without, on one loop.
///
/// It belongs to the thread of its loop, which keeps it alive until it ends. It ends once, by `close` or by itself.
package final class ByteStream {
  /// Who is told what becomes of a stream, on its loop.
  package struct Listener {
    let opened: () -> Void
    let received: (Span<UInt8>) -> Void
    let ended: (IOError) -> Void

    /// - Parameters:
    ///   - opened: it can be written to.
    ///   - received: bytes have come. They are lent.
    ///   - ended: it is over, and not by `close`.
    package init(
      opened: @escaping () -> Void, received: @escaping (Span<UInt8>) -> Void, ended: @escaping (IOError) -> Void
    ) {
      self.opened = opened
      self.received = received
      self.ended = ended
    }
  }

  private let loop: EventLoop
  private let endpoint: StreamEndpoint
  private let tls: TLSContext?
  private let limits: StreamLimits
  private var listener: Listener?
  /// What is still to be tried, in order.
  private var addresses: [SocketAddress] = []
  private var socket: Socket?
  private var session: TLSSession?
  private var readWatch: Watch?
  private var writeWatch: Watch?
  private var deadline: Watch?
  private var isOpen = false
  private var outbox: [UInt8] = []
  private var sentCount = 0
  private var isFlushing = false
  private let input = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 64 << 10)

  /// Begins to connect.
  /// - Parameter tls: nil for a stream without.
  package init(
    _ loop: EventLoop, to endpoint: StreamEndpoint, tls: TLSContext?, limits: StreamLimits, telling listener: Listener
  ) {
    loop.checkIsolated()
    self.loop = loop
    self.endpoint = endpoint
    self.tls = tls
    self.limits = limits
    self.listener = listener
    deadline = Watch(loop, after: limits.connectTime) { [self] in
      end(IOError(.timeout, "\(endpoint) did not answer within \(limits.connectTime)"))
    }
    // Whoever makes a stream is told nothing before it has it.
    later { $0.begin() }
  }

  deinit { input.deallocate() }

  /// How many bytes wait for the peer to take them.
  package var unsentCount: Int { outbox.count - sentCount }

  /// What was agreed on; nil without TLS.
  var agreement: TLSAgreement? {
    session.map { TLSAgreement(version: $0.version, certificateLifetime: $0.peerLifetime) }
  }

  /// Sends bytes with all others that come until the loop looks at its sockets again.
  package func send(_ bytes: [UInt8]) {
    guard listener != nil else { return }
    outbox.append(contentsOf: bytes)
    guard isOpen, !isFlushing, writeWatch == nil else { return }
    isFlushing = true
    later {
      $0.isFlushing = false
      $0.flush()
    }
  }

  /// Ends the stream; nobody is told anything any more.
  package func close() {
    guard listener != nil else { return }
    listener = nil
    if isOpen { session?.endSending() }
    (readWatch, writeWatch, deadline) = (nil, nil, nil)
    session = nil
    socket = nil
    outbox = []
    sentCount = 0
  }

  private func end(_ error: IOError) {
    guard let listener else { return }
    close()
    listener.ended(error)
  }

  private func later(_ work: @escaping (ByteStream) -> Void) {
    let held = LoopOwned((stream: self, work: work), on: loop)
    loop.execute {
      let (stream, work) = held.value
      if stream.listener != nil { work(stream) }
    }
  }
}

// MARK: - Opening

extension ByteStream {
  private func begin() {
    switch endpoint {
    case .file(let path):
      do throws(IOError) {
        wait(for: try Socket.connecting(toFile: path))
      } catch {
        end(error)
      }
    case .host(let host, let port):
      if let known = try? SocketAddress.addresses(host: host, port: port) { return tryNext(of: known) }
      let held = LoopOwned(self, on: loop)
      HostLookup.addresses(of: host, port: port) { [loop] result in
        loop.execute {
          switch result {
          case .success(let addresses): held.value.tryNext(of: addresses)
          case .failure(let error): held.value.end(error)
          }
        }
      }
    }
  }

  private func tryNext(of addresses: [SocketAddress], after failure: IOError? = nil) {
    guard listener != nil else { return }
    guard let address = addresses.first else {
      return end(failure ?? IOError(.resolve, "the host of \(endpoint) has no address"))
    }
    self.addresses = Array(addresses.dropFirst())
    do throws(IOError) {
      wait(for: try Socket.connecting(to: address, keepAlive: limits.keepAlive))
    } catch {
      tryNext(of: self.addresses, after: failure ?? error)
    }
  }

  private func wait(for socket: consuming Socket) {
    let descriptor = socket.descriptor
    self.socket = consume socket
    writeWatch = Watch(loop, descriptor, for: .writing) { [self] in connected(descriptor) }
  }

  private func connected(_ descriptor: CInt) {
    writeWatch = nil
    if let failure = socket?.connectFailure(to: "\(endpoint)") {
      socket = nil
      return tryNext(of: addresses, after: failure)
    }
    if let tls {
      session = TLSSession(tls, over: descriptor, to: endpoint.host)
      guard session != nil else {
        return end(IOError(.tls, "no TLS with \(endpoint): its name can be in no certificate"))
      }
    }
    readWatch = Watch(loop, descriptor, for: .reading) { [self] in readable(descriptor) }
    if let session { shakeHands(session, descriptor) } else { open() }
  }

  private func shakeHands(_ session: TLSSession, _ descriptor: CInt) {
    switch session.shakeHands() {
    case .wantsInput: writeWatch = nil
    case .wantsRoom:
      guard writeWatch == nil else { return }
      writeWatch = Watch(loop, descriptor, for: .writing) { [self] in shakeHands(session, descriptor) }
    case .done:
      writeWatch = nil
      open()
      readable(descriptor)
    case .notTLS: end(IOError(.tls, "\(endpoint) does not speak TLS: use a URL without it, or another port"))
    case .failed(let reason): end(IOError(.tls, "no TLS with \(endpoint): \(reason)"))
    }
  }

  private func open() {
    deadline = nil
    isOpen = true
    listener?.opened()
    flush()
  }
}

// MARK: - Open

extension ByteStream {
  private func readable(_ descriptor: CInt) {
    if let session, !session.isEstablished { return shakeHands(session, descriptor) }
    let count =
      session.map { $0.receive(into: input) } ?? Int(cevent_receive(descriptor, input.baseAddress, input.count))
    if count > 0 {
      listener?.received(UnsafeBufferPointer(rebasing: input[..<count]).span)
      if session?.hasMore == true { readWatch?.fire() }
    } else if count == 0 {
      end(IOError(.receive, "\(endpoint) closed the connection"))
    } else if count != -Int(EAGAIN) {
      end(IOError(.receive, "the connection to \(endpoint) broke", errno: CInt(-count)))
    }
  }

  private func flush() {
    guard isOpen, unsentCount > 0, let descriptor = socket?.descriptor else { return }
    let sent = outbox.withUnsafeBytes { bytes in
      let start = bytes.baseAddress.map { $0 + sentCount }
      return session.map { $0.send(start, unsentCount, hasMore: false) }
        ?? Int(cevent_send(descriptor, start, unsentCount, 0))
    }
    guard sent >= 0 || sent == -Int(EAGAIN) else {
      return end(IOError(.send, "the connection to \(endpoint) broke", errno: CInt(-sent)))
    }
    sentCount += max(0, sent)
    if unsentCount == 0 {
      outbox.removeAll(keepingCapacity: outbox.capacity <= 256 << 10)
      sentCount = 0
      writeWatch = nil
    } else {
      if sentCount > outbox.count / 2 {
        outbox.removeFirst(sentCount)
        sentCount = 0
      }
      if writeWatch == nil { writeWatch = Watch(loop, descriptor, for: .writing) { [self] in flush() } }
    }
  }
}
