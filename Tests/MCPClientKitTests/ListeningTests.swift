// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import MCPServeKit
import Synchronization
import Testing

@testable import MCPClientKit

/// What servers say unasked, in both eras, from our own server and from scripted ones.
@Suite(.timeLimit(.minutes(1))) struct ListeningTests {
  private func makeServer() throws -> Server {
    try Server(name: "test", version: "1.0") {
      ServerTool("log", "Logs.") { context in
        await context.log(.info, "inside")
        return .text("done")
      }
      ServerResource(Resource(uri: "test://a", name: "a"), text: "a")
    }
  }

  private func exercise(_ client: Client, _ server: Server) async throws {
    let wanted = Interests(toolsChanged: true, resources: ["test://a"], logs: true)
    let subscription = try await client.listen(to: wanted)
    #expect(subscription.honoured == wanted)
    var heard = subscription.makeAsyncIterator()
    server.features.resourceUpdated("test://a")
    #expect(try await heard.next() == .resourceUpdated(uri: "test://a"))
    server.features.unregister(prompt: "none")
    try server.features.register(ServerTool("more", "More.") { _ in .text("") })
    #expect(try await heard.next() == .toolsChanged)
    try await client.setLogLevel(.info)
    _ = try await client.callTool("log")
    guard case .log(let line)? = try await heard.next() else { throw ChannelClosed() }
    #expect(line.data == "inside")
    #expect(line.level == .info)

    let other = try await client.listen(to: Interests(resources: ["test://a"]))
    await subscription.cancel()
    #expect(try await heard.next() == nil, "a cancelled subscription ends")
    var others = other.makeAsyncIterator()
    server.features.resourceUpdated("test://a")
    #expect(try await others.next() == .resourceUpdated(uri: "test://a"), "the other goes on")
    await other.cancel()
  }

  @Test(arguments: [Revision.v20250618, .v20251125, .v20260728]) func inMemory(revision: Revision) async throws {
    let server = try makeServer()
    let (ours, theirs) = MemoryChannel.pair()
    async let served: Void = ChannelEndpoint(Service(server), on: theirs).run()
    let options = ClientOptions.watched(.revision(revision))
    try await Client.connected(to: .channel(ours), options: options) { try await exercise($0, server) }
    try await served
  }

  @Test(arguments: [Revision.v20250326, .v20251125, .v20260728]) func overHTTP(revision: Revision) async throws {
    let server = try makeServer()
    let (ports, tell) = AsyncStream.makeStream(of: UInt16.self)
    let service = Service(server)
    let serving = Task {
      try await service.serve(.http(HTTPOptions(host: "127.0.0.1", port: 0))) { tell.yield($0.port) }
    }
    for await port in ports {
      let options = ClientOptions.watched(.revision(revision))
      do {
        try await Client.connected(to: .http("http://127.0.0.1:\(port)/mcp"), options: options) {
          try await exercise($0, server)
        }
      } catch { Issue.record(error) }
      break
    }
    serving.cancel()
    try? await serving.value
  }

  // Modern

  private func listenOnce(
    _ exchange: ScriptedHTTP.Exchange, _ request: Request, _ body: (_ meta: JSON) async throws -> Void
  ) async throws {
    let meta = JSON.object([MetaKey.subscriptionID: request.id.json])
    await exchange.startEvents()
    try await exchange.event(
      Message.notification(
        .init(.subscriptionsAcknowledged, ["_meta": meta, "notifications": request.params["notifications"] ?? .null])
      ).json)
    try await body(meta)
  }

  @Test func aStreamThatBreaksIsOpenedAgain() async throws {
    let streams = Atomic(0)
    try await ScriptedHTTP.serving({ exchange in
      try await exchange.modern { request in
        let number = streams.add(1, ordering: .relaxed).newValue
        try await listenOnce(exchange, request) { meta in
          try await exchange.event(Message.notification(.init(.toolsListChanged, ["_meta": meta])).json)
          if number == 2 { await exchange.untilDisconnected() }
        }
        await exchange.response.finish()
      }
    }) { server, url in
      try await Client.connected(to: .http(url)) { client in
        let subscription = try await client.listen(to: .allLists)
        var heard = subscription.makeAsyncIterator()
        for expected in [ServerNotification.toolsChanged, .interrupted, .toolsChanged] {
          let said = try await heard.next()
          #expect(said == expected)
        }
        await subscription.cancel()
      }
      let ids = server.requests.compactMap { (try? JSON(parsing: $0.body))?["id"] }
      #expect(Set(ids).count == 3, "each stream has its own id")
    }
  }

  @Test(arguments: [true, false]) func aServerMayEndAStreamPolitely(byResult: Bool) async throws {
    try await ScriptedHTTP.serving({ exchange in
      try await exchange.modern { request in
        try await listenOnce(exchange, request) { meta in
          let end =
            byResult
            ? request.answer(["_meta": meta, "resultType": "complete"])
            : Message.notification(.init(.cancelled, ["requestId": request.id.json])).json
          try await exchange.event(end)
          await exchange.untilDisconnected()
        }
      }
    }) { _, url in
      try await Client.connected(to: .http(url)) { client in
        let subscription = try await client.listen(to: .allLists)
        var heard = subscription.makeAsyncIterator()
        #expect(try await heard.next() == nil)
      }
    }
  }

  @Test func aServerThatListensToNothingIsAnError() async throws {
    let server = ScriptedServer.modern { [$0.refusal(.methodNotFound($0.method))] }
    try await Client.connected(to: server.target) { client in
      let error = await #expect(throws: ClientError.self) { try await client.listen(to: .allLists) }
      #expect(error?.rpcError?.code == .methodNotFound)
    }
  }

  @Test func aServerThatAcknowledgesNothingIsLeft() async throws {
    let server = ScriptedServer.modern()
    let options = ClientOptions(timeouts: .init(opening: .milliseconds(50)))
    try await Client.connected(to: server.target, options: options) { client in
      let error = await #expect(throws: ClientError.self) { try await client.listen(to: .allLists) }
      #expect(error?.code == .timeout)
      _ = await server.hears(.cancelled)
    }
  }

  @Test func eachStreamHearsItsOwn() async throws {
    let server = ScriptedServer.modern { request in
      [
        Message.notification(
          .init(
            .subscriptionsAcknowledged,
            ["_meta": .object([MetaKey.subscriptionID: request.id.json]), "notifications": ["toolsListChanged": true]]
          )
        ).json
      ]
    }
    try await Client.connected(to: server.target) { client in
      let one = try await client.listen(to: .allLists)
      let two = try await client.listen(to: .allLists)
      #expect(one.honoured == Interests(toolsChanged: true), "the honoured subset can be compared")
      let ids = server.requests.suffix(2).map(\.id.json)
      for (id, method) in zip(ids, [Method.toolsListChanged, .promptsListChanged]) {
        await server.say(Message.notification(.init(method, ["_meta": .object([MetaKey.subscriptionID: id])])).json)
      }
      var (first, second) = (one.makeAsyncIterator(), two.makeAsyncIterator())
      #expect(try await first.next() == .toolsChanged)
      #expect(try await second.next() == .promptsChanged)
      await one.cancel()
      let cancelled = await server.hears(.cancelled)
      #expect(cancelled.params["requestId"] == ids[0])
      await two.cancel()
    }
  }

  // Legacy

  @Test func aSessionThatIsGoneIsOpenedAgainWithItsSubscriptions() async throws {
    let sessions = Atomic(0)
    let gone = Mutex<(@Sendable () -> Void)?>(nil)
    try await ScriptedHTTP.serving({ exchange in
      let isOpening = exchange.request?.method == .initialize
      let session = "s\(isOpening ? sessions.add(1, ordering: .relaxed).newValue : sessions.load(ordering: .relaxed))"
      guard
        isOpening || exchange.http.headers["Mcp-Session-Id"] == nil
          || exchange.http.headers["Mcp-Session-Id"] == session
      else { return await exchange.response.send(404) }
      if exchange.http.method == .get {
        await exchange.startEvents()
        if session == "s1" {
          let (ends, end) = AsyncStream.makeStream(of: Void.self)
          gone.withLock { $0 = { end.finish() } }
          for await _ in ends {}
          sessions.add(1, ordering: .relaxed)  // a restart: the old session is unknown
          return await exchange.response.finish()
        }
        try await exchange.event(Message.notification(.init(.resourcesUpdated, ["uri": "test://a"])).json)
        return await exchange.untilDisconnected()
      }
      switch exchange.message {
      case .request(let request) where request.method == .initialize:
        var handshake = ScriptedServer.handshake("2025-11-25").object ?? [:]
        handshake["capabilities"] = ["resources": ["subscribe": true]]
        await exchange.answer(request.answer(.object(handshake)), headers: ["Mcp-Session-Id": session])
      case .request(let request): await exchange.answer(request.answer([:]))
      default: await exchange.response.send(202)
      }
    }) { server, url in
      let options = ClientOptions(protocolChoice: .legacy)
      try await Client.connected(to: .http(url), options: options) { client in
        let subscription = try await client.listen(to: Interests(resources: ["test://a"]))
        var heard = subscription.makeAsyncIterator()
        gone.withLock { $0 }?()
        let said = [try await heard.next(), try await heard.next()]
        #expect(Set(said) == [.interrupted, .resourceUpdated(uri: "test://a")])
        #expect(client.negotiated.sessionID == "s3")
      }
      #expect(server.summary.count { $0 == "POST resources/subscribe" } == 2)
      #expect(server.summary.count { $0 == "POST initialize" } == 2)
    }
  }

  @Test func resourcesAreSubscribedToOnceHoweverManyListen() async throws {
    let server = ScriptedServer { message in
      guard case .request(let request) = message else { return [] }
      guard request.method == .initialize else { return [request.answer([:])] }
      var handshake = ScriptedServer.handshake("2025-11-25").object ?? [:]
      handshake["capabilities"] = ["resources": ["subscribe": true]]
      return [request.answer(.object(handshake))]
    }
    let options = ClientOptions(protocolChoice: .legacy)
    try await Client.connected(to: server.target, options: options) { client in
      let one = try await client.listen(to: Interests(toolsChanged: true, resources: ["a", "b"]))
      let two = try await client.listen(to: Interests(resources: ["b"]))
      #expect(one.honoured == Interests(resources: ["a", "b"]), "the server does not tell of tools")
      await one.cancel()
      await two.cancel()
    }
    #expect(
      server.requests.dropFirst().map { "\($0.method) \($0.params["uri"]?.string ?? "")" } == [
        "resources/subscribe a", "resources/subscribe b", "resources/unsubscribe a", "resources/unsubscribe b",
      ])
  }

  @Test func aSubscriberThatDoesNotKeepUpLosesTheOldest() async throws {
    let feed = Feed(Interests(resources: ["r"]), limit: 2, logger: .silent)
    for number in 0..<5 { feed.tell(.resourceUpdated(uri: "r\(number)")) }
    feed.tell(.toolsChanged)
    feed.finish()
    var heard: [ServerNotification] = []
    for try await said in feed.stream { heard.append(said) }
    #expect(heard == [.resourceUpdated(uri: "r3"), .resourceUpdated(uri: "r4")])
  }
}
