// SPDX-License-Identifier: Apache-2.0
import CEvent
import Glibc

extension HTTPConnection {
  /// The socket has input, or its end.
  func readable() {
    if let tls { return readable(tls) }
    received(cevent_receive(descriptor, shared.input.baseAddress, shared.input.count))
  }

  /// So many bytes have been received into the shared buffer; 0 is the end, and less a failure.
  @inline(__always)
  func received(_ count: Int) {
    if count > 0 {
      guard !isLingering else { return }
      limitBacklog(count)
      parse(UnsafeBufferPointer(rebasing: shared.input[..<count]).span)
    } else if count == 0 {
      inputEnded()
    } else if count != -Int(EAGAIN) {
      close()
    }
  }

  /// While a request is being answered, a peer may send some more of them, not a body of any size.
  private func limitBacklog(_ count: Int) {
    guard isBusy else { return }
    backlog += count
    if backlog >= shared.input.count { pauseReading() }
  }

  /// The peer sends no more; it may still read.
  private func inputEnded() {
    hasInputEnded = true
    pauseReading()
    if isLingering {
      close()
    } else if isBusy {
      peerIsGone()
    } else {
      closeWhenSent()
    }
  }

  /// Takes what waited in `unparsed`.
  func parseRest() {
    let rest = unparsed
    unparsed = []
    parse(rest.span)
  }

  private func parse(_ bytes: Span<UInt8>) {
    var position = 0
    if isLast { hasIgnoredInput = true }
    do throws(HTTPRejection) {
      while position < bytes.count, !isLast {
        guard waiting.count < shared.limits.pipelinedRequests else {
          unparsed.append(bytes.extracting(position..<bytes.count))
          return pauseReading()
        }
        guard case .request(let request, let end) = try parser.consume(bytes, from: position, limits: shared.limits)
        else { break }
        position = end
        receiving = .nothing
        inputDeadline = .max
        // Should this be the last request, its answer has to know.
        hasIgnoredInput = position < bytes.count
        if isBusy { waiting.append(request) } else { answer(request) }
      }
    } catch {
      // Nothing after this can be understood; it is said once the earlier requests are answered.
      rejection = error
      pauseReading()
    }
    if !isBusy, !isClosed, !isLast { expectMore() }
  }

  /// Sets the deadline for what the peer has to send next, and asks for it if the peer waits to be asked.
  func expectInput() {
    if parser.isInBody {
      if receiving != .body { bodyDeadline = shared.clock + shared.times.body }
      receiving = .body
      inputDeadline = min(bodyDeadline, shared.clock + shared.times.bodyPause)
      if parser.expectsContinue {
        parser.expectsContinue = false
        sendContinue()
      }
    } else if parser.isInHead {
      if receiving != .head { inputDeadline = shared.clock + shared.times.header }
      receiving = .head
    } else if inputDeadline == .max {
      inputDeadline = shared.clock + shared.times.idle
    }
  }

  func pauseReading() {
    guard isReading else { return }
    isReading = false
    readWatch?.pause()
  }

  func resumeReading() {
    guard !isReading, !hasInputEnded else { return }
    isReading = true
    readWatch?.resume()
    if let tls { readOn(tls) }
  }
}
