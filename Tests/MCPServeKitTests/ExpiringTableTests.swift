// SPDX-License-Identifier: Apache-2.0
import Observability
import Testing

@testable import MCPServeKit

struct ExpiringTableTests {
  private let start = Moment.now

  @Test func whatIsUsedOutlivesWhatIsNot() {
    var table = ExpiringTable<Int>()
    for key in 0..<100 { _ = table.insert(key, for: "\(key)", lifetime: .seconds(10), at: start) }
    for key in stride(from: 0, to: 100, by: 2) { _ = table.value(for: "\(key)", at: start + .seconds(5)) }
    table.sweep(at: start + .seconds(12), atMost: 1000)
    #expect(table.count == 50)
    let (unused, used) = (
      table.value(for: "1", at: start + .seconds(12)), table.value(for: "2", at: start + .seconds(12))
    )
    #expect(unused == nil)
    #expect(used == 2)
  }

  @Test func sweepingIsBounded() {
    var table = ExpiringTable<Int>()
    for key in 0..<100 { _ = table.insert(key, for: "\(key)", lifetime: .seconds(10), at: start) }
    table.sweep(at: start + .seconds(10), atMost: 7)
    #expect(table.count == 93)
  }

  @Test func lifetimesDoNotDisturbEachOther() {
    var table = ExpiringTable<String>()
    _ = table.insert("long", for: "long", lifetime: .seconds(100), at: start)
    _ = table.insert("short", for: "short", lifetime: .seconds(1), at: start)
    table.sweep(at: start + .seconds(1))
    #expect(table.count == 1)
    let long = table.value(for: "long", at: start + .seconds(99))
    #expect(long == "long")
  }

  @Test func nothingOutlivesItsEnd() {
    var table = ExpiringTable<Int>()
    _ = table.insert(1, for: "a", lifetime: .seconds(10), until: start + .seconds(15), at: start)
    _ = table.insert(2, for: "b", lifetime: .seconds(10), at: start)
    for second in [8, 14] {
      let (ending, living) = (
        table.value(for: "a", at: start + .seconds(second)), table.value(for: "b", at: start + .seconds(second))
      )
      #expect(ending == 1 && living == 2)
    }
    #expect(table.entries(from: 0, atMost: 9, at: start + .seconds(15)).entries.map(\.value) == [2])
    let (over, other) = (
      table.value(for: "a", at: start + .seconds(15)), table.value(for: "b", at: start + .seconds(15))
    )
    #expect(over == nil && other == 2)
    #expect(table.count == 1 && table.lifetimes == 1, "an end is no lifetime of its own")
  }

  @Test func whatIsReplacedKeepsItsEnd() {
    var table = ExpiringTable<Int>()
    _ = table.insert(1, for: "a", lifetime: .seconds(10), until: start + .seconds(15), at: start)
    let isReplaced = table.replace(2, for: "a", lifetime: .seconds(100), at: start + .seconds(9))
    #expect(isReplaced && table.count == 1 && table.lifetimes == 1, "the place of the lifetime before is used again")
    let (kept, over) = (
      table.value(for: "a", at: start + .seconds(14)), table.value(for: "a", at: start + .seconds(15))
    )
    #expect(kept == 2 && over == nil)
    let isThere = table.replace(3, for: "a", lifetime: .seconds(1), at: start)
    #expect(!isThere)
  }

  /// Compares with a dictionary that does the same slowly.
  @Test func anyOrderOfOperationsKeepsWhatIsAlive() {
    var generator = Sequence(state: 7)
    var table = ExpiringTable<Int>()
    var model: [String: Moment] = [:]
    var now = start
    for step in 0..<20_000 {
      let key = "\(generator.next() % 50)"
      switch generator.next() % 4 {
      case 0:
        model = model.filter { $0.value > now }
        table.sweep(at: now, atMost: 1000)
        let isInserted = table.insert(step, for: key, lifetime: .seconds(20), at: now)
        #expect(isInserted == (model[key] == nil))
        if model[key] == nil { model[key] = now + .seconds(20) }
      case 1:
        let isAlive = model[key].map { $0 > now } ?? false
        let value = table.value(for: key, at: now)
        #expect((value != nil) == isAlive)
        model[key] = isAlive ? now + .seconds(20) : nil
      case 2:
        table.remove(key)
        model[key] = nil
      default: now = now + .seconds(1)
      }
    }
  }

  private struct Sequence {
    var state: UInt64
    mutating func next() -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33)
    }
  }
}
