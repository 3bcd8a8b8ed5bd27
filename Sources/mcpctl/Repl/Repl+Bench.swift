// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit
import MCPClientKit

/// How one repetition of a request went.
enum Trial {
  case time(Duration)
  case fault(String)
}

/// How long the repetitions of a request took.
struct Timings {
  private var times: [Duration] = []
  private(set) var failures = 0
  /// Why the first that failed did.
  private(set) var firstFault: String?
  var count: Int { times.count + failures }

  mutating func add(_ trial: Trial) {
    switch trial {
    case .time(let time): times.append(time)
    case .fault(let fault):
      failures += 1
      firstFault = firstFault ?? fault
    }
  }

  /// One line for each figure.
  func table(over span: Duration) -> Table {
    let sorted = times.sorted()
    func at(_ share: Double) -> String {
      sorted.isEmpty ? "" : sorted[min(Int(share * Double(sorted.count)), sorted.count - 1)].brief
    }
    let mean = sorted.isEmpty ? "" : (sorted.reduce(.zero, +) / sorted.count).brief
    let seconds = max(span / .seconds(1), 1e-9)
    let rate = Double(times.count) / seconds
    return Table(
      columns: ["REQUESTS", "FAILED", "PER SECOND", "MEAN", "MIN", "P50", "P90", "P99", "MAX"].map {
        .init(heading: $0)
      },
      rows: [
        [
          String(count), String(failures), rate < 100 ? "\((rate * 10).rounded() / 10)" : String(Int(rate.rounded())),
          mean, at(0), at(0.5),
          at(0.9), at(0.99), at(1),
        ]
      ])
  }
}

extension Repl {
  /// The most repetitions, and how many at once.
  private static let most = (times: 1_000_000, atOnce: 256)

  /// `\bench`: the last request many times; how long that takes.
  func bench(_ words: [String], _ console: Console) async throws {
    guard let request = lastRequest else { throw UsageError("nothing was asked yet that could be repeated") }
    let times = words.first.flatMap(Int.init) ?? 0
    let atOnce = words.count < 2 ? 1 : Int(words[1]) ?? 0
    guard (1...Self.most.times).contains(times), (1...Self.most.atOnce).contains(atOnce), words.count <= 2 else {
      throw UsageError(
        "write \\bench N [C]: up to \(Self.most.times) times, up to \(Self.most.atOnce) at once")
    }
    let mute = OutputStream(isTerminal: false, usesColor: false, width: 80, limit: 0) { _ in 0 }
    let silent = console.writing(to: mute, errorsTo: mute)
    // What is wrong with the request itself shows before it is repeated.
    _ = try prepare(request, silent)
    var timings = Timings()
    let start = ContinuousClock.now
    await withTaskGroup(of: Trial.self) { group in
      var begun = 0
      func begin() {
        begun += 1
        group.addTask { await self.timed(request, silent) }
      }
      while begun < min(times, atOnce) { begin() }
      for await trial in group {
        guard !Task.isCancelled else { break }
        timings.add(trial)
        if timings.count % max(times / 100, 1) == 0 { terminal?.notice("\(timings.count) of \(times)") }
        if begun < times { begin() }
      }
      group.cancelAll()
    }
    let span = ContinuousClock.now - start
    if timings.count > 0 {
      console.output.write(timings.table(over: span).aligned(wide: true, width: nil, bold: console.output.bold))
    }
    try Task.checkCancellation()
    if let fault = timings.firstFault {
      throw Failure(
        .negative, "bench_failed", "\(timings.failures) of \(timings.count) requests failed; the first: \(fault)")
    }
  }

  /// How long a request takes, or why it fails.
  private func timed(_ request: Statement, _ silent: Console) async -> Trial {
    let (start, box) = (ContinuousClock.now, Box())
    do {
      let code = try await perform(try prepare(request, silent), box, silent, Route(), isShown: false)
      guard code != .success else { return .time(ContinuousClock.now - start) }
      let text = box.taken.presentation?.text ?? ""
      return .fault(text.isEmpty ? "it ended with \(code.rawValue)" : oneLine(String(text.prefix(200))))
    } catch {
      let message = (error as? Failure)?.message ?? (error as? ClientError)?.message ?? "\(error)"
      return .fault(oneLine(String(message.prefix(200))))
    }
  }
}
