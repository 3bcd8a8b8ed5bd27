// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Counts durations by how long they were. Any thread may observe; nothing is locked and nothing allocated.
///
/// All histograms have the same buckets: those OpenTelemetry advises for operations of MCP, 10 ms to 300 s with 1 s among
/// them, and six finer ones for handlers that take less. So they can be added up.
public final class Histogram: Sendable {
  /// The upper bounds of the buckets but the last, ascending; a duration that equals one belongs below it.
  public static let bounds: [Duration] = [
    .microseconds(100), .microseconds(250), .microseconds(500), .milliseconds(1), .microseconds(2500), .milliseconds(5),
    .milliseconds(10), .milliseconds(20), .milliseconds(50), .milliseconds(100), .milliseconds(200), .milliseconds(500),
    .seconds(1), .seconds(2), .seconds(5), .seconds(10), .seconds(30), .seconds(60), .seconds(120), .seconds(300),
  ]
  package static let nanoseconds = bounds.map(\.nanoseconds)
  private static let shortest = 100_000

  /// How many durations each bucket holds; the last is for what is longer than every bound.
  private let cells: InlineArray<21, Atomic<Int>>
  private let sum = Atomic<Int>(0)

  /// Makes an empty histogram.
  public init() { cells = InlineArray { _ in Atomic(0) } }

  /// Counts a duration.
  public func observe(_ duration: Duration) { observe(nanoseconds: duration.nanoseconds) }

  /// Counts a duration.
  package func observe(nanoseconds: Int) {
    cells[nanoseconds <= Self.shortest ? 0 : Self.bucket(of: nanoseconds)].add(1, ordering: .relaxed)
    sum.add(max(nanoseconds, 0), ordering: .relaxed)
  }

  private static func bucket(of duration: Int) -> Int {
    nanoseconds.firstIndex { duration <= $0 } ?? nanoseconds.count
  }

  /// What was counted so far.
  public var snapshot: Snapshot {
    var counts: [Int] = []
    for index in cells.indices { counts.append(cells[index].load(ordering: .relaxed)) }
    return Snapshot(counts: counts, sum: sum.load(ordering: .relaxed))
  }
}

extension Histogram {
  /// What a histogram had counted at one moment. Its parts may be a few observations apart.
  public struct Snapshot: Sendable, Hashable {
    /// How many durations each bucket holds by itself.
    package let counts: [Int]
    /// All durations together, in nanoseconds.
    package let sum: Int

    /// How many durations were counted.
    public var count: Int { counts.reduce(0, +) }

    /// The mean; zero when nothing was counted.
    public var mean: Duration { count == 0 ? .zero : .nanoseconds(sum / count) }

    /// The duration below which that share of what was counted lies, evenly spread within a bucket as Prometheus has it;
    /// nil when nothing was counted. What is longer than every bound counts as the longest of them.
    public func quantile(_ share: Double) -> Duration? {
      let bounds = Histogram.nanoseconds
      let rank = share * Double(count)
      var below = 0
      for (index, count) in counts.enumerated() where count > 0 {
        if Double(below + count) >= rank {
          guard index < bounds.count else { break }
          let lower = index == 0 ? 0 : bounds[index - 1]
          let part = max(0, rank - Double(below)) / Double(count)
          return .nanoseconds(lower + Int(Double(bounds[index] - lower) * part))
        }
        below += count
      }
      return count == 0 ? nil : .nanoseconds(bounds.last ?? 0)
    }

    /// Both together.
    package static func + (one: Snapshot, other: Snapshot) -> Snapshot {
      Snapshot(counts: zip(one.counts, other.counts).map(+), sum: one.sum + other.sum)
    }
  }
}

extension Duration {
  /// The duration in nanoseconds, at most some centuries.
  package var nanoseconds: Int {
    let (seconds, attoseconds) = components
    return Int(min(max(seconds, -9_000_000_000), 9_000_000_000)) * 1_000_000_000 + Int(attoseconds / 1_000_000_000)
  }
}
