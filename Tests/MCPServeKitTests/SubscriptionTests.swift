// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore
import TestSupport
import Testing

@testable import MCPServeKit

private func subscribe(_ uri: String, _ method: String = "resources/subscribe") -> String {
  #"{"jsonrpc":"2.0","id":5,"method":"\#(method)","params":{"uri":"\#(uri)"}}"#
}

struct SubscriptionTests {
  /// Opens a session with a stream.
  private func listen(
    _ site: Site, _ version: String = "2025-06-18"
  ) async throws -> (peer: HTTPPeer, stream: HTTPPeer, session: [String: String]) {
    let peer = try site.peer()
    let session = ["Mcp-Session-Id": try await site.initialize(version, peer)]
    let stream = try site.peer()
    try await stream.send("GET", "/mcp", session)
    _ = try await stream.head()
    return (peer, stream, session)
  }

  @Test(arguments: ["2025-03-26", "2025-06-18", "2025-11-25"])
  func whoSubscribedIsTold(_ version: String) async throws {
    try await withSite { site in
      let (peer, stream, session) = try await listen(site, version)
      let (_, other, _) = try await listen(site, version)
      #expect(try await peer.ask("POST", "/mcp", session, body: subscribe("test://text")).json?["result"] == [:])
      site.server.features.resourceUpdated("test://text")
      let event = try await stream.message()
      #expect(event["method"] == "notifications/resources/updated")
      #expect(event["params"] == ["uri": "test://text"])
      // Whatever else the other is told, this comes later.
      site.server.features.unregister(tool: "fail")
      #expect(try await other.message()["method"] == "notifications/tools/list_changed")
    }
  }

  @Test func aFolderStandsForWhatIsInIt() async throws {
    try await withSite { site in
      let (peer, stream, session) = try await listen(site)
      #expect(try await peer.ask("POST", "/mcp", session, body: subscribe("test://item/a")).json?["result"] == [:])
      for uri in ["test://item/ab", "test://item", "test://item/a/b/c"] { site.server.features.resourceUpdated(uri) }
      #expect(try await stream.message()["params"] == ["uri": "test://item/a/b/c"])
    }
  }

  @Test func whoUnsubscribedIsToldNoMore() async throws {
    try await withSite { site in
      let (peer, stream, session) = try await listen(site)
      _ = try await peer.ask("POST", "/mcp", session, body: subscribe("test://text"))
      _ = try await peer.ask("POST", "/mcp", session, body: subscribe("test://text", "resources/unsubscribe"))
      site.server.features.resourceUpdated("test://text")
      site.server.features.unregister(tool: "fail")
      #expect(try await stream.message()["method"] == "notifications/tools/list_changed")
    }
  }

  @Test func subscriptionsOutliveAnIdlePeer() async throws {
    try await withSite { site in
      let peer = try site.peer()
      let session = ["Mcp-Session-Id": try await site.initialize("2025-06-18", peer)]
      _ = try await peer.ask("POST", "/mcp", session, body: subscribe("test://text"))
      for _ in 0..<2 { await site.site.beat() }
      let stream = try site.peer()
      try await stream.send("GET", "/mcp", session)
      _ = try await stream.head()
      site.server.features.resourceUpdated("test://text")
      #expect(try await stream.message()["params"] == ["uri": "test://text"])
    }
  }

  @Test func aSessionHasABoundedNumberOfSubscriptions() async throws {
    var limits = ServeLimits()
    limits.subscriptions = 2
    limits.subscribedURI = 20
    try await withSite(limits: limits) { site in
      let peer = try site.peer()
      let session = ["Mcp-Session-Id": try await site.initialize("2025-06-18", peer)]
      for uri in ["test://item/1", "test://item/2", "test://item/2"] {
        #expect(try await peer.ask("POST", "/mcp", session, body: subscribe(uri)).json?["result"] == [:])
      }
      let refused = try await peer.ask("POST", "/mcp", session, body: subscribe("test://item/3"))
      #expect(refused.json?["error"]?["code"] == -32600)
      let long = try await peer.ask("POST", "/mcp", session, body: subscribe("test://item/123456789"))
      #expect(long.json?["error"]?["code"] == -32602)
      _ = try await peer.ask("POST", "/mcp", session, body: subscribe("test://item/1", "resources/unsubscribe"))
      #expect(try await peer.ask("POST", "/mcp", session, body: subscribe("test://item/3")).json?["result"] == [:])
    }
  }

