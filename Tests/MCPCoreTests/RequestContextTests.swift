// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore
import Observability
import Synchronization
import Testing

private final class Recorder: NotificationSink {
  private let sent = Mutex<[Message.Notification]>([])
  func send(_ notification: Message.Notification) async { sent.withLock { $0.append(notification) } }
  var notifications: [Message.Notification] { sent.withLock { $0 } }
}

/// Holds up the first notification until it is let go.
private final class SlowRecorder: NotificationSink {
  private struct State {
    var sent: [JSON?] = []
    var isFree = false
    var waiter: CheckedContinuation<Void, Never>?
  }
  private let state = Mutex(State())
  var sent: [JSON?] { state.withLock { $0.sent } }

  func send(_ notification: Message.Notification) async {
    await withCheckedContinuation { continuation in
      let isFree = state.withLock { state in
        if !state.isFree { state.waiter = continuation }
        return state.isFree
      }
      if isFree { continuation.resume() }
    }
    state.withLock { $0.sent.append(notification.params["progress"]) }
  }

  func letGo() {
    let waiter = state.withLock { state in
      state.isFree = true
      return state.waiter
    }
    waiter?.resume()
  }
}

@Suite struct RequestContextTests {
  private let recorder = Recorder()

  private func context(
    _ revision: Revision = .v20251125, token: JSON? = "t", logLevel: Logger.Level? = nil
  ) -> RequestContext {
    var meta = JSONObject()
    meta["progressToken"] = token
    return RequestContext(id: .number(1), revision: revision, meta: meta, logLevel: logLevel, sink: recorder)
  }

  @Test func progressIsToldOnlyToThoseWhoAsked() async {
    await context(token: nil).progress(1)
    #expect(recorder.notifications.isEmpty)
  }

  @Test func progressOnlyGrows() async {
    let context = context()
    for done in [1.0, 1, 0.5, 2] { await context.progress(done, of: 4) }
    #expect(recorder.notifications.map { $0.params["progress"] } == [1, 2])
    #expect(recorder.notifications.first?.params["progressToken"] == "t")
  }

  @Test func concurrentReportsLeaveInTheOrderTheyGrew() async {
    let slow = SlowRecorder()
    let context = RequestContext(
      id: .number(1), revision: .v20251125, meta: ["progressToken": "t"], sink: slow)
    await withDiscardingTaskGroup { group in
      group.addImmediateTask { await context.progress(1) }
      // While the first is held up, these return at once, and the newest stands for both.
      await context.progress(2)
      await context.progress(3)
      await context.progress(2.5)
      slow.letGo()
    }
    #expect(slow.sent == [1, 3])
    await context.progress(4)
    #expect(slow.sent == [1, 3, 4])
  }

  @Test func anOlderPeerGetsNoProgressMessage() async {
    await context(.v20241105).progress(1, "half")
    await context(.v20250326).progress(1, "half")
    #expect(recorder.notifications.map { $0.params["message"] } == [nil, "half"])
  }

  @Test func nothingIsSentOnceTheRequestIsAnswered() async {
    let context = context(logLevel: .debug)
    #expect(context.finish())
    await context.progress(1)
    await context.log(.error, "late")
    #expect(recorder.notifications.isEmpty)
  }

  @Test func logsBelowTheAskedLevelAreNotSent() async {
    let context = context(logLevel: .warning)
    await context.log(.info, "quiet")
    await context.log(.error, "loud", from: "tests")
    await self.context().log(.emergency, "nobody asked")
    #expect(recorder.notifications.map(\.params) == [["level": "error", "data": "loud", "logger": "tests"]])
  }

  @Test func aCancelledRequestIsNotAnswered() {
    let context = context()
    let runs = Atomic(0)
    context.onCancel { runs.add(1, ordering: .relaxed) }
    context.cancel(reason: "changed my mind")
    context.cancel(reason: "again")
    context.onCancel { runs.add(1, ordering: .relaxed) }
    #expect(runs.load(ordering: .relaxed) == 2)
    #expect(context.isCancelled)
    #expect(!context.finish())
  }

  @Test func anAnsweredRequestCannotBeCancelled() {
    let context = context()
    context.onCancel { Issue.record("ran") }
    #expect(context.finish())
    context.cancel(reason: nil)
    #expect(!context.isCancelled)
  }
}

@Suite struct MemoryChannelTests {
  @Test func textsArriveInOrderAndTheEndAfterThem() async throws {
    let (one, other) = MemoryChannel.pair()
    try await one.send([1])
    try await one.send([2])
    await one.close()
    #expect(await other.receive() == [1])
    #expect(await other.receive() == [2])
    #expect(await other.receive() == nil)
    await #expect(throws: ChannelClosed.self) { try await other.send([3]) }
  }

  @Test func aFullChannelMakesTheSenderWait() async throws {
    let (one, other) = MemoryChannel.pair(capacity: 2)
    async let sending: Void = { for byte in 0..<100 { try await one.send([UInt8(byte)]) } }()
    for byte in 0..<100 { #expect(await other.receive() == [UInt8(byte)]) }
    try await sending
  }

  @Test func aCancelledReaderStopsWaiting() async {
    let (one, _) = MemoryChannel.pair()
    let reader = Task { await one.receive() }
    reader.cancel()
    #expect(await reader.value == nil)
  }
}

@Suite struct MiddlewareTests {
  private struct Tag: Middleware {
    let name: String
    func handle(_ request: Request, in context: RequestContext, next: any RequestHandler) async throws -> Reply {
      guard case .complete(let result, _) = try await next.handle(request, in: context) else {
        return .invalidArguments([])
      }
      return .complete(["\(name)": .object(result)])
    }
  }
  private struct Empty: RequestHandler {
    func handle(_ request: Request, in context: RequestContext) async throws -> Reply { .complete([:]) }
  }

  @Test func theFirstLayerIsOutermost() async throws {
    let handler = Empty().behind([Tag(name: "a"), Tag(name: "b")])
    let context = RequestContext(id: .number(1), revision: .latest)
    #expect(
      try await handler.handle(Request(id: .number(1), method: .ping), in: context) == .complete(["a": ["b": [:]]]))
  }
}
