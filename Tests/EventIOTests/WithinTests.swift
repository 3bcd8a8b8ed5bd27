// SPDX-License-Identifier: Apache-2.0
import EventIO
import Testing

@Suite(.timeLimit(.minutes(1))) struct WithinTests {
  @Test func whatIsCancelledIsNotCalledLate() async {
    for _ in 0..<200 {
      let task = Task {
        await within(.seconds(60)) {
          while !Task.isCancelled { await Task.yield() }
          await Task.yield()
          return "cancelled"
        }
      }
      task.cancel()
      #expect(await task.value == "cancelled")
    }
  }

  @Test func whatTakesTooLongIsNil() async {
    let value = await within(.milliseconds(1)) { () -> Int in
      while !Task.isCancelled { await Task.yield() }
      return 1
    }
    #expect(value == nil)
  }
}
