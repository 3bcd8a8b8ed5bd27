// SPDX-License-Identifier: Apache-2.0
import Glibc

/// What the threads of one name have cost.
package struct ThreadFigures: Sendable, Hashable {
  /// What the threads are called.
  package let name: String
  /// How many there are.
  package let count: Int
  /// Their time on processors, in seconds.
  package let seconds: Double

  /// All threads there are now, the dearest first. What threads cost that have ended is not known any more.
  package static var all: [ThreadFigures] {
    var sums: [String: (count: Int, ticks: Int)] = [:]
    for id in ProcFile.entries("/proc/self/task") {
      let fields = ProcFile.afterName("/proc/self/task/\(id)/stat")
      guard fields.count > 12, let user = Int(fields[11]), let system = Int(fields[12]) else { continue }
      let name = ProcFile.text("/proc/self/task/\(id)/comm").split(separator: "\n").first.map(String.init) ?? id
      let sum = sums[name] ?? (0, 0)
      sums[name] = (sum.count + 1, sum.ticks + user + system)
    }
    let ticks = Double(max(sysconf(Int32(_SC_CLK_TCK)), 1))
    return sums.map { ThreadFigures(name: $0, count: $1.count, seconds: Double($1.ticks) / ticks) }
      .sorted { ($1.seconds, $0.name) < ($0.seconds, $1.name) }
  }
}
