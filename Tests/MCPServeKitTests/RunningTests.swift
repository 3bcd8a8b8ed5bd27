// SPDX-License-Identifier: Apache-2.0
import EventIO
import Glibc
import JSONKit
import MCPCore
import MCPServeKit
import Synchronization
import TestSupport
import Testing

/// A client that writes and reads lines of an endpoint in memory.
private struct Line {
  let channel: MemoryChannel
  let watch = WireWatch()
  func send(_ text: String) async throws {
    watch.client(try JSON(parsing: text))
    try await channel.send(Array(text.utf8))
  }
  func receive() async throws -> JSON {
    let message = try JSON(parsing: try #require(await channel.receive()))
    #expect(watch.server(message) == [])
    return message
  }
}

/// Serves `server` on a channel for as long as `body` takes; returns once the endpoint has ended.
private func withLine(
  _ server: Server, limits: ServeLimits = ServeLimits(), _ body: (Line, ChannelEndpoint) async throws -> Void
) async throws {
  let (client, other) = MemoryChannel.pair()
  let endpoint = ChannelEndpoint(Service(server, limits: limits), on: other)
  try await withThrowingTaskGroup { group in
    group.addTask { try await endpoint.run() }
    try await body(Line(channel: client), endpoint)
    await client.close()
    try await group.waitForAll()
  }
}

private func callLine(_ tool: String, id: Int = 1) -> String {
  #"{"jsonrpc":"2.0","id":\#(id),"method":"tools/call","params":{"name":"\#(tool)"}}"#
}
private let ping = #"{"jsonrpc":"2.0","id":"p","method":"ping"}"#

struct RunningTests {
  @Test func aConversationGoesThroughItsStates() async throws {
    let (started, goOn) = (Happening(), Happening())
    let server = try Server(name: "s", version: "1") {
      ServerTool("wait", "") { _ in
        started.happen()
        await goOn.wait()
        return .text("")
      }
    }
    try await withLine(server) { line, endpoint in
      #expect(endpoint.state == .uninitialized)
      try await line.send(#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}"#)
      _ = try await line.receive()
      #expect(endpoint.state == .failed)
      try await line.send(
        #"{"jsonrpc":"2.0","id":2,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{}}}"#)
      _ = try await line.receive()
      #expect(endpoint.state == .initialized)
      try await line.send(callLine("wait"))
      await started.wait()
      #expect(endpoint.state == .processing)
      goOn.happen()
      _ = try await line.receive()
      try await line.send(ping)
      _ = try await line.receive()
      #expect(endpoint.state == .initialized)
    }
  }

  @Test func aSessionIsInitializingWhileTheHandlerDescribesItself() async throws {
    let (asked, goOn) = (Happening(), Happening())
    struct Slow: RequestHandler {
      let asked: Happening, goOn: Happening
      func handle(_ request: Request, in context: RequestContext) async throws -> Reply {
        asked.happen()
        await goOn.wait()
        return .complete(["capabilities": [:]])
      }
    }
    let (client, other) = MemoryChannel.pair()
    let service = Service(Slow(asked: asked, goOn: goOn), as: Implementation(name: "s", version: "1"))
    let endpoint = ChannelEndpoint(service, on: other)
    async let running: Void = endpoint.run()
    let line = Line(channel: client)
    try await line.send(
      #"{"jsonrpc":"2.0","id":2,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{}}}"#)
    await asked.wait()
    #expect(endpoint.state == .initializing)
    try await line.send(#"{"jsonrpc":"2.0","id":3,"method":"tools/list"}"#)
    #expect(try await line.receive()["error"]?["code"] == -32002)
    goOn.happen()
    #expect(try await line.receive()["result"] != nil)
    await client.close()
    try await running
    #expect(endpoint.state == .terminated)
  }

  @Test func aCancelledRequestGetsNoAnswer() async throws {
    let (started, cancelled) = (Happening(), Happening())
    let server = try Server(name: "s", version: "1") {
      ServerTool("wait", "") { context in
        context.onCancel { cancelled.happen() }
        started.happen()
        await cancelled.wait()
        return .text("too late")
      }
    }
    try await withLine(server) { line, _ in
      try await line.send(callLine("wait", id: 7))
      await started.wait()
      try await line.send(
        #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7,"reason":"enough"}}"#)
      await cancelled.wait()
      // Its id is free again, and nothing came in between.
      try await line.send(#"{"jsonrpc":"2.0","id":7,"method":"ping"}"#)
      #expect(try await line.receive() == ["jsonrpc": "2.0", "id": 7, "result": [:]])
    }
  }

  @Test func aBlockingHandlerDelaysNobody() async throws {
    let started = Happening()
    let release = Gate()
    let server = try Server(name: "s", version: "1") {
      ServerTool("block", "") { _ in
        started.happen()
        release.waitBlocking()
        return .text("at last")
      }
      ServerTool("quick", "") { _ in .text("quick") }.onLoop
      ServerTool("other", "") { _ in .text("other") }
    }
    try await withLine(server) { line, _ in
      // More of them than the machine has processors.
      for id in 1...16 { try await line.send(callLine("block", id: id)) }
      await started.wait()
      for tool in ["quick", "other"] {
        try await line.send(callLine(tool, id: 99))
        #expect(try await line.receive()["result"]?["content"]?[0]?["text"] == .string(tool))
      }
      release.open()
      for _ in 1...16 { #expect(try await line.receive()["result"]?["content"]?[0]?["text"] == "at last") }
    }
  }

  @Test func aHandlerThatTakesTooLongIsGivenUp() async throws {
    let forever = Happening()
    let server = try Server(name: "s", version: "1") {
      ServerTool("hang", "") { context in
        context.onCancel { forever.happen() }
        await forever.wait()
        return .text("")
      }.timeLimit(.milliseconds(10))
    }
    let error = await #expect(throws: RPCError.self) { try await call("hang", of: server) }
    #expect(error?.code == .internalError)
    #expect(error?.message == "tool hang timed out after 0.01 seconds without progress")
    forever.happen()
  }

  @Test func anIdInFlightIsRefusedAndSoAreTooMany() async throws {
    let release = Gate()
    let server = try Server(name: "s", version: "1") {
      ServerTool("block", "") { _ in
        release.waitBlocking()
        return .text("")
      }
    }
    var limits = ServeLimits()
    limits.requestsInFlight = 2
    try await withLine(server, limits: limits) { line, _ in
      try await line.send(callLine("block", id: 1))
      try await line.send(callLine("block", id: 1))
      #expect(try await line.receive()["error"]?["code"] == -32600)
      try await line.send(callLine("block", id: 2))
      try await line.send(callLine("block", id: 3))
      #expect(try await line.receive()["error"]?["message"]?.string?.contains("limit") == true)
      release.open()
      _ = try await (line.receive(), line.receive())
    }
  }

  @Test func aPeerThatReadsNoAnswersIsNotReadFromForEver() async throws {
    var limits = ServeLimits()
    limits.unsentAnswers = 4
    let (client, other) = MemoryChannel.pair(capacity: 8)
    let endpoint = ChannelEndpoint(Service(try makeFixture(), limits: limits), on: other)
    try await withThrowingTaskGroup { group in
      group.addTask { try await endpoint.run() }
      let sent = Mutex(0)
      let stuck = Happening()
      // 8 answers wait in the channel and 4 in tasks; the texts after them fill the channel the other way.
      let writer = Task {
        for number in 0..<1000 {
          if number == 20 { stuck.happen() }
          try await client.send(Array(ping.utf8))
          sent.withLock { $0 += 1 }
        }
      }
      await stuck.wait()
      for _ in 0..<1000 { await Task.yield() }
      #expect(sent.withLock { $0 } < 40)
      // Reading again sets everything in motion.
      for _ in 0..<1000 { _ = try #require(await client.receive()) }
      try await writer.value
      await client.close()
      try await group.waitForAll()
    }
  }

  @Test func whatWasAskedIsAnsweredAfterTheInputEnds() async throws {
    let input = ClosedInput(callLine("report"))
    try await ChannelEndpoint(Service(try makeFixture()), on: input).run()
    let last = try input.sent.last.map { try JSON(parsing: $0) }
    #expect(last?["id"] == 1)
    #expect(last?["result"]?["content"]?[0]?["text"] == "done")
  }

  @Test func anInitializedPeerIsToldOfChanges() async throws {
    let server = try makeFixture()
    try await withLine(server) { line, _ in
      try await line.send(
        #"{"jsonrpc":"2.0","id":2,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{}}}"#)
      _ = try await line.receive()
      try await line.send(#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#)
      try await line.send(ping)
      #expect(try await line.receive()["id"] == "p")
      server.features.unregister(prompt: "ask")
      #expect(
        try await line.receive() == ["jsonrpc": "2.0", "method": "notifications/prompts/list_changed", "params": [:]])
    }
  }

  @Test func aContextIsClosedOnceItsRequestWasAnsweredAtHand() async throws {
    let kept = Mutex<RequestContext?>(nil)
    let server = try Server(name: "s", version: "1") {
      ServerTool("quick", "") { context in
        kept.withLock { $0 = context }
        return .text("quick")
      }.onLoop
    }
    try await withSite(server) { site in
      let call = modern("tools/call", ["name": "quick"])
      let answer = try await site.peer().ask("POST", "/mcp", call.headers, body: call.body)
      #expect(answer.status == 200)
    }
    #expect(kept.withLock { $0?.isOpen } == false)
  }

  @Test func aFaultOfTheServerIsNotShownToThePeer() async throws {
    let server = try Server(name: "s", version: "1") {
      ServerResource(Resource(uri: "x://y", name: "y")) { _ in throw Mishap() }
    }
    try await withLine(server) { line, _ in
      try await line.send(#"{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"x://y"}}"#)
      #expect(try await line.receive()["error"] == ["code": -32603, "message": "internal error"])
    }
  }

  @Test func anOutputSchemaIsKept() async throws {
    let server = try Server(name: "s", version: "1") {
      ServerTool("good", "") { _ in .structured(["n": 1]) }
        .output(["type": "object", "required": ["n"]])
      ServerTool("bad", "") { _ in .structured(["m": 1]) }
        .output(["type": "object", "required": ["n"]])
      ServerTool("none", "") { _ in .text("n") }.output(["type": "object"])
      ServerTool("failed", "") { _ in .error("no") }.output(["type": "object"])
    }
    try await call("good", of: server)
    try await call("failed", of: server)
    for name in ["bad", "none"] {
      let error = await #expect(throws: RPCError.self) { try await call(name, of: server) }
      #expect(error?.code == .internalError)
    }
  }
}

/// Holds threads, not tasks: whoever waits reads from a pipe that has nothing until its other end is closed.
final class Gate: Sendable {
  private let reading: CInt
  private let writing: CInt

  init() {
    var ends: [CInt] = [-1, -1]
    pipe(&ends)
    (reading, writing) = (ends[0], ends[1])
  }

  deinit { close(reading) }

  func open() { close(writing) }
  func waitBlocking() {
    var byte: UInt8 = 0
    _ = read(reading, &byte, 1)
  }
}

/// Texts that are there from the start and then end, while answers can still be sent: a closed stdin.
private final class ClosedInput: MessageChannel {
  private let texts: Mutex<[String]>
  private let answers = Mutex<[[UInt8]]>([])

  init(_ texts: String...) { self.texts = Mutex(texts) }
  var sent: [[UInt8]] { answers.withLock { $0 } }

  func send(_ text: [UInt8]) async throws { answers.withLock { $0.append(text) } }
  func receive() async throws -> [UInt8]? { texts.withLock { $0.isEmpty ? nil : Array($0.removeFirst().utf8) } }
  func close() async {}
}
