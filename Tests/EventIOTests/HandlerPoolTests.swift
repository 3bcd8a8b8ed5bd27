// SPDX-License-Identifier: Apache-2.0
import EventIO
import Glibc
import Testing

private final class Semaphore: @unchecked Sendable {
  private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
  init() { sem_init(semaphore, 0, 0) }
  deinit {
    sem_destroy(semaphore)
    semaphore.deallocate()
  }
  func wait() { sem_wait(semaphore) }
  func post() { sem_post(semaphore) }
}

@Suite(.timeLimit(.minutes(1))) struct HandlerPoolTests {
  @Test func blockedHandlersDoNotHoldUpOthers() async throws {
    let pool = HandlerPool(maximumThreads: 5)
    let gate = Semaphore()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<4 { group.addTask { try await run(on: pool) { gate.wait() } } }
      // Runs though four others block.
      #expect(try await run(on: pool) { 7 } == 7)
      for _ in 0..<4 { gate.post() }
      try await group.waitForAll()
    }
    #expect(pool.threadCount <= 5)
  }

  @Test func workBeyondTheBoundWaitsItsTurn() async throws {
    let pool = HandlerPool(maximumThreads: 2)
    let sum = try await withThrowingTaskGroup(of: Int.self) { group in
      for number in 1...100 { group.addTask { try await run(on: pool) { number } } }
      return try await group.reduce(0, +)
    }
    #expect(sum == 5050)
    #expect(pool.threadCount <= 2)
  }

  @Test func idleThreadsEnd() async throws {
    let pool = HandlerPool(idleTime: .milliseconds(5))
    try await run(on: pool) {}
    while pool.threadCount > 0 { await Task.yield() }
    #expect(try await run(on: pool) { 1 } == 1)
  }

  @Test func errorsAndCancellationPassThrough() async throws {
    let pool = HandlerPool()
    await #expect(throws: IOError.self) {
      try await run(on: pool) { throw IOError(.timeout, "late") }
    }
    let begun = Event()
    let task = Task {
      try await run(on: pool) {
        begun.happen()
        while !Task.isCancelled { await Task.yield() }
        return 7
      }
    }
    await begun.wait()
    task.cancel()
    #expect(try await task.value == 7)
  }
}
