// SPDX-License-Identifier: Apache-2.0
import Observability

extension HTTPConnection {
  /// Acts on deadlines that have passed.
  func checkDeadlines() {
    let now = shared.clock
    guard now >= min(inputDeadline, writeDeadline, answerDeadline), !isClosed else { return }
    if now >= writeDeadline {
      shared.statistics.timeouts += 1
      close()
    } else if now >= answerDeadline {
      answerIsLate()
    } else if isLingering {
      close()
    } else if !isBusy {
      inputIsLate()
    }
  }

  private func answerIsLate() {
    shared.statistics.timeouts += 1
    shared.logger.warning("an HTTP handler did not begin its answer in time")
    task?.cancel()
    sendRefusal(HTTPRejection(.serviceUnavailable, "the server took too long to answer"))
    peerIsGone()
    // Whether the handler ever returns or not.
    phase = .idle
    closeWhenSent()
  }

  private func inputIsLate() {
    if isShakingHands {
      shared.statistics.timeouts += 1
      return close()
    }
    guard parser.isInHead || parser.isInBody else { return closeWhenSent() }
    shared.statistics.timeouts += 1
    refuse(HTTPRejection(.requestTimeout, "the request did not arrive in time"))
  }

  /// The server shuts down: an idle connection ends, a busy one with its answer.
  func shutDown() {
    if !isBusy, !parser.isInHead, !parser.isInBody { return closeWhenSent() }
    guard let action = shutdownAction else { return }
    shutdownAction = nil
    action()
  }
}
