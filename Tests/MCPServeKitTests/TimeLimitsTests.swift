// SPDX-License-Identifier: Apache-2.0
import Synchronization
import Testing

@testable import MCPServeKit

struct TimeLimitsTests {
  private let start = ContinuousClock.now

  @Test func withoutProgressTheLimitHolds() {
    var limits = TimeLimits()
    let id = limits.add(limit: .seconds(30), longest: .seconds(100), at: start) { -.infinity }
    let early = limits.expire(at: start + .seconds(29))
    #expect(early.due.isEmpty && early.pause == .seconds(1))
    let late = limits.expire(at: start + .seconds(30))
    #expect(late.due == [id] && late.pause == nil)
  }

  @Test func progressExtendsTheTimeToABound() {
    final class Work: Sendable { let progress = Mutex(0.0) }
    let work = Work()
    var limits = TimeLimits()
    let id = limits.add(limit: .seconds(30), longest: .seconds(100), at: start) { work.progress.withLock { $0 } }
    for second in [20, 45, 70, 95] {
      work.progress.withLock { $0 += 1 }
      let checked = limits.expire(at: start + .seconds(second))
      #expect(checked.due.isEmpty && checked.pause == .seconds(min(30, 100 - second)))
    }
    work.progress.withLock { $0 += 1 }
    let late = limits.expire(at: start + .seconds(100))
    #expect(late.due == [id])
  }

  @Test func whatIsRemovedIsNeverDue() {
    var limits = TimeLimits()
    let one = limits.add(limit: .seconds(1), longest: .seconds(1), at: start) { 0 }
    let other = limits.add(limit: .seconds(5), longest: .seconds(5), at: start) { 0 }
    limits.remove(one)
    let checked = limits.expire(at: start + .seconds(2))
    #expect(checked.due.isEmpty && checked.pause == .seconds(3))
    limits.remove(other)
    let end = limits.expire(at: start + .seconds(2))
    #expect(end.pause == nil)
  }
}
