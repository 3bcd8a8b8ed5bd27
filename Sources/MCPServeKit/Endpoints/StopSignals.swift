// SPDX-License-Identifier: Apache-2.0
import EventIO
import Observability

/// The requests to stop: SIGINT, SIGTERM, or the cancellation of the task that waits for the first.
final class StopSignals: Sendable {
  private let firstStop = Promise<Void>()
  private let secondStop = Promise<Void>()
  private let listening: Task<Void, Never>

  /// Starts listening: once this returns, the signals do not end the process by themselves.
  ///
  /// SIGUSR1 is heard too: it has `logger` write everything, and the next time what it wrote before.
  init(_ logger: Logger) async throws {
    let loop = try EventLoop()
    try loop.start(name: "signals")
    let arrivals = loop.signals(EventLoop.stopSignals + [EventLoop.userSignal])
    await withCheckedContinuation { armed in loop.execute { armed.resume() } }  // the loop works in order
    // Ended by `end`, which whoever makes this calls on every path.
    listening = Task { [firstStop, secondStop] in
      let usual = logger.level
      for await number in arrivals {
        if number == EventLoop.userSignal {
          logger.setLevel(logger.level == .debug ? usual : .debug)
          logger.debug("everything is logged until the next SIGUSR1")
        } else if !firstStop.keep(()) {
          secondStop.keep(())
        }
      }
      loop.stop()
    }
  }

  deinit { listening.cancel() }

  /// Returns when a stop is asked for.
  func first() async { await firstStop.value(onCancel: ()) }

  /// Returns when a stop is asked for again, or after `end`.
  func second() async { await secondStop.value() }

  /// Nobody waits any more.
  func end() {
    firstStop.keep(())
    secondStop.keep(())
    listening.cancel()
  }
}
