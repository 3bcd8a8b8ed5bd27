// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import EventIO

/// Runs `body` until it ends or Ctrl-C or SIGTERM arrives; then it is cancelled and waited for, so that the server is
/// told. From then on the signals act as usual: a second one ends the program at once.
func interruptible(_ body: @escaping @Sendable () async throws -> ExitCode) async throws -> ExitCode {
  if Interruption.isAwaited { return try await body() }
  let loop = try EventLoop()
  try loop.start(name: "signals")
  defer { loop.stop() }
  let signals = loop.signals([ExitCode.interrupted, .terminated].map { $0.rawValue - 128 })
  await withCheckedContinuation { armed in loop.execute { armed.resume() } }  // the loop works in order
  return try await withThrowingTaskGroup(of: Ending.self) { group in
    defer { group.cancelAll() }
    group.addTask { .finished(try await Interruption.$isAwaited.withValue(true) { try await body() }) }
    group.addTask {
      for await signal in signals { return .interrupted(ExitCode(rawValue: signal + 128)) }
      throw CancellationError()
    }
    switch try await group.next() {
    case .finished(let code)?: return code
    case .interrupted(let code)?:
      throw Failure(code, "interrupted", code == .interrupted ? "interrupted" : "terminated")
    case nil: throw CancellationError()
    }
  }
}

/// Whether signals are waited for already: a command that connects several times does so once.
private enum Interruption {
  @TaskLocal static var isAwaited = false
}

private enum Ending {
  case finished(ExitCode)
  case interrupted(ExitCode)
}
