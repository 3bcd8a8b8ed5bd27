// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Observability

struct MomentTests {
  @Test func anInstantIsTheSameMomentEachTime() {
    let instant = ContinuousClock.now
    #expect(Moment(instant) == Moment(instant))
    #expect(Moment(instant + .milliseconds(3)) == Moment(instant) + .milliseconds(3))
    #expect(Moment(instant) < Moment(instant + .nanoseconds(1)))
  }

  @Test func timeBetweenMomentsIsWhatWasAdded() {
    let start = Moment.now
    #expect(start.duration(to: start + .seconds(90)) == .seconds(90))
    #expect((start + .seconds(90)).duration(to: start) == .seconds(-90))
  }

  @Test func noDurationLeadsPastTheLastMoment() {
    #expect(Moment.now.adding(nanoseconds: .max) == Moment(nanoseconds: .max))
    #expect(Moment.now + .seconds(Int64.max) > Moment.now)
  }

  @Test func aClockOfItsOwnTellsTheTime() {
    let instant = ContinuousClock.now - .seconds(1000)
    #expect(Moment.clock({ instant })() == Moment(instant))
    #expect(Moment.clock(nil)() >= Moment.now + .seconds(-1))
  }
}
