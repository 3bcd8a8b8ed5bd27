// SPDX-License-Identifier: Apache-2.0
import MCPCore
import Testing

@testable import MCPClientKit

@Suite struct DeadlineTableTests {
  private let start = ContinuousClock.now
  private func after(_ seconds: Int) -> ContinuousClock.Instant { start.advanced(by: .seconds(seconds)) }

  @Test func progressPutsTheIdleTimeoutOffButNotTheTotalOne() {
    var table = DeadlineTable()
    #expect(table.watch(.number(1), idle: .seconds(10), total: .seconds(25), from: start) == after(10))
    table.keepAlive(.number(1), at: after(9))
    #expect(table.next == after(19))
    #expect(table.expired(at: after(18)).isEmpty)
    table.keepAlive(.number(1), at: after(18))
    #expect(table.next == after(25))
    let expired = table.expired(at: after(25))
    #expect(expired.map(\.id) == [.number(1)])
    #expect(expired.map(\.expiry) == [.total])
    #expect(table.next == nil)
  }

  @Test func silenceIsAnIdleTimeout() {
    var table = DeadlineTable()
    _ = table.watch(.number(1), idle: .seconds(10), total: .seconds(10), from: start)
    _ = table.watch(.number(2), idle: .seconds(30), total: .seconds(20), from: start)
    #expect(table.expired(at: after(10)).map(\.expiry) == [.idle])
    #expect(table.expired(at: after(20)).map(\.expiry) == [.total])
  }

  @Test func whatIsForgottenNeverExpires() {
    var table = DeadlineTable()
    _ = table.watch(.number(1), idle: .seconds(1), total: .seconds(1), from: start)
    table.forget(.number(1))
    table.keepAlive(.number(1), at: start)
    #expect(table.expired(at: after(5)).isEmpty)
  }

  @Test func whileTheServerWaitsForUsOnlyTheWholeTimeCounts() {
    var table = DeadlineTable()
    _ = table.watch(.number(1), idle: .seconds(10), total: .seconds(60), from: start)
    table.hold(at: after(5))
    table.hold(at: after(6))
    #expect(table.watch(.number(2), idle: .seconds(10), total: .seconds(40), from: after(6)) == after(46))
    #expect(table.expired(at: after(30)).isEmpty)
    table.release(at: after(30))
    #expect(table.expired(at: after(41)).isEmpty, "one question is still open")
    table.release(at: after(42))
    #expect(table.expired(at: after(46)).map(\.expiry) == [.total])
    #expect(table.expired(at: after(52)).map(\.expiry) == [.idle], "silence counts anew")
  }
}
