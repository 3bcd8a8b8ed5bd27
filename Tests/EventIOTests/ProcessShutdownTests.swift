// SPDX-License-Identifier: Apache-2.0
import Glibc
import Testing

@testable import EventIO

@Suite struct ProcessShutdownTests {
  private let start = ContinuousClock.now
  private let grace = Shutdown.Grace(
    afterInputClosed: .seconds(1), afterTerminate: .seconds(2), afterKill: .seconds(3))

  @Test func eachRequestToEndIsHarderThanTheLast() {
    var shutdown = Shutdown()
    #expect(shutdown.begin(grace, at: start) == .closeInput)
    #expect(shutdown.deadlinePassed(at: start.advanced(by: .milliseconds(999))) == nil)
    #expect(shutdown.deadlinePassed(at: start.advanced(by: .seconds(1))) == .signal(SIGTERM))
    #expect(shutdown.deadlinePassed(at: start.advanced(by: .seconds(2))) == nil)
    #expect(shutdown.deadlinePassed(at: start.advanced(by: .seconds(3))) == .signal(SIGKILL))
    #expect(shutdown.deadlinePassed(at: start.advanced(by: .seconds(6))) == .giveUp)
    #expect(shutdown.deadline == nil)
  }

  @Test func aSecondMoreImpatientRequestShortensTheWait() {
    var shutdown = Shutdown()
    _ = shutdown.begin(grace, at: start)
    #expect(shutdown.begin(.none, at: start) == nil)
    #expect(shutdown.deadlinePassed(at: start) == .signal(SIGTERM))
    #expect(shutdown.deadlinePassed(at: start) == .signal(SIGKILL))
  }

  @Test func nothingIsDueBeforeItBegan() {
    var shutdown = Shutdown()
    #expect(!shutdown.hasBegun)
    #expect(shutdown.deadlinePassed(at: start) == nil)
  }
}
