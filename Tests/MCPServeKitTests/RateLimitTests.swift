// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import Synchronization
import TestSupport
import Testing

@testable import MCPServeKit

/// How often callers may ask.
@Suite struct RateLimitTests {
  private final class Clock: Sendable {
    private let time = Mutex(ContinuousClock.now)
    var now: ContinuousClock.Instant { time.withLock { $0 } }
    func advance(_ time: Duration) { self.time.withLock { $0 += time } }
  }

  private func makeLimiter(_ limits: RateLimit..., buckets: Int = 100) -> (RateLimiter, Clock) {
    let clock = Clock()
    return (RateLimiter(limits, mostBuckets: buckets) { clock.now }, clock)
  }

  @Test func aBucketHoldsItsBurstAndFillsSteadily() {
    let (limiter, clock) = makeLimiter(RateLimit(10, burst: 3))
    for _ in 0..<3 { #expect(limiter.take("ada", tool: nil) == nil) }
    #expect(limiter.take("ada", tool: nil) == .milliseconds(100))
    clock.advance(.milliseconds(99))
    #expect(limiter.take("ada", tool: nil) == .milliseconds(1))
    clock.advance(.milliseconds(1))
    #expect(limiter.take("ada", tool: nil) == nil)
    #expect(limiter.take("ada", tool: nil) != nil)
    clock.advance(.seconds(3600))
    for _ in 0..<3 { #expect(limiter.take("ada", tool: nil) == nil) }
    #expect(limiter.take("ada", tool: nil) != nil, "a long pause fills no more than the burst")
  }

  @Test func callersAndToolsAreCountedApart() {
    let (limiter, _) = makeLimiter(RateLimit(4), RateLimit(1, ofTools: "slow_*"))
    #expect(limiter.take("ada", tool: "slow_a") == nil)
    #expect(limiter.take("ada", tool: "slow_a") != nil)
    #expect(limiter.take("ada", tool: "slow_b") == nil)
    #expect(limiter.take("bob", tool: "slow_a") == nil)
    for _ in 0..<2 { #expect(limiter.take("ada", tool: "quick") == nil, "what was refused was not counted") }
    #expect(limiter.take("ada", tool: nil) != nil)
    #expect(limiter.take("bob", tool: nil) == nil)
  }

  @Test func whatIsGivenBackWasNeverTaken() {
    let (limiter, _) = makeLimiter(RateLimit(1))
    for _ in 0..<5 {
      #expect(limiter.take("ada", tool: "a") == nil)
      limiter.giveBack("ada", tool: "a")
    }
  }

  @Test func theTableOfBucketsIsBoundedAndForgetsFullOnes() {
    let (limiter, clock) = makeLimiter(RateLimit(2), buckets: 10)
    for number in 0..<10 { #expect(limiter.take("caller \(number)", tool: nil) == nil) }
    // Everybody else shares one bucket.
    #expect(limiter.take("stranger 1", tool: nil) == nil)
    #expect(limiter.take("stranger 2", tool: nil) == nil)
    #expect(limiter.take("stranger 3", tool: nil) != nil)
    #expect(limiter.take("caller 1", tool: nil) == nil, "whoever is known is not disturbed")
    clock.advance(.seconds(2))
    for number in 0..<9 { #expect(limiter.take("new \(number)", tool: nil) == nil) }
    #expect(limiter.take("new 0", tool: nil) == nil)
  }

  @Test func toolsThereAreNotShareABucketOfTheirCaller() {
    let (limiter, _) = makeLimiter(RateLimit(2, ofTools: "*"), buckets: 1_000)
    for number in 0..<2 { #expect(limiter.take("ada", tool: "made up \(number)", isKnown: false) == nil) }
    #expect(limiter.take("ada", tool: "made up 2", isKnown: false) != nil)
    limiter.giveBack("ada", tool: "made up 3", isKnown: false)
    #expect(limiter.take("ada", tool: "made up 4", isKnown: false) == nil)
    #expect(limiter.take("ada", tool: "add") == nil, "what there is has its own")
    #expect(limiter.take("bob", tool: "made up 2", isKnown: false) == nil)
    #expect(limiter.bucketCount == 3)
  }

  @Test func aCallerHasSoManyBucketsAndThenOneForTheRest() {
    let clock = Clock()
    let limiter = RateLimiter([RateLimit(1, ofTools: "*")], mostTools: 10) { clock.now }
    for number in 0..<10 { #expect(limiter.take("ada", tool: "tool \(number)") == nil) }
    #expect(limiter.take("ada", tool: "tool 10") == nil)
    for number in 11..<100 { #expect(limiter.take("ada", tool: "tool \(number)") != nil) }
    #expect(limiter.take("bob", tool: "tool 11") == nil, "others lose nothing by it")
    #expect(limiter.bucketCount == 12)
    clock.advance(.seconds(2))
    for number in 100..<110 { #expect(limiter.take("ada", tool: "tool \(number)") == nil) }
    #expect(limiter.bucketCount == 10)
  }

  @Test func madeUpNamesOfToolsTakeNoBucketsOfAServer() async throws {
    let rules = try keyRules { $0.limits = [RateLimit(50, per: .seconds(3600), ofTools: "*")] }
    let authorization = try Authorization(rules)
    try await withSite(authorization: authorization) { site in
      let peer = try site.peer()
      var refused = 0
      for number in 0..<60 {
        let answer = try await peer.askModern(
          "tools/call", ["name": .string("made-up-\(number)")], Keys.header(Keys.ada))
        refused += answer.status == 429 ? 1 : 0
      }
      #expect(refused == 10)
      #expect(authorization.current.limiter.bucketCount == 1)
      let params: JSONObject = ["name": "add", "arguments": ["a": 1]]
      #expect(try await peer.askModern("tools/call", params, Keys.header(Keys.ada)).status == 200)
      #expect(authorization.current.limiter.bucketCount == 2)
    }
  }

  @Test func whoAsksTooOftenIsToldWhenToComeBack() async throws {
    let rules = try keyRules { $0.limits = [RateLimit(3, per: .seconds(3600))] }
    try await withSite(authorization: try Authorization(rules)) { site in
      let peer = try site.peer()
      let params: JSONObject = ["name": "add", "arguments": ["a": 1]]
      for _ in 0..<3 { #expect(try await peer.askModern("tools/call", params, Keys.header(Keys.ada)).status == 200) }
      let refused = try await peer.askModern("tools/call", params, Keys.header(Keys.ada))
      #expect(refused.status == 429)
      let seconds = try #require(refused.headers["retry-after"].flatMap { Int($0) })
      #expect((1...1200).contains(seconds))
      #expect(refused.json?["error"]?["code"] == 429)
      #expect(refused.json?["error"]?["data"]?["retryAfter"]?.int == seconds)
      #expect(try await peer.askModern("tools/call", params, Keys.header(Keys.bob)).status == 200)
      let convenient = try await peer.ask("POST", "/", Keys.header(Keys.ada), body: legacy("tools/list"))
      #expect(convenient.status == 429 && convenient.headers["retry-after"] != nil)
      let old = try await peer.ask(
        "POST", "/mcp", Keys.header(Keys.ada),
        body: legacy("initialize", ["protocolVersion": "2025-11-25", "capabilities": [:]]))
      #expect(old.status == 429 && old.headers["mcp-session-id"] == nil)
    }
  }

  @Test func aServerThatOnlyHasLimitsAsksNobodyWhoTheyAre() async throws {
    var rules = AuthorizationRules()
    rules.limits = [RateLimit(3, per: .seconds(3600))]
    rules.letsAnybodyIn = true
    try await withSite(authorization: try Authorization(rules)) { site in
      let peer = try site.peer()
      for (headers, status) in [
        ([:], 200), (["Authorization": "Bearer for-a-proxy"], 200), (["Authorization": "Bearer"], 200), ([:], 429),
      ] as [([String: String], Int)] {
        #expect(try await peer.askModern("tools/list", [:], headers).status == status)
      }
    }
  }

  @Test func aHandlerThatTakesWaitingIsCountedOnce() async throws {
    let rules = try keyRules { $0.limits = [RateLimit(2, per: .seconds(3600))] }
    try await withSite(authorization: try Authorization(rules)) { site in
      let peer = try site.peer()
      for status in [200, 200, 429] {
        #expect(try await peer.askModern("tools/call", ["name": "report"], Keys.header(Keys.ada)).status == status)
      }
    }
  }

  @Test func overStdioTheLimitIsAnError() async throws {
    var rules = AuthorizationRules()
    rules.limits = [RateLimit(1, per: .seconds(3600))]
    let (client, end) = MemoryChannel.pair()
    let endpoint = ChannelEndpoint(Service(try makeFixture(), authorization: try Authorization(rules)), on: end)
    async let served: Void = endpoint.run()
    for isLet in [true, false] {
      try await client.send(Array(legacy("tools/list").utf8))
      let answer = try JSON(parsing: try #require(await client.receive()))
      #expect((answer["result"] != nil) == isLet && (answer["error"]?["code"] == 429) == !isLet)
    }
    await client.close()
    try await served
  }
}
