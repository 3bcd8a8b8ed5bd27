// SPDX-License-Identifier: Apache-2.0
import Glibc

extension EventLoop {
  /// The signals that ask a program to stop: SIGINT and SIGTERM.
  package static let stopSignals: [CInt] = [SIGINT, SIGTERM]
  /// The signal whose meaning is the program's own: SIGUSR1.
  package static let userSignal: CInt = SIGUSR1

  /// The signal that asks a server to look at its configuration again: SIGHUP.
  package static let hangUpSignal: CInt = SIGHUP

  /// The arrivals of the given signals, until the consumer stops listening; then they act as before again.
  ///
  /// One loop of the process may listen to signals. Up to 16 arrivals wait for the consumer.
  package func signals(_ numbers: [CInt]) -> AsyncStream<CInt> {
    let (stream, continuation) = AsyncStream.makeStream(of: CInt.self, bufferingPolicy: .bufferingNewest(16))
    let watches = LoopOwned<[Watch]>([], on: self)
    execute { [self] in
      watches.value = numbers.map { number in Watch(self, signal: number) { continuation.yield(number) } }
    }
    continuation.onTermination = { [self] _ in execute { watches.value = [] } }
    return stream
  }
}
