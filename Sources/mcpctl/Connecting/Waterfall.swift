// SPDX-License-Identifier: GPL-3.0-or-later
import MCPClientKit
import Synchronization

/// Where the time went, request by request and phase by phase, for -v: one below the other, each as far to the right as it
/// was late.
final class Waterfall: Sendable {
  /// One bar.
  private struct Bar {
    let label: String
    let start: ContinuousClock.Instant
    let end: ContinuousClock.Instant
  }

  /// How many requests are kept: a command sends few, and a loop of them is no waterfall.
  private static let limit = 32
  private static let width = 32
  private let timings = Mutex<[RequestTiming]>([])

  func add(_ timing: RequestTiming) {
    timings.withLock { if $0.count < Self.limit { $0.append(timing) } }
  }

  /// The lines; none when nothing was asked.
  var lines: [String] {
    let timings = timings.withLock { $0 }.sorted { $0.start < $1.start }
    guard let first = timings.first?.start, let last = timings.map(\.end).max() else { return [] }
    let bars = timings.flatMap(Self.bars)
    let margin = bars.map(\.label.count).max() ?? 0
    let total = max(last - first, .nanoseconds(1))
    var lines = [Self.line("phase", "at", "took", "", margin)]
    lines += bars.map { bar in
      Self.line(
        bar.label, (bar.start - first).brief, (bar.end - bar.start).brief, Self.bar(bar, since: first, total), margin)
    }
    return lines + [Self.line("in all", "", total.brief, "", margin)]
  }

  /// The request, and below it what it went through.
  private static func bars(of timing: RequestTiming) -> [Bar] {
    var bars = [Bar(label: timing.method.rawValue, start: timing.start, end: timing.end)]
    guard let phases = timing.phases else { return bars }
    var before = timing.start
    let reached = [
      ("name", phases.resolved), ("connect", phases.connected), ("TLS", phases.secured),
      ("first byte", phases.firstByte), ("first event", phases.firstEvent),
    ]
    for (label, time) in reached {
      guard let time else { continue }
      let end = min(timing.start.advanced(by: time), timing.end)
      // A connection that was kept reached everything before its first byte at once.
      if end > before { bars.append(Bar(label: "  \(label)", start: before, end: end)) }
      before = max(before, end)
    }
    if bars.count > 1, timing.end > before { bars.append(Bar(label: "  answer", start: before, end: timing.end)) }
    return bars
  }

  private static func line(_ label: String, _ start: String, _ time: String, _ bar: String, _ margin: Int) -> String {
    [label.padded(to: margin), start.padded(to: 9), time.padded(to: 9), bar].joined(separator: "  ")
      .trailingSpaceRemoved
  }

  private static func bar(_ bar: Bar, since first: ContinuousClock.Instant, _ total: Duration) -> String {
    let start = min(Int((bar.start - first) / total * Double(width)), width - 1)
    let count = max(Int(((bar.end - bar.start) / total * Double(width)).rounded()), 1)
    return String(repeating: " ", count: start) + String(repeating: "#", count: min(count, width - start))
  }
}
