// SPDX-License-Identifier: Apache-2.0
import CProcess
import Glibc
import Synchronization

/// The thread that starts one child, moves its bytes and reaps it; it lives exactly as long as the child.
final class ChildOwner: Sendable {
  private struct State {
    var input: ChildInput
    var output: Inbox
    var errorTail: [UInt8] = []
    var shutdown = Shutdown()
    var exitStatus: ExitStatus?
    var hasEnded = false
    var exitWaiters: [Promise<ExitStatus?>] = []
  }

  private let configuration: ChildProcess.Configuration
  private let wakeup: Wakeup
  private let state: Mutex<State>

  init(_ configuration: ChildProcess.Configuration) throws(IOError) {
    self.configuration = configuration
    wakeup = try Wakeup()
    state = Mutex(
      State(
        input: ChildInput(name: configuration.command, limit: configuration.limits.unsent),
        output: Inbox(limit: configuration.limits.unread)))
  }

  // What the handle asks for, on any thread.

  func start() async throws(IOError) -> Int32 {
    let started = Promise<Result<Int32, IOError>>()
    try OwnerThread.start("child") { [self] in
      switch ManagedChild.start(configuration) {
      case .failure(let error): started.keep(.failure(error))
      case .success(let child):
        state.withLock { $0.input.open(child.input) }
        started.keep(.success(child.id))
        serve(child)
      }
    }
    return try await started.value().get()
  }

  func send(_ line: [UInt8], timeout: Duration) async throws(IOError) {
    let deadline = ContinuousClock.now.advanced(by: timeout)
    let (outcome, wait) = state.withLock {
      $0.input.send(line + [UInt8(ascii: "\n")], deadline: deadline, sent: Promise())
    }
    if let outcome { return try outcome.get() }
    guard let wait else { return }
    wakeup.signal()
    let cancelled = IOError(.cancelled, "the message to \(configuration.command) was given up before it was written")
    try await wait.value(onCancel: .failure(cancelled)).get()
  }

  func nextLines() async throws(IOError) -> [[UInt8]]? {
    while true {
      switch state.withLock({ $0.output.take() }) {
      case .pieces(let lines, let madeRoom):
        if madeRoom { wakeup.signal() }
        return lines
      case .end(let end):
        try end.get()
        return nil
      case .wait(let reader):
        await reader.value(onCancel: ())
        if Task.isCancelled { throw IOError(.cancelled, "reading from \(configuration.command) was given up") }
      }
    }
  }

  func closeInput() {
    state.withLock { $0.input.close(IOError(.closed, "the input of \(configuration.command) was closed")) }
  }

  var hasUnreadInput: Bool { state.withLock { $0.input.isUnread } }

  func stop(_ grace: Shutdown.Grace) {
    let isClosing = state.withLock { state in state.shutdown.begin(grace, at: .now) == .closeInput }
    if isClosing { closeInput() }
    wakeup.signal()
  }

  func exit(onCancel isCancellable: Bool) async -> ExitStatus? {
    let wait = state.withLock { state -> Promise<ExitStatus?> in
      let wait = Promise<ExitStatus?>()
      if state.hasEnded { wait.keep(state.exitStatus) } else { state.exitWaiters.append(wait) }
      return wait
    }
    return isCancellable ? await wait.value(onCancel: nil) : await wait.value()
  }

  var exitStatus: ExitStatus? { state.withLock { $0.exitStatus } }

  var capturedError: String { state.withLock { String(decoding: $0.errorTail, as: UTF8.self) } }

  // The thread.

  private func serve(_ started: ManagedChild) {
    var child = started
    var framer = LineFramer(limit: configuration.limits.line)
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let (writable, readsOutput, deadline) = state.withLock { state in
        (
          state.input.awaited, state.output.hasRoom || state.shutdown.hasBegun,
          [state.input.deadline, state.shutdown.deadline].compactMap { $0 }.min()
        )
      }
      let ready = child.wait(wakeup, writable: writable, readsOutput: readsOutput, until: deadline)
      if ready.input { state.withLock { $0.input.flush() } }
      if ready.error { readError(&child, &buffer) }
      if ready.output { readOutput(&child, &framer, &buffer) }
      passDeadlines(child)
      if ready.exit, let status = child.ended {
        child.killGroup()
        while child.output >= 0, readOutput(&child, &framer, &buffer) {}
        keepRest(&framer)
        while child.error >= 0, readError(&child, &buffer) {}
        child.reap()
        return finish(status)
      }
    }
  }

  /// Reads once; false when there is nothing more for now.
  @discardableResult
  private func readOutput(_ child: inout ManagedChild, _ framer: inout LineFramer, _ buffer: inout [UInt8]) -> Bool {
    var lines: [[UInt8]] = []
    var end: Result<Void, IOError>?
    switch child.readOutput(into: &buffer) {
    case .nothing: return false
    case .bytes(let count):
      do throws(IOError) {
        try framer.consume(buffer.span.extracting(0..<count), into: &lines)
      } catch {
        end = .failure(IOError(error.code, "\(configuration.command): \(error.message)"))
      }
    case .end:
      framer.finish(into: &lines)
      end = .success(())
    }
    state.withLock { state in
      // Read beyond the limit: when it has ended, only what was in the pipe; while it shuts down, nobody takes it.
      if state.output.hasRoom || !state.shutdown.hasBegun { state.output.add(lines) }
      if let end { state.output.finish(end) }
    }
    if end != nil { child.closeOutput() }
    return end == nil
  }

  /// The child has ended, though somebody else may still hold its output open for a moment.
  private func keepRest(_ framer: inout LineFramer) {
    var lines: [[UInt8]] = []
    framer.finish(into: &lines)
    state.withLock { $0.output.add(lines) }
  }

  /// Reads once and keeps the last bytes; false when there is nothing more for now.
  @discardableResult
  private func readError(_ child: inout ManagedChild, _ buffer: inout [UInt8]) -> Bool {
    switch child.readError(into: &buffer) {
    case .nothing: return false
    case .end:
      child.closeError()
      return false
    case .bytes(let count):
      guard case .capture(let limit) = configuration.standardError else { return true }
      state.withLock { state in
        state.errorTail += buffer[..<count]
        state.errorTail.removeFirst(max(0, state.errorTail.count - limit))
      }
      configuration.onError?(Array(buffer[..<count]))
      return true
    }
  }

  private func passDeadlines(_ child: ManagedChild) {
    let now = ContinuousClock.now
    let (action, waiters) = state.withLock { state -> (Shutdown.Action?, [Promise<ExitStatus?>]) in
      state.input.expire(at: now)
      let action = state.shutdown.deadlinePassed(at: now)
      guard action == .giveUp else { return (action, []) }
      defer { state.exitWaiters = [] }
      return (action, state.exitWaiters)
    }
    if case .signal(let signal) = action { child.signalGroup(signal) }
    for waiter in waiters { waiter.keep(nil) }
  }

  private func finish(_ status: ExitStatus) {
    let waiters = state.withLock { state in
      state.hasEnded = true
      state.exitStatus = status
      state.input.close(IOError(.childExited, "\(configuration.command) \(status)"))
      state.output.finish(.success(()))
      defer { state.exitWaiters = [] }
      return state.exitWaiters
    }
    for waiter in waiters { waiter.keep(status) }
  }
}
