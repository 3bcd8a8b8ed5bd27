// SPDX-License-Identifier: Apache-2.0
import EventIO
import MCPRedis
import Observability
import TestSupport
import Testing

struct SubscriptionTests {
  @Test func whatIsPublishedIsHeard() async throws {
    let server = try RedisServer()
    let client = try server.client()
    var news = client.subscribe(to: RedisChannels(["bus", "other"], patterns: ["n*"], shards: ["s"]))
      .makeAsyncIterator()
    #expect(try await news.next() == .listening)
    for channel in ["bus", "nnn"] {
      #expect(try await client.send(RedisCommand("PUBLISH", .text(channel), "hello")).int == 1)
    }
    #expect(try await client.send(RedisCommand("SPUBLISH", .text("s"), "hello")).int == 1)
    let payload = Array("hello".utf8)
    #expect(try await news.next() == .message(RedisMessage(channel: "bus", payload: payload)))
    #expect(try await news.next() == .message(RedisMessage(channel: "nnn", pattern: "n*", payload: payload)))
    #expect(try await news.next() == .message(RedisMessage(channel: "s", payload: payload)))
  }

  @Test func afterALostConnectionItListensAgainAndSaysThatSomethingMayBeMissing() async throws {
    let server = try RedisServer()
    let client = try server.client()
    var news = client.subscribe(to: RedisChannels(["bus"])).makeAsyncIterator()
    #expect(try await news.next() == .listening)
    server.kill()
    try server.start()
    guard case .gap(.reconnected(let time))? = try await news.next() else { throw Unexpected("no gap") }
    #expect(time > .zero)
    #expect(try await client.send(RedisCommand("PUBLISH", "bus", "again")).int == 1)
    #expect(try await news.next() == .message(RedisMessage(channel: "bus", payload: Array("again".utf8))))
  }

  @Test func aConnectionThatIsKilledIsReplaced() async throws {
    let server = try RedisServer()
    let client = try server.client()
    var news = client.subscribe(to: RedisChannels(["bus"])).makeAsyncIterator()
    #expect(try await news.next() == .listening)
    for _ in 0..<3 {
      #expect(try server.ask("CLIENT", "KILL", "TYPE", "pubsub") == "1\n")
      guard case .gap(.reconnected)? = try await news.next() else { throw Unexpected("no gap") }
    }
  }

  @Test func aServerThatFallsSilentIsLeft() async throws {
    let server = try RedisServer()
    let (losses, teller) = AsyncStream.makeStream(of: String.self)
    let logger = Logger(level: .warning) { teller.yield($0.message) }
    let client = try RedisClient(server.configuration { $0.limits.pingTime = .milliseconds(100) }, logger: logger)
    var news = client.subscribe(to: RedisChannels(["bus"])).makeAsyncIterator()
    #expect(try await news.next() == .listening)
    server.pause()
    #expect(await losses.first { _ in true } == "redis subscription lost")
    server.resume()
    guard case .gap(.reconnected)? = try await news.next() else { throw Unexpected("no gap") }
  }

  @Test func whoReadsTooSlowlyIsToldSo() async throws {
    let server = try RedisServer()
    let client = try server.client {
      $0.limits.queuedMessages = 4
      $0.limits.pingTime = .milliseconds(50)
    }
    var news = client.subscribe(to: RedisChannels(["bus"])).makeAsyncIterator()
    #expect(try await news.next() == .listening)
    _ = try await client.send((0..<2000).map { RedisCommand("PUBLISH", "bus", .int($0)) })
    var heard: [RedisNews] = []
    while heard.last != .gap(.overrun), let next = try await news.next() { heard.append(next) }
    #expect(heard.first == .message(RedisMessage(channel: "bus", payload: Array("0".utf8))) && heard.count < 2000)
  }

  @Test func itEndsWithItsClientAndItsReader() async throws {
    let server = try RedisServer()
    let client = try server.client()
    var news = client.subscribe(to: RedisChannels(["bus"])).makeAsyncIterator()
    #expect(try await news.next() == .listening)
    client.close()
    #expect(try await news.next() == nil)

    let other = try server.client()
    do {
      var news = other.subscribe(to: RedisChannels(["bus"])).makeAsyncIterator()
      #expect(try await news.next() == .listening)
    }
    #expect(try await eventually { try server.ask("PUBSUB", "NUMSUB", "bus").contains("\n0") })
    let none = await #expect(throws: RedisError.self) {
      try await other.subscribe(to: RedisChannels()).first { _ in true }
    }
    #expect(none?.code == .invalid)
  }

  @Test func aRefusalIsThrown() async throws {
    let server = try RedisServer(
      ["--user"] + "ada on >topsecret ~* resetchannels +@all".split(separator: " ").map { String($0) })
    let client = try server.client { ($0.user, $0.password) = ("ada", "topsecret") }
    let error = await #expect(throws: RedisError.self) {
      for try await _ in client.subscribe(to: RedisChannels(["bus"])) {}
    }
    #expect(error?.code == .denied && error?.serverCode == "NOPERM")
  }
}
