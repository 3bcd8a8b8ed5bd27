// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import TestSupport
import Testing

@testable import MCPServeKit

/// `subscriptions/listen` of revision 2026-07-28.
struct ListenTests {
  private let all: JSONObject = [
    "notifications": [
      "toolsListChanged": true, "promptsListChanged": true, "resourcesListChanged": true,
      "resourceSubscriptions": ["test://text"],
    ]
  ]

  private func listen(_ site: Site, _ params: JSONObject, id: JSON = 1) async throws -> HTTPPeer {
    let stream = try site.peer()
    let request = modern("subscriptions/listen", params, id: id)
    try await stream.send("POST", "/mcp", request.headers, body: request.body)
    let head = try await stream.head()
    #expect(head.status == 200)
    #expect(head.headers["content-type"] == "text/event-stream")
    #expect(head.headers["x-accel-buffering"] == "no")
    return stream
  }

  private func meta(_ id: JSON) -> JSON { ["io.modelcontextprotocol/subscriptionId": id] }

  @Test(arguments: [1, "one"] as [JSON])
  func theAcknowledgementComesFirstAndEverythingNamesTheSubscription(_ id: JSON) async throws {
    try await withSite { site in
      let stream = try await listen(site, all, id: id)
      let first = try await stream.message()
      #expect(first["method"] == "notifications/subscriptions/acknowledged")
      #expect(first["params"]?["_meta"] == meta(id))
      #expect(matches(first["params"]?["notifications"] ?? .null, all["notifications"] ?? .null))
      site.server.features.unregister(tool: "fail")
      site.server.features.unregister(prompt: "ask")
      site.server.features.resourceUpdated("test://text")
      for method in ["tools/list_changed", "prompts/list_changed", "resources/updated"] {
        let said = try await stream.message()
        #expect(said["method"] == .string("notifications/\(method)"))
        #expect(said["params"]?["_meta"] == meta(id))
      }
    }
  }

  @Test func onlyWhatWasAskedForIsSaid() async throws {
    try await withSite { site in
      let tools = try await listen(site, ["notifications": ["toolsListChanged": true]])
      let resource = try await listen(site, ["notifications": ["resourceSubscriptions": ["test://item/1"]]])
      for stream in [tools, resource] { _ = try await stream.message() }
      site.server.features.unregister(prompt: "ask")
      site.server.features.resourceUpdated("test://text")
      site.server.log(.emergency, "of no request")
      site.server.features.resourceUpdated("test://item/1")
      site.server.features.unregister(tool: "fail")
      #expect(try await tools.message()["method"] == "notifications/tools/list_changed")
      #expect(try await resource.message()["params"]?["uri"] == "test://item/1")
    }
  }

  @Test func whatIsNotOfferedIsNotHonoured() async throws {
    let server = try Server(name: "s", version: "1") { ServerTool("t", "") { _ in .text("") } }
    try await withSite(server) { site in
      let stream = try await listen(site, all)
      #expect(try await stream.message()["params"]?["notifications"] == ["toolsListChanged": true])
    }
  }

  @Test func theServerEndsASubscriptionWithItsResult() async throws {
    try await withSite { site in
      let stream = try await listen(site, all, id: "last")
      _ = try await stream.message()
      async let stopped: Void = site.http.shutdown(within: .seconds(10))
      let end = try await stream.message()
      #expect(end["id"] == "last")
      #expect(end["result"]?["resultType"] == "complete")
      #expect(end["result"]?["_meta"]?["io.modelcontextprotocol/subscriptionId"] == "last")
      #expect(end["result"]?["_meta"]?["io.modelcontextprotocol/serverInfo"]?["name"] == "fixture")
      #expect(try await stream.chunk() == "")
      await stopped
    }
  }

  @Test func theStreamsAreBoundedAndLeavingMakesRoom() async throws {
    var limits = ServeLimits()
    limits.sessions = 1
    try await withSite(limits: limits) { site in
      var stream: HTTPPeer? = try await listen(site, all)
      _ = try await stream?.message()
      let request = modern("subscriptions/listen", all)
      let refused = try await site.peer().ask("POST", "/mcp", request.headers, body: request.body)
      #expect(refused.status == 503)
      #expect(refused.headers["retry-after"] == "10")
      stream = nil
      let peer = try site.peer()
      var status = 503
      let end = ContinuousClock.now + .seconds(10)
      while status == 503, .now < end {
        try await peer.send("POST", "/mcp", request.headers, body: request.body)
        let head = try await peer.head()
        status = head.status
        if status == 503, let length = head.headers["content-length"].flatMap({ Int($0) }) {
          try await peer.skip(length)
        }
      }
      #expect(status == 200)
    }
  }

  @Test(
    arguments: [
      ["notifications": ["resourceSubscriptions": ["a:1", "a:2", "a:3"]]],
      ["notifications": ["resourceSubscriptions": ["a:12345678901234567890"]]],
      ["notifications": ["resourceSubscriptions": "a:1"]], ["notifications": 1],
    ] as [JSONObject])
  func whatIsTooMuchOrMalformedIsRefused(_ params: JSONObject) async throws {
    var limits = ServeLimits()
    limits.subscriptions = 2
    limits.subscribedURI = 20
    try await withSite(limits: limits) { site in
      let request = modern("subscriptions/listen", params)
      let answer = try await site.peer().ask("POST", "/mcp", request.headers, body: request.body)
      #expect(answer.json?["error"]?["code"] == -32602)
    }
  }

  @Test func aClientThatReadsNoEventsCannotListen() async throws {
    try await withSite { site in
      let request = modern("subscriptions/listen", all)
      var headers = request.headers
      headers["Accept"] = "application/json"
      let answer = try await site.peer().ask("POST", "/mcp", headers, body: request.body)
      #expect(answer.status == 406)
    }
  }

  @Test func overAChannelSubscriptionsAreToldApartAndEndWithTheInput() async throws {
    let (client, end) = MemoryChannel.pair()
    let server = try makeFixture()
    let endpoint = ChannelEndpoint(Service(server), on: end)
    try await withThrowingTaskGroup { group in
      group.addTask { try await endpoint.run() }
      func receive() async throws -> JSON { try JSON(parsing: try #require(await client.receive())) }
      for (id, kind) in [(1, "toolsListChanged"), (2, "promptsListChanged")] as [(JSON, String)] {
        let params: JSONObject = ["notifications": .object(JSONObject([.init(name: kind, value: true)]))]
        try await client.send(Array(modern("subscriptions/listen", params, id: id).body.utf8))
        #expect(try await receive()["params"]?["_meta"] == meta(id))
      }
      server.features.unregister(prompt: "ask")
      #expect(try await receive()["params"]?["_meta"] == meta(2))
      server.features.unregister(tool: "fail")
      #expect(try await receive()["params"]?["_meta"] == meta(1))
      group.cancelAll()
      var ended: Set<JSON> = []
      for _ in 0..<2 {
        let result = try await receive()
        #expect(result["result"]?["_meta"]?["io.modelcontextprotocol/subscriptionId"] == result["id"])
        if let id = result["id"] { ended.insert(id) }
      }
      #expect(ended == [1, 2])
      try? await group.waitForAll()
    }
  }
}
