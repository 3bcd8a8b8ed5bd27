// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// What a program measures of itself, for Prometheus. Always passed in, never global.
///
/// Whoever measures makes a counter, a gauge or a histogram once and keeps it; using one takes some nanoseconds and no lock.
/// What is known anyway is asked for when somebody looks (`add`).
public final class Metrics: Sendable {
  /// Writes what it knows, when somebody looks.
  public typealias Source = @Sendable (inout MetricsText) async -> Void

  private struct State {
    var sources: [(name: String, write: Source)] = []
  }

  private let state = Mutex(State())

  /// Makes a set without anything in it.
  public init() {}

  /// Adds what writes families of its own each time somebody looks, in place of what was added under that name before. It
  /// must be quick, and no two may write families of the same name.
  public func add(_ name: String, _ source: @escaping Source) {
    state.withLock { state in
      state.sources.removeAll { $0.name == name }
      state.sources.append((name, source))
    }
  }

  /// Asks a source no more.
  public func remove(_ name: String) { state.withLock { $0.sources.removeAll { $0.name == name } } }

  /// Makes a counter. Names end in `_total`.
  public func counter(_ name: String, _ help: String) -> Counter {
    let counter = Counter()
    add(name) { $0.family(name, .counter, help, [([], Double(counter.value))]) }
    return counter
  }

  /// Makes a gauge whose value is set.
  public func gauge(_ name: String, _ help: String) -> Gauge {
    let made = Gauge()
    gauge(name, help) { made.value }
    return made
  }

  /// Adds a gauge whose value is asked for each time somebody looks.
  public func gauge(_ name: String, _ help: String, _ value: @escaping @Sendable () -> Double) {
    add(name) { $0.family(name, .gauge, help, [([], value())]) }
  }

  /// Makes a histogram of seconds. Names end in `_seconds`.
  public func histogram(_ name: String, _ help: String) -> Histogram {
    let histogram = Histogram()
    add(name) { $0.histograms(name, help, [([], histogram.snapshot)]) }
    return histogram
  }

  /// Makes a family of counters told apart by labels.
  /// - Parameter limit: how many there may be; what comes beyond is counted together under the value `_OTHER`.
  public func counters(_ name: String, _ help: String, labels: [String], limit: Int = 100) -> Family<Counter> {
    let family = Family(labels: labels, limit: limit) { Counter() }
    add(name) { text in
      text.family(name, .counter, help, family.members.map { ($0.labels, Double($0.member.value)) })
    }
    return family
  }

  /// Makes a family of histograms told apart by labels.
  /// - Parameter limit: how many there may be; what comes beyond is counted together under the value `_OTHER`.
  public func histograms(
    _ name: String, _ help: String, labels: [String], limit: Int = 100
  ) -> Family<Histogram> {
    let family = Family(labels: labels, limit: limit) { Histogram() }
    add(name) { text in text.histograms(name, help, family.members.map { ($0.labels, $0.member.snapshot) }) }
    return family
  }

  /// Everything in the text format of Prometheus, version 0.0.4.
  public func text() async -> [UInt8] {
    var text = MetricsText()
    for source in state.withLock({ $0.sources }) { await source.write(&text) }
    return text.bytes
  }
}

/// Something that is counted and never gets less.
public final class Counter: Sendable {
  private let count = Atomic<Int>(0)

  /// Makes a counter at zero.
  public init() {}

  /// Counts one more, or several.
  public func add(_ more: Int = 1) { count.add(more, ordering: .relaxed) }

  /// What was counted so far.
  public var value: Int { count.load(ordering: .relaxed) }
}

/// Something that goes up and down.
public final class Gauge: Sendable {
  private let bits = Atomic<UInt64>(0)

  /// Makes a gauge at zero.
  public init() {}

  /// How it stands.
  public var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }

  /// Says how it stands.
  public func set(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }
}

/// Counters or histograms of one name, told apart by the values of their labels. There is a bound to how many, so that what
/// peers send cannot grow it.
public final class Family<Member: Sendable>: Sendable {
  /// What stands for all values beyond the limit.
  public static var other: String { "_OTHER" }

  private let labels: [String]
  private let limit: Int
  private let make: @Sendable () -> Member
  private let table = Mutex<[[String]: Member]>([:])

  init(labels: [String], limit: Int, _ make: @escaping @Sendable () -> Member) {
    self.labels = labels
    self.limit = limit
    self.make = make
  }

  /// The member with these values, in the order of the labels. To be kept where it is used often.
  public subscript(values: String...) -> Member {
    precondition(values.count == labels.count, "a value is needed for each of the labels \(labels)")
    return table.withLock { table in
      if let member = table[values] { return member }
      let key = table.count < limit ? values : labels.map { _ in Self.other }
      if let member = table[key] { return member }
      let member = make()
      table[key] = member
      return member
    }
  }

  /// What there is, ordered by its values.
  package var members: [(labels: [(String, String)], member: Member)] {
    table.withLock { $0 }.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map {
      (Array(zip(labels, $0.key)), $0.value)
    }
  }
}
