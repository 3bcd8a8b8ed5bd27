// SPDX-License-Identifier: Apache-2.0
import EventIO
import Observability

/// The requests to stop: SIGINT, SIGTERM, or the cancellation of the task that waits for the first. And to look at the
/// configuration again: SIGHUP.
final class StopSignals: Sendable {
  private let firstStop = Promise<Void>()
  private let secondStop = Promise<Void>()
  private let listening: Task<Void, Never>
  private let reloading: Task<Void, Never>

  /// Starts listening: once this returns, the signals do not end the process by themselves.
  ///
  /// SIGUSR1 is heard too: it has `logger` write everything, and the next time what it wrote before.
  /// - Parameter reload: what SIGHUP asks for, one at a time; nil leaves that signal as it is.
  init(_ logger: Logger, reload: (@Sendable () async -> Void)? = nil) async throws {
    let loop = try EventLoop()
    try loop.start(name: "signals")
    let hangUp = EventLoop.hangUpSignal
    let arrivals = loop.signals(EventLoop.stopSignals + [EventLoop.userSignal] + (reload == nil ? [] : [hangUp]))
    await withCheckedContinuation { armed in loop.execute { armed.resume() } }  // the loop works in order
    // Whoever hangs up again while one waits is answered by that one.
    let (hangUps, hangUpArrived) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    reloading = Task { for await _ in hangUps { await reload?() } }
    // Ended by `end`, which whoever makes this calls on every path.
    listening = Task { [firstStop, secondStop] in
      var usual = logger.level
      for await signal in arrivals {
        if signal == hangUp {
          hangUpArrived.yield()
        } else if signal == EventLoop.userSignal {
          if logger.level == .debug {
            logger.setLevel(usual)
          } else {
            usual = logger.level
            logger.setLevel(.debug)
          }
          logger.debug("everything is logged until the next SIGUSR1")
        } else if !firstStop.keep(()) {
          secondStop.keep(())
        }
      }
      loop.stop()
    }
  }

  deinit {
    listening.cancel()
    reloading.cancel()
  }

  /// Returns when a stop is asked for.
  func first() async { await firstStop.value(onCancel: ()) }

  /// Returns when a stop is asked for again, or after `end`.
  func second() async { await secondStop.value() }

  /// Nobody waits any more.
  func end() {
    firstStop.keep(())
    secondStop.keep(())
    listening.cancel()
    reloading.cancel()
  }
}