  @Test func aSubscriberOverAChannelIsTold() async throws {
    let (client, end) = MemoryChannel.pair()
    let server = try makeFixture()
    let endpoint = ChannelEndpoint(Service(server), on: end)
    try await withThrowingTaskGroup { group in
      group.addTask { try await endpoint.run() }
      for text in [
        #"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2024-11-05","capabilities":{}}}"#,
        #"{"jsonrpc":"2.0","method":"notifications/initialized"}"#, subscribe("test://text"),
      ] { try await client.send(Array(text.utf8)) }
      for _ in 0..<2 { _ = await client.receive() }
      server.features.resourceUpdated("test://item/1")
      server.features.resourceUpdated("test://text")
      let said = try JSON(parsing: try #require(await client.receive()))
      #expect(said["params"] == ["uri": "test://text"])
      await client.close()
      try await group.waitForAll()
    }
  }

  @Test func aLogLineOfNoRequestReachesThoseWhoWantItsLevel() async throws {
    try await withSite { site in
      let (peer, stream, session) = try await listen(site)
      site.server.log(.debug, "not heard")
      site.server.log(.info, "heard", from: "fixture")
      let line = try await stream.message()
      #expect(line["method"] == "notifications/message")
      #expect(line["params"] == ["level": "info", "data": "heard", "logger": "fixture"])
      _ = try await peer.ask(
        "POST", "/mcp", session,
        body: #"{"jsonrpc":"2.0","id":1,"method":"logging/setLevel","params":{"level":"error"}}"#)
      site.server.log(.warning, "not heard")
      site.server.log(.error, "heard again")
      #expect(try await stream.message()["params"] == ["level": "error", "data": "heard again"])
    }
  }

  @Test func aPeerIsToldNothingBeforeItIsInitialized() {
    let peer = Peer()
    let news = News(Announcement.listChanged(.tools))
    let handshake = Handshake(revision: .v20250618)
    peer.endInitialize(handshake)
    #expect(!peer.wants(news))
    peer.confirm()
    #expect(peer.wants(news))
  }

  @Test func whatWaitsToBeSaidIsSaidOnceAndBounded() async throws {
    let features = try FeatureSet()
    let announcements = Announcements(of: features, limit: 3)
    features.resourceUpdated("a:1")
    features.resourceUpdated("a:2")
    features.resourceUpdated("a:1")
    #expect(await announcements.next()?.map(\.uris) == [["a:1"], ["a:2"]])
    for number in 0..<5 { features.resourceUpdated("a:\(number)") }
    #expect(await announcements.next()?.map(\.uris) == [["a:2"], ["a:3"], ["a:4"]])
    announcements.end()
    features.resourceUpdated("a:9")
    #expect(await announcements.next()?.isEmpty == nil)
  }

  @Test func discoveryNamesTheRevisionsThatAreServed() async throws {
    let service = Service(try makeFixture(), revisions: [.v20250618, .v20260728])
    let conversation = Conversation(service: service, peer: Peer(), principal: nil, assumed: nil)
    let meta: JSON = [
      "io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": [:],
    ]
    let response = await conversation.answer(
      Request(id: .number(1), method: .discover, params: ["_meta": meta]), telling: NoSink())
    #expect(try response?.outcome.get()["supportedVersions"] == ["2026-07-28", "2025-06-18"])
  }
}
