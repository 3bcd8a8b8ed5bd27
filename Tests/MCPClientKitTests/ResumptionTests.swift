// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPClientKit
import MCPCore
import Synchronization
import Testing

/// Event streams of the legacy era that break off before their answer, over real sockets.
@Suite(.timeLimit(.minutes(1))) struct ResumptionTests {
  private let options = ClientOptions(protocolChoice: .legacy)

  /// What is left of a call after its stream has ended: the request, until its answer was sent.
  private typealias Open = Mutex<Request?>

  private func event(_ json: JSON?, id: String? = nil, retry: Int? = nil) -> [UInt8] {
    ServerSentEvent(id: id, data: json?.text ?? "", retry: retry).encoded()
  }

  private func call(_ url: String) async throws -> [Content] {
    try await Client.connected(to: .http(url), options: options) { client in try await client.callTool("x").content }
  }

  @Test func aStreamIsTakenUpAfterItsLastEvent() async throws {
    let open = Open(nil)
    try await ScriptedHTTP.serving({ exchange in
      if exchange.http.method == .get, let request = open.withLock({ $0 }) {
        await exchange.startEvents()
        if exchange.http.headers["Last-Event-ID"] == "1" {
          // A poll that brings news and ends, and one that brings the answer.
          try await exchange.response.write(event(nil, id: "2", retry: 1))
        } else {
          try await exchange.response.write(event(request.says("done"), id: "3"))
        }
        return await exchange.response.finish()
      }
      try await exchange.legacy { request in
        open.withLock { $0 = request }
        await exchange.startEvents()
        try await exchange.response.write(event(nil, id: "1", retry: 1))
        await exchange.response.finish()
      }
    }) { server, url in
      let content = try await call(url)
      #expect(content == [.text("done")])
      let polls = server.requests.filter { $0.method == .get }
      #expect(polls.map { $0.headers["Last-Event-ID"] } == ["1", "2"])
      #expect(
        polls.allSatisfy { $0.headers["Mcp-Session-Id"] == "s1" && $0.headers["MCP-Protocol-Version"] == "2025-11-25" })
      #expect(polls.allSatisfy { $0.headers["Accept"] == "text/event-stream" })
      #expect(server.summary.count { $0 == "POST tools/call" } == 1, "a request is never sent twice for that")
    }
  }

  @Test func notificationsOnBothHalvesReachTheirRequest() async throws {
    let open = Open(nil)
    let heard = Mutex<[Double]>([])
    @Sendable func progress(_ request: Request, _ done: Int) -> JSON {
      Message.notification(
        .init(.progress, ["progressToken": request.id.json, "progress": .number(JSONNumber(done))])
      ).json
    }
    try await ScriptedHTTP.serving({ exchange in
      if exchange.http.method == .get, let request = open.withLock({ $0 }) {
        await exchange.startEvents()
        try await exchange.response.write(event(progress(request, 2), id: "2"))
        try await exchange.response.write(event(request.says("done"), id: "3"))
        return await exchange.response.finish()
      }
      try await exchange.legacy { request in
        open.withLock { $0 = request }
        await exchange.startEvents()
        try await exchange.response.write(event(progress(request, 1), id: "1", retry: 1))
        await exchange.response.finish()
      }
    }) { _, url in
      let request = RequestOptions { step in heard.withLock { $0.append(step.done) } }
      try await Client.connected(to: .http(url), options: options) { client in
        _ = try await client.callTool("x", options: request)
      }
      #expect(heard.withLock { $0 } == [1, 2])
    }
  }

  @Test func attemptsThatMayGoBetterLaterAreRepeatedAndBounded() async throws {
    let gets = Atomic(0)
    for succeeds in [true, false] {
      gets.store(0, ordering: .relaxed)
      let open = Open(nil)
      var options = options
      options.limits.resumptions = 3
      try await ScriptedHTTP.serving({ exchange in
        if exchange.http.method == .get, let request = open.withLock({ $0 }) {
          let number = gets.add(1, ordering: .relaxed).newValue
          guard succeeds, number == 3 else { return await exchange.response.send(503) }
          await exchange.startEvents()
          try await exchange.response.write(event(request.says("done")))
          return await exchange.response.finish()
        }
        try await exchange.legacy { request in
          open.withLock { $0 = request }
          await exchange.startEvents()
          try await exchange.response.write(event(nil, id: "1", retry: 1))
          await exchange.response.finish()
        }
      }) { [options] _, url in
        try await Client.connected(to: .http(url), options: options) { client in
          if succeeds {
            _ = try await client.callTool("x")
          } else {
            let error = await #expect(throws: ClientError.self) { try await client.callTool("x") }
            #expect(error?.httpStatus == 503)
          }
        }
        #expect(gets.load(ordering: .relaxed) == 3)
      }
    }
  }

  @Test(arguments: [405, 404, 400]) func aServerThatTakesNoEventBackIsAnErrorAndTheCallIsNotRepeated(status: Int)
    async throws
  {
    try await ScriptedHTTP.serving({ exchange in
      if exchange.http.method == .get { return await exchange.response.send(HTTPStatus(rawValue: status)) }
      try await exchange.legacy { _ in
        await exchange.startEvents()
        try await exchange.response.write(event(nil, id: "1", retry: 1))
        await exchange.response.finish()
      }
    }) { server, url in
      let error = await #expect(throws: ClientError.self) { try await call(url) }
      #expect(error?.code == (status == 405 ? .disconnected : status == 404 ? .sessionLost : .httpStatus))
      #expect(server.summary.count { $0 == "POST tools/call" } == 1)
    }
  }

  @Test func aServerThatIsGoneIsSaidToHaveBrokenOffTheCall() async throws {
    try await ScriptedHTTP.serving({ exchange in
      if exchange.http.method == .get { return exchange.response.breakOff() }
      try await exchange.legacy { _ in
        await exchange.startEvents()
        try await exchange.response.write(event(nil, id: "1", retry: 1))
        await exchange.response.finish()
      }
    }) { server, url in
      let options = ClientOptions(protocolChoice: .legacy, limits: .init(resumptions: 1))
      let error = await #expect(throws: ClientError.self) {
        try await Client.connected(to: .http(url), options: options) { client in _ = try await client.callTool("x") }
      }
      #expect(error?.code == .disconnected)
      #expect(
        error?.message.contains("broke off before it answered tools/call, and its stream cannot be resumed") == true)
      #expect(server.summary.count { $0 == "POST tools/call" } == 1)
    }
  }

  @Test func withoutAnEventIDThereIsNothingToComeBackTo() async throws {
    try await ScriptedHTTP.serving({ exchange in
      try await exchange.legacy { _ in
        await exchange.startEvents()
        try await exchange.response.write(event(nil, id: "", retry: 1))
        await exchange.response.finish()
      }
    }) { server, url in
      let error = await #expect(throws: ClientError.self) { try await call(url) }
      #expect(error?.code == .disconnected)
      #expect(!server.summary.contains("GET"))
    }
  }

  @Test func theModernEraResumesNothing() async throws {
    try await ScriptedHTTP.serving({ exchange in
      try await exchange.modern { _ in
        await exchange.startEvents()
        try await exchange.response.write(event(nil, id: "1", retry: 1))
        await exchange.response.finish()
      }
    }) { server, url in
      let client = try await Client.connect(to: .http(url))
      let error = await #expect(throws: ClientError.self) { try await client.callTool("x") }
      #expect(error?.code == .disconnected)
      await client.close()
      #expect(server.summary == ["POST server/discover", "POST tools/call"])
    }
  }
}
