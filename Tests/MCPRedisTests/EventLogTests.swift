// SPDX-License-Identifier: Apache-2.0
import MCPServeKit
import TestSupport
import Testing

@testable import MCPRedis

/// What every event log promises. A new log is one more case of `Kind`.
struct EventLogTests {
  enum Kind: CaseIterable {
    case memory, redis

    /// A log, and what it needs to live.
    func make(
      _ limits: ServeLimits = ServeLimits(), _ time: PassingTime = PassingTime()
    ) throws -> (any EventLog, any Sendable) {
      switch self {
      case .memory: return (MemoryEventLog(limits: limits, now: { time.now }), 0)
      case .redis:
        let server = try RedisServer()
        return (
          RedisEventLog(try server.client(), prefix: "mcp", limits: { limits }, shift: { time.passed }), server
        )
      }
    }
  }

  private let one = Session.ID(rawValue: "one")
  private let other = Session.ID(rawValue: "other")

  private func text(_ events: LoggedEvents?) -> [String]? {
    events?.events.map { String(decoding: $0.message, as: UTF8.self) }
  }

  private func say(_ log: any EventLog, _ words: String..., on stream: String = "g") async throws -> [EventID] {
    var ids: [EventID] = []
    for word in words { ids.append(try await log.append(Array(word.utf8), to: stream, of: one)) }
    return ids
  }

