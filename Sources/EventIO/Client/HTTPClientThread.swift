// SPDX-License-Identifier: Apache-2.0
import CCurl
import Synchronization

/// The thread that owns a libcurl multi handle, and the orders others give it.
final class HTTPClientThread: Sendable {
  private enum Order {
    case start(HTTPTransfer)
    case resume(UInt64)
    case cancel(UInt64)
  }
  private struct State {
    var orders: [Order] = []
    var nextID: UInt64 = 1
    var isClosed = false
    /// To wake the thread up; nil before it runs and after it has ended.
    var multi: CurlMulti?
  }

  private let state = Mutex(State())

  init() throws(IOError) {
    if let problem = ccurl_load() { throw IOError(.unavailable, String(cString: problem)) }
  }

  func start() throws(IOError) {
    guard let multi = CurlMulti() else { throw IOError(.unavailable, "no memory for HTTP requests") }
    state.withLock { $0.multi = multi }
    try OwnerThread.start("http-client") { [self] in
      serve(multi)
      state.withLock { $0.multi = nil }
      multi.free()
    }
  }

  func close() {
    state.withLock { state in
      state.isClosed = true
      state.multi?.wakeUp()
    }
  }

  /// Hands a request to the thread.
  func begin(_ request: HTTPClient.Request, _ options: HTTPClient.Options) -> HTTPPending {
    let transfer = state.withLock { state in
      defer { state.nextID += 1 }
      let transfer = HTTPTransfer(id: state.nextID, request, options)
      if state.isClosed {
        transfer.finish(.failure(IOError(.closed, "the HTTP client was closed")))
      } else {
        state.orders.append(.start(transfer))
        state.multi?.wakeUp()
      }
      return transfer
    }
    let id = transfer.id
    return HTTPPending(
      transfer: transfer, resume: { [self] in order(.resume(id)) },
      cancel: { [self] in if !transfer.hasEnded, transfer.drainDeadline == nil { order(.cancel(id)) } })
  }

  private func order(_ order: Order) {
    state.withLock { state in
      guard let multi = state.multi else { return }
      state.orders.append(order)
      multi.wakeUp()
    }
  }

  // The thread.

  private func serve(_ multi: CurlMulti) {
    var active: [UInt64: CurlTransfer] = [:]
    while true {
      let (orders, isClosed) = state.withLock { state in
        defer { state.orders = [] }
        return (state.orders, state.isClosed)
      }
      for order in orders { obey(order, &active, multi) }
      if isClosed {
        let closed = IOError(.closed, "the HTTP client was closed")
        return active.values.forEach { $0.end(.failure(closed), multi) }
      }
      multi.perform()
      while let (id, result) = multi.nextDone() { active.removeValue(forKey: id)?.end(result, multi) }
      multi.poll(until: expire(&active, multi))
    }
  }

  private func obey(_ order: Order, _ active: inout [UInt64: CurlTransfer], _ multi: CurlMulti) {
    switch order {
    case .start(let transfer):
      if transfer.head.isKept { return }  // given up before it began
      active[transfer.id] = CurlTransfer.start(transfer, multi)
    case .resume(let id): active[id]?.resume()
    case .cancel(let id):
      let cancelled = IOError(.cancelled, "the request was given up")
      active.removeValue(forKey: id)?.end(.failure(cancelled), multi)
    }
  }

  /// Ends the transfers that were silent for too long; returns when the next of them may be.
  private func expire(
    _ active: inout [UInt64: CurlTransfer], _ multi: CurlMulti
  ) -> ContinuousClock.Instant? {
    let now = ContinuousClock.now
    var next: ContinuousClock.Instant?
    for (id, transfer) in active {
      guard let deadline = transfer.idleDeadline else { continue }
      if deadline <= now {
        active[id] = nil
        transfer.end(.failure(transfer.idleError), multi)
      } else {
        next = min(deadline, next ?? deadline)
      }
    }
    return next
  }
}

/// A request on its way.
struct HTTPPending {
  let transfer: HTTPTransfer
  let resume: @Sendable () -> Void
  let cancel: @Sendable () -> Void

  /// Waits for the head.
  func response() async throws(IOError) -> HTTPClient.Response {
    let body = HTTPClientBody(transfer, resume: resume, cancel: cancel)
    let cancelled = IOError(.cancelled, "the request to \(transfer.place) was given up")
    let outcome = await transfer.head.value(onCancel: .failure(cancelled))
    switch outcome {
    case .success(let head):
      return HTTPClient.Response(status: head.status, headers: head.headers, body: body, times: head.times)
    case .failure(let error):
      body.cancel()
      throw error
    }
  }
}
