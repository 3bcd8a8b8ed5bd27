// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import EventIO

/// Runs `body` until it ends or Ctrl-C or SIGTERM arrives; then it is cancelled and waited for, so that the server is
/// told. A second signal ends the program at once.
func interruptible(_ talk: Talk, _ body: @escaping @Sendable () async throws -> ExitCode) async throws -> ExitCode {
  let loop = try EventLoop()
  try loop.start(name: "signals")
  defer { loop.stop() }
  let signals = loop.signals([ExitCode.interrupted, .terminated].map { $0.rawValue - 128 })
  return try await withThrowingTaskGroup(of: Ending.self) { group in
    group.addTask { .finished(try await body()) }
    group.addTask {
      var arrived: Int32?
      for await signal in signals {
        if arrived != nil { Console.exit(signal + 128) }
        arrived = signal
        break
      }
      return .interrupted(by: arrived)
    }
    defer { group.cancelAll() }
    switch try await group.next() {
    case .finished(let code)?: return code
    case .interrupted(by: let signal?)?:
      group.addTask {
        for await signal in loop.signals([ExitCode.interrupted, .terminated].map({ $0.rawValue - 128 })) {
          Console.exit(signal + 128)
        }
        return .interrupted(by: nil)
      }
      group.cancelAll()
      talk.endProgress()
      throw Failure(ExitCode(rawValue: signal + 128), "interrupted", signal == 2 ? "interrupted" : "terminated")
    default: throw CancellationError()
    }
  }
}

private enum Ending {
  case finished(ExitCode)
  case interrupted(by: Int32?)
}