  @Test(arguments: Kind.allCases)
  func whatCameAfterAnEventIsRead(_ kind: Kind) async throws {
    let (log, server) = try kind.make()
    defer { withExtendedLifetime(server) {} }
    let ids = try await say(log, "a", "b", "c", "d")
    #expect(Set(ids).count == 4)
    let all = try await log.events(after: EventID.start, on: "g", of: one, limit: 10)
    #expect(text(all) == ["a", "b", "c", "d"])
    #expect(all?.isComplete == true)
    #expect(all?.isClosed == false)
    let piece = try await log.events(after: ids[0].position, on: "g", of: one, limit: 2)
    #expect(text(piece) == ["b", "c"])
    #expect(piece?.events.map(\.id) == Array(ids[1...2]))
    let rest = try await log.events(after: try #require(piece?.position), on: "g", of: one, limit: 2)
    #expect(text(rest) == ["d"])
    let none = try await log.events(after: try #require(rest?.position), on: "g", of: one, limit: 2)
    #expect(text(none) == [])
    #expect(none?.position == ids[3].position)
    #expect(try await log.newest(on: "g", of: one) == ids[3].position)
  }

  @Test(arguments: Kind.allCases)
  func streamsAndSessionsAreKeptApart(_ kind: Kind) async throws {
    let (log, server) = try kind.make()
    defer { withExtendedLifetime(server) {} }
    _ = try await say(log, "general")
    _ = try await say(log, "reply", on: "r1")
    _ = try await log.append(Array("foreign".utf8), to: "r1", of: other)
    #expect(text(try await log.events(after: EventID.start, on: "r1", of: one, limit: 9)) == ["reply"])
    #expect(text(try await log.events(after: EventID.start, on: "g", of: one, limit: 9)) == ["general"])
    #expect(try await log.events(after: EventID.start, on: "g", of: other, limit: 9) == nil)
    #expect(try await log.events(after: EventID.start, on: "r2", of: one, limit: 9) == nil)
    #expect(try await log.newest(on: "g", of: other) == EventID.start)
  }

  @Test(arguments: Kind.allCases)
  func aStreamIsKnownWhileItIsOpenOrKept(_ kind: Kind) async throws {
    let time = PassingTime()
    let (log, server) = try kind.make(ServeLimits(), time)
    defer { withExtendedLifetime(server) {} }
    try await log.open("r1", of: one)
    #expect(text(try await log.events(after: EventID.start, on: "r1", of: one, limit: 9)) == [])
    _ = try await say(log, "end", on: "r1")
    try await log.close("r1", of: one)
    let events = try await log.events(after: EventID.start, on: "r1", of: one, limit: 9)
    #expect(text(events) == ["end"])
    #expect(events?.isClosed == true)
    time.advance(by: .seconds(300))
    try await log.sweep()
    #expect(try await log.events(after: EventID.start, on: "r1", of: one, limit: 9) == nil)
    try await log.open("r2", of: one)
    try await log.close("r2", of: one)
    #expect(try await log.events(after: EventID.start, on: "r2", of: one, limit: 9) == nil)
  }

  @Test(arguments: Kind.allCases)
  func theOldestIsForgottenAndTheGapIsKnown(_ kind: Kind) async throws {
    var limits = ServeLimits()
    limits.loggedEvents = 3
    let (log, server) = try kind.make(limits)
    defer { withExtendedLifetime(server) {} }
    try await log.open("g", of: one)
    let ids = try await say(log, "a", "b", "c", "d", "e")
    let all = try await log.events(after: ids[0].position, on: "g", of: one, limit: 9)
    #expect(text(all) == ["c", "d", "e"])
    #expect(all?.isComplete == false)
    #expect(try await log.events(after: ids[1].position, on: "g", of: one, limit: 9)?.isComplete == true)
  }

  @Test(arguments: Kind.allCases)
  func whatIsTooOldIsForgottenThoughTheStreamIsOpen(_ kind: Kind) async throws {
    let time = PassingTime()
    var limits = ServeLimits()
    limits.loggedTime = .seconds(10)
    let (log, server) = try kind.make(limits, time)
    defer { withExtendedLifetime(server) {} }
    try await log.open("g", of: one)
    let ids = try await say(log, "a")
    time.advance(by: .seconds(9))
    _ = try await say(log, "b")
    time.advance(by: .seconds(1))
    try await log.sweep()
    #expect(text(try await log.events(after: ids[0].position, on: "g", of: one, limit: 9)) == ["b"])
    time.advance(by: .seconds(10))
    try await log.sweep()
    let gone = try await log.events(after: ids[0].position, on: "g", of: one, limit: 9)
    #expect(text(gone) == [])
    #expect(gone?.isComplete == false)
    // Whoever goes on from there has missed nothing more.
    let position = try #require(gone?.position)
    #expect(try await log.events(after: position, on: "g", of: one, limit: 9)?.isComplete == true)
  }

  @Test(arguments: Kind.allCases)
  func bytesAreBoundedPerSessionAndInAll(_ kind: Kind) async throws {
    var limits = ServeLimits()
    limits.loggedBytes = 10
    limits.logBytes = 14
    let (log, server) = try kind.make(limits)
    defer { withExtendedLifetime(server) {} }
    _ = try await say(log, "12345", "67890")
    #expect(try await log.events(after: EventID.start, on: "g", of: one, limit: 9)?.events.count == 2)
    _ = try await say(log, "1")
    #expect(text(try await log.events(after: EventID.start, on: "g", of: one, limit: 9)) == ["67890", "1"])
    // What all sessions together keep in Redis is for Redis to limit.
    guard kind == .memory else { return }
    _ = try await log.append(Array("a much longer one".utf8), to: "g", of: other)
    #expect(try await log.events(after: EventID.start, on: "g", of: one, limit: 9) == nil)
    #expect(try await log.events(after: EventID.start, on: "g", of: other, limit: 9) == nil, "too large for all")
    _ = try await log.append(Array("fits in all".utf8), to: "g", of: other)
    #expect(text(try await log.events(after: EventID.start, on: "g", of: other, limit: 9)) == ["fits in all"])
  }

  @Test(arguments: Kind.allCases)
  func aForgottenSessionLeavesNothing(_ kind: Kind) async throws {
    let (log, server) = try kind.make()
    defer { withExtendedLifetime(server) {} }
    _ = try await say(log, "a")
    try await log.forget(one)
    #expect(try await log.events(after: EventID.start, on: "g", of: one, limit: 9) == nil)
    if let memory = log as? MemoryEventLog { #expect(memory.byteCount == 0) }
    #expect(try await say(log, "b")[0].position != EventID.start)
  }

  @Test(arguments: [
    "", ".", "g.", ".1", "g", "g 1", "g.1 ", "g.1\n", "../g.1", String(repeating: "g", count: 128) + ".1",
  ])
  func whatIsNoEventIDIsNotReadAsOne(_ text: String) {
    #expect(EventID(text) == nil)
  }

  @Test func anEventIDIsReadAsItIsWritten() {
    let id = EventID(stream: "r1x", position: "1700000000000-3")
    #expect(EventID(id.description) == id)
  }
}
