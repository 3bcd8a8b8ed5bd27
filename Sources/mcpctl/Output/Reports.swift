// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import EventIO
import MCPServeKit
import Observability

/// What `serve --profile` and `--memory-profile` say, on standard error.
struct Reports: Sendable {
  private let wantsProfile: Bool
  private let wantsMemory: Bool
  private let delay: Duration?
  private let features: FeatureSet
  private let stream: OutputStream
  private let start: ProfileStart

  init(_ options: ObserveOptions, _ features: FeatureSet, _ console: Console) {
    (wantsProfile, wantsMemory, delay) = (options.profile, options.memoryProfile, options.duration)
    self.features = features
    stream = console.error
    // Asking costs more than starting a server does, so it is asked for those alone who want to know.
    start = ProfileStart(figures: wantsProfile || wantsMemory ? ProcessFigures() : .none)
  }

  /// Runs `body` and reports when it has ended, or earlier, when a time was given.
  func reporting<Failure: Error>(_ body: () async throws(Failure) -> Void) async throws(Failure) {
    guard wantsProfile || wantsMemory else { return try await body() }
    guard let delay else {
      try await body()
      return report()
    }
    let timer = Task {
      try await Task.sleep(for: delay)
      report()
    }
    defer { timer.cancel() }
    try await body()
  }

  private func report() {
    if wantsProfile { stream.write(profile) }
    if wantsMemory { stream.write(memory) }
    stream.flush()
  }
}

/// How things were when the server began.
private struct ProfileStart: Sendable {
  let moment = Moment.now
  let figures: ProcessFigures
}

// MARK: - Processors and latency

extension Reports {
  private var profile: String {
    let now = ProcessFigures()
    let wall = max(Double(start.moment.age) / 1e9, 1e-9)
    let (user, system) = (now.userTime - start.figures.userTime, now.systemTime - start.figures.systemTime)
    let figures = features.figures
    let calls = figures.reduce(0) { $0 + $1.successes.count + $1.errors.count }
    var lines = [
      "profile of \(wall.short) s",
      "  CPU        \((user + system).short) s (\(user.short) user, \(system.short) system), \(((user + system) / wall * 100).short) % of one core",
      "  switches   \(now.voluntarySwitches - start.figures.voluntarySwitches) waited, \(now.involuntarySwitches - start.figures.involuntarySwitches) preempted",
      "  tool calls \(calls), \((Double(calls) / wall).short) per second"
        + (calls == 0 ? "" : ", \(((user + system) / Double(calls) * 1e6).short) µs CPU each"),
    ]
    // Those that served are gone when the server has stopped.
    if delay != nil {
      lines.append("threads by CPU seconds since the program began")
      lines += rows(
        ["THREAD", "COUNT", "CPU s"], ThreadFigures.all.map { [$0.name, String($0.count), $0.seconds.short] })
    }
    let used = figures.filter { $0.successes.count + $0.errors.count > 0 }
    if !used.isEmpty {
      lines.append("latency of tools, in ms")
      lines += rows(["TOOL", "CALLS", "ERRORS", "MEAN", "P50", "P95", "P99"], used.map(Self.cells))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func cells(_ tool: ToolFigures) -> [String] {
    let all = tool.successes + tool.errors
    let times = [all.mean] + [0.5, 0.95, 0.99].map { all.quantile($0) ?? .zero }
    return [tool.name, String(all.count), String(tool.errors.count)]
      + times.map { (Double($0.nanoseconds) / 1e6).short }
  }

  private func rows(_ headings: [String], _ cells: [[String]]) -> [String] {
    let table = Table(columns: headings.map { Table.Column(heading: $0) }, rows: cells)
    let text = table.aligned(wide: true, width: nil) { $0 }
    return text.split(separator: "\n").map { "  \($0)" }
  }
}

// MARK: - Memory

extension Reports {
  private var memory: String {
    let now = ProcessFigures()
    let heap = HeapFigures()
    let shares = ProcFile.fields("/proc/self/smaps_rollup").mapValues { $0 << 10 }
    let lines = [
      "memory after \((Double(start.moment.age) / 1e9).short) s",
      "  resident   \(now.residentBytes.size), at the start \(start.figures.residentBytes.size), at most \(now.peakBytes.size)",
      "  anonymous  \((shares["Anonymous"] ?? 0).size), shared with files \(max(0, now.residentBytes - (shares["Anonymous"] ?? 0)).size)",
      "  private    \(((shares["Private_Dirty"] ?? 0) + (shares["Private_Clean"] ?? 0)).size), proportional share \((shares["Pss"] ?? 0).size), swapped \((shares["Swap"] ?? 0).size)",
      "  heap       \(heap.used.size) in use, \(heap.free.size) free, \(heap.mapped.size) in large pieces",
      "  virtual    \(now.virtualBytes.size)",
      "  threads    \(now.threads), open files \(now.openFiles)",
    ]
    return lines.joined(separator: "\n") + "\n"
  }
}

extension Double {
  /// Three digits that matter, without an exponent.
  fileprivate var short: String {
    let digits = self >= 100 ? 0 : self >= 10 ? 1 : self >= 1 ? 2 : 3
    var scale = 1
    for _ in 0..<digits { scale *= 10 }
    let scaled = Int((Swift.max(self, 0) * Double(scale)).rounded())
    guard digits > 0 else { return String(scaled) }
    let fraction = String(scaled % scale)
    return "\(scaled / scale)." + String(repeating: "0", count: digits - fraction.utf8.count) + fraction
  }
}

extension Int {
  /// A size as people read it.
  fileprivate var size: String {
    self < 10 << 20 ? "\((Double(self) / 1024).short) KiB" : "\((Double(self) / 1_048_576).short) MiB"
  }
}
