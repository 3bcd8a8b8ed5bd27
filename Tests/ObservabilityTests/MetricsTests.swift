// SPDX-License-Identifier: Apache-2.0
import Observability
import Testing

@Suite struct MetricsTests {
  private func text(_ metrics: Metrics) async -> String { String(decoding: await metrics.text(), as: UTF8.self) }

  @Test func countersAndGaugesAreWrittenWithTheirHelp() async {
    let metrics = Metrics()
    let calls = metrics.counter("calls_total", "Calls.\nAll \\ of \"them\".")
    let depth = metrics.gauge("depth", "How deep.")
    metrics.gauge("asked", "Asked for.") { 0.25 }
    calls.add()
    calls.add(2)
    depth.set(-1.5)
    #expect(
      await text(metrics) == #"""
        # HELP calls_total Calls.\nAll \\ of "them".
        # TYPE calls_total counter
        calls_total 3
        # HELP depth How deep.
        # TYPE depth gauge
        depth -1.5
        # HELP asked Asked for.
        # TYPE asked gauge
        asked 0.25

        """#)
  }

  @Test func bucketsHoldWhatIsAtMostTheirBound() async {
    let metrics = Metrics()
    let times = metrics.histogram("time_seconds", "Time.")
    for time in [
      Duration.zero, .microseconds(100), .microseconds(101), .seconds(1), .milliseconds(1001), .seconds(301),
    ] {
      times.observe(time)
    }
    let lines = await text(metrics).split(separator: "\n")
    #expect(lines.contains(#"time_seconds_bucket{le="0.0001"} 2"#))
    #expect(lines.contains(#"time_seconds_bucket{le="0.00025"} 3"#))
    #expect(lines.contains(#"time_seconds_bucket{le="0.5"} 3"#))
    #expect(lines.contains(#"time_seconds_bucket{le="1"} 4"#))
    #expect(lines.contains(#"time_seconds_bucket{le="2"} 5"#))
    #expect(lines.contains(#"time_seconds_bucket{le="300"} 5"#))
    #expect(lines.contains(#"time_seconds_bucket{le="+Inf"} 6"#))
    #expect(lines.contains("time_seconds_count 6"))
    #expect(lines.contains("time_seconds_sum 303.001201"))
  }

  @Test func aBoundIsASecond() {
    #expect(Histogram.bounds.contains(.seconds(1)))
    #expect(Histogram.bounds == Histogram.bounds.sorted())
  }

  @Test func quantilesLieInTheirBucket() {
    let times = Histogram()
    #expect(times.snapshot.quantile(0.5) == nil)
    for _ in 0..<90 { times.observe(.microseconds(50)) }
    for _ in 0..<10 { times.observe(.milliseconds(700)) }
    let snapshot = times.snapshot
    #expect(snapshot.count == 100)
    #expect((Duration.zero ... .microseconds(100)).contains(snapshot.quantile(0.5) ?? .seconds(9)))
    #expect((Duration.milliseconds(500) ... .seconds(1)).contains(snapshot.quantile(0.95) ?? .seconds(9)))
    times.observe(.seconds(1000))
    #expect(times.snapshot.quantile(1) == .seconds(300))
  }

  @Test func labelsAreEscapedAndBounded() async {
    let metrics = Metrics()
    let calls = metrics.counters("calls_total", "Calls.", labels: ["name"], limit: 2)
    for name in ["a\"\\\n", "b", "c", "d", "b"] { calls[name].add() }
    #expect(
      await text(metrics) == #"""
        # HELP calls_total Calls.
        # TYPE calls_total counter
        calls_total{name="_OTHER"} 2
        calls_total{name="a\"\\\n"} 1
        calls_total{name="b"} 2

        """#)
  }

  @Test func whatWasAddedUnderANameIsReplaced() async {
    let metrics = Metrics()
    metrics.add("source") { $0.gauge("one", "One.", 1) }
    metrics.add("source") { $0.gauge("two", "Two.", 2) }
    #expect(await text(metrics) == "# HELP two Two.\n# TYPE two gauge\ntwo 2\n")
    metrics.remove("source")
    #expect(await text(metrics) == "")
  }

  @Test func countingLosesNothingBetweenThreads() async {
    let times = Histogram()
    let calls = Counter()
    await withTaskGroup { group in
      for number in 0..<8 {
        group.addTask {
          for _ in 0..<10_000 {
            times.observe(number % 2 == 0 ? .microseconds(10) : .milliseconds(3))
            calls.add()
          }
        }
      }
    }
    #expect(calls.value == 80_000)
    #expect(times.snapshot.count == 80_000)
    #expect(times.snapshot.sum == 40_000 * 10_000 + 40_000 * 3_000_000)
  }

  @Test func theProcessKnowsItself() {
    let figures = ProcessFigures()
    #expect(figures.residentBytes > 1 << 20)
    #expect(figures.peakBytes >= figures.residentBytes / 2)
    #expect(figures.openFiles > 2 && figures.mostFiles >= figures.openFiles)
    #expect(figures.threads >= 1)
    #expect(figures.start > 1_600_000_000)
    #expect(ThreadFigures.all.reduce(0) { $0 + $1.count } >= 1)
  }
}
