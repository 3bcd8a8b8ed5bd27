// SPDX-License-Identifier: Apache-2.0
import EventIO
import Glibc
import Testing

/// An actor that lives on a loop.
private actor Resident {
  let loop: EventLoop
  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
  init(_ loop: EventLoop) { self.loop = loop }

  var isHome: Bool { loop.isCurrent }

  func callNonisolated() async -> Bool { await isOnLoop(loop) }

  func onPool(_ pool: HandlerPool) async throws -> (away: Bool, back: Bool) {
    let loop = self.loop
    // A closure that only calls caller-isolated code: what the compiler once left on the caller's thread.
    let body: @Sendable () async throws -> Bool = { await !isOnLoop(loop) }
    let away = try await run(on: pool) { try await body() }
    return (away, loop.isCurrent)
  }
}

private actor Stranger {
  func isOn(_ loop: EventLoop) -> Bool { loop.isCurrent }
}

private func isOnLoop(_ loop: EventLoop) async -> Bool { loop.isCurrent }

@Suite(.timeLimit(.minutes(1))) struct EventLoopTests {
  private func withLoop(_ body: (EventLoop) async throws -> Void) async throws {
    let loop = try EventLoop()
    try loop.start(name: "test")
    try await body(loop)
    loop.stop()
  }

  @Test func anActorOnALoopRunsOnItsThread() async throws {
    try await withLoop { loop in
      let resident = Resident(loop)
      #expect(await resident.isHome)
      #expect(await resident.callNonisolated())
      #expect(!loop.isCurrent)
    }
  }

  @Test func aTaskThatPrefersALoopTakesOrdinaryActorsAlong() async throws {
    try await withLoop { loop in
      let isThere = await Task(executorPreference: loop) { await Stranger().isOn(loop) }.value
      #expect(isThere)
    }
  }

  @Test func callbacksMayEnterAnActorOnTheLoop() async throws {
    try await withLoop { loop in
      let resident = Resident(loop)
      let isHome = Promise<Bool>()
      loop.execute { isHome.keep(resident.assumeIsolated { $0.isHome }) }
      #expect(await isHome.value())
    }
  }

  @Test func workIsDoneInOrder() async throws {
    try await withLoop { loop in
      let numbers = AsyncStream<Int> { continuation in
        for number in 0..<100 { loop.execute { continuation.yield(number) } }
        loop.execute { continuation.finish() }
      }
      var received: [Int] = []
      for await number in numbers { received.append(number) }
      #expect(received == Array(0..<100))
    }
  }

  @Test func timersFireInTheOrderOfTheirDelays() async throws {
    try await withLoop { loop in
      let fired = AsyncStream<Int> { continuation in
        loop.schedule(after: .milliseconds(30)) {
          continuation.yield(2)
          continuation.finish()
        }
        loop.schedule(after: .milliseconds(1)) { continuation.yield(1) }
        loop.schedule(after: .milliseconds(10)) { continuation.yield(-1) }.cancel()
      }
      var received: [Int] = []
      for await number in fired { received.append(number) }
      #expect(received == [1, 2])
    }
  }

  @Test func aRepeatedTimerFiresUntilCancelled() async throws {
    try await withLoop { loop in
      let (ticks, continuation) = AsyncStream.makeStream(of: Void.self)
      let timer = loop.schedule(every: .milliseconds(1)) { continuation.yield() }
      var count = 0
      for await _ in ticks {
        count += 1
        if count == 3 { break }
      }
      timer.cancel()
      #expect(count == 3)
    }
  }

  /// In a process of its own: only one loop of a process hears of signals, and here other tests serve.
  @Test func signalsArriveAsASequence() async {
    await #expect(processExitsWith: .success) {
      let loop = try EventLoop()
      try loop.start(name: "signals")
      let signals = loop.signals([SIGUSR1, SIGUSR2])
      // The watches are there once the loop has done something handed over later.
      await withCheckedContinuation { continuation in loop.execute { continuation.resume() } }
      kill(getpid(), SIGUSR2)
      for await number in signals {
        #expect(number == SIGUSR2)
        break
      }
      loop.stop()
    }
  }

  @Test func codeOnAPoolIsOffTheLoopAndComesBack() async throws {
    try await withLoop { loop in
      let (away, back) = try await Resident(loop).onPool(HandlerPool())
      #expect(away && back)
    }
  }
}
