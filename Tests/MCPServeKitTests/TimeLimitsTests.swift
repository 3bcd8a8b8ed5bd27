// SPDX-License-Identifier: Apache-2.0
import Synchronization
import Testing

@testable import MCPServeKit

struct TimeLimitsTests {
  private let start = ContinuousClock.now

  @Test func withoutProgressTheLimitHolds() {
    var limits = TimeLimits()
    let id = limits.add(limit: .seconds(30), longest: .seconds(100), at: start) { (-.infinity, false) }
    let early = limits.expire(at: start + .seconds(29))
    #expect(early.due.isEmpty && early.pause == .seconds(1))
    let late = limits.expire(at: start + .seconds(30))
    #expect(late.due == [id] && late.pause == nil)
  }

  @Test func progressExtendsTheTimeToABound() {
    final class Work: Sendable { let progress = Mutex(0.0) }
    let work = Work()
    var limits = TimeLimits()
    let id = limits.add(limit: .seconds(30), longest: .seconds(100), at: start) {
      (work.progress.withLock { $0 }, false)
    }
    for second in [20, 45, 70, 95] {
      work.progress.withLock { $0 += 1 }
      let checked = limits.expire(at: start + .seconds(second))
      #expect(checked.due.isEmpty && checked.pause == .seconds(min(30, 100 - second)))
    }
    work.progress.withLock { $0 += 1 }
    let late = limits.expire(at: start + .seconds(100))
    #expect(late.due == [id])
  }

  @Test func noTimePassesWhileSomebodyIsAskedUpToABound() {
    final class Work: Sendable { let isAsking = Mutex(true) }
    let work = Work()
    var limits = TimeLimits()
    let id = limits.add(limit: .seconds(30), longest: .seconds(100), at: start) { (0, work.isAsking.withLock { $0 }) }
    #expect(limits.expire(at: start + .seconds(29)).due.isEmpty)
    let asked = limits.expire(at: start + .seconds(58))
    #expect(asked.due.isEmpty && asked.pause == .seconds(30))
    work.isAsking.withLock { $0 = false }
    #expect(limits.expire(at: start + .seconds(88)).due == [id])
    let other = limits.add(limit: .seconds(30), longest: .seconds(100), at: start) { (0, true) }
    for second in [25, 50, 75] { #expect(limits.expire(at: start + .seconds(second)).due.isEmpty) }
    #expect(limits.expire(at: start + .seconds(100)).due == [other])
  }

  @Test func whatIsRemovedIsNeverDue() {
    var limits = TimeLimits()
    let one = limits.add(limit: .seconds(1), longest: .seconds(1), at: start) { (0, false) }
    let other = limits.add(limit: .seconds(5), longest: .seconds(5), at: start) { (0, false) }
    limits.remove(one)
    let checked = limits.expire(at: start + .seconds(2))
    #expect(checked.due.isEmpty && checked.pause == .seconds(3))
    limits.remove(other)
    let end = limits.expire(at: start + .seconds(2))
    #expect(end.pause == nil)
  }
}
