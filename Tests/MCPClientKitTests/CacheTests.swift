// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore
import Synchronization
import Testing

@testable import MCPClientKit

/// Results that may be used again. Spec: 2026-07-28, server/utilities/caching.
@Suite(.timeLimit(.minutes(1))) struct CacheTests {
  private let start = ContinuousClock.now
  private func result(_ lifetime: JSON, scope: JSON = "private", _ text: String = "") -> JSONObject {
    ["ttlMs": lifetime, "cacheScope": scope, "text": .string(text)]
  }

  @Test func aResultIsUsedWhileItIsFresh() {
    var cache = ResultCache(limit: 2, bytes: 1000)
    cache.keep(result(1000), of: .toolsList, [:], askedAt: start)
    #expect(cache.result(of: .toolsList, [:], at: start.advanced(by: .milliseconds(999))) != nil)
    #expect(cache.result(of: .toolsList, ["cursor": "x"], at: start) == nil, "other parameters are another request")
    #expect(cache.result(of: .promptsList, [:], at: start) == nil)
    #expect(cache.result(of: .toolsList, [:], at: start.advanced(by: .milliseconds(1000))) == nil)
  }

  @Test(arguments: [0, -1, nil, "1000", 1.5] as [JSON]) func whatIsNotFreshIsNotKept(lifetime: JSON) {
    var cache = ResultCache(limit: 2, bytes: 1000)
    cache.keep(result(lifetime), of: .toolsList, [:], askedAt: start)
    cache.keep(result(1000, scope: "shared"), of: .promptsList, [:], askedAt: start)
    cache.keep(result(1000), of: .toolsCall, [:], askedAt: start)
    for method in [Method.toolsList, .promptsList, .toolsCall] {
      #expect(cache.result(of: method, [:], at: start) == nil, "\(method)")
    }
  }

  @Test func theOldestMakeRoom() {
    var cache = ResultCache(limit: 2, bytes: 1000)
    for number in 0..<3 { cache.keep(result(1000), of: .toolsList, ["n": .number(JSONNumber(number))], askedAt: start) }
    #expect(
      (0..<3).map { cache.result(of: .toolsList, ["n": .number(JSONNumber($0))], at: start) != nil } == [
        false, true, true,
      ])
    cache.keep(result(1000, String(repeating: "x", count: 930)), of: .promptsList, [:], askedAt: start)
    #expect(cache.result(of: .toolsList, ["n": 2], at: start) == nil)
    #expect(cache.result(of: .promptsList, [:], at: start) != nil)
    cache.keep(result(1000, String(repeating: "x", count: 1000)), of: .discover, [:], askedAt: start)
    #expect(cache.result(of: .discover, [:], at: start) == nil, "too large for all of it")
  }

  @Test func notificationsMakeResultsStale() {
    var cache = ResultCache(limit: 20, bytes: 10_000)
    let methods = [Method.toolsList, .promptsList, .resourcesList, .resourceTemplatesList]
    for method in methods { cache.keep(result(1000), of: method, [:], askedAt: start) }
    for uri in ["a/", "a/b", "c"] {
      cache.keep(result(1000), of: .resourcesRead, ["uri": .string(uri)], askedAt: start)
    }
    cache.invalidate(.init(.toolsListChanged))
    cache.invalidate(.init(.resourcesListChanged))
    #expect(methods.map { cache.result(of: $0, [:], at: start) != nil } == [false, true, false, false])
    cache.invalidate(.init(.resourcesUpdated, ["uri": "a/b"]))
    #expect(
      ["a/", "a/b", "c"].map { cache.result(of: .resourcesRead, ["uri": .string($0)], at: start) != nil } == [
        false, false, true,
      ])
  }

  @Test func aClientAsksOnceWhileAListIsFresh() async throws {
    let server = ScriptedServer.modern { request in
      request.method == .subscriptionsListen
        ? [
          Message.notification(
            .init(
              .subscriptionsAcknowledged,
              [
                "_meta": .object([MetaKey.subscriptionID: request.id.json]),
                "notifications": ["toolsListChanged": true],
              ])
          ).json
        ]
        : [request.answer(["tools": [], "resultType": "complete", "ttlMs": 60_000, "cacheScope": "private"])]
    }
    func count() -> Int { server.requests.count { $0.method == .toolsList } }
    try await Client.connected(to: server.target) { client in
      for _ in 0..<3 { _ = try await client.listTools() }
      #expect(count() == 1)
      _ = try await client.listTools(options: RequestOptions(ignoresCache: true))
      #expect(count() == 2)
      let subscription = try await client.listen(to: .allLists)
      let id = server.requests.last?.id.json ?? .null
      await server.say(
        Message.notification(.init(.toolsListChanged, ["_meta": .object([MetaKey.subscriptionID: id])])).json)
      for try await _ in subscription { break }
      _ = try await client.listTools()
      #expect(count() == 3)
    }
  }
}
