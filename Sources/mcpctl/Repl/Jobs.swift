// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit

/// What runs in the background.
struct Jobs {
  /// How many may run at once.
  static let limit = 64

  struct Job {
    let number: Int
    let text: String
    let start: ContinuousClock.Instant
    let task: Task<Void, Never>
  }

  private(set) var unfinished: [Job] = []
  private var next = 1

  mutating func nextNumber() throws(UsageError) -> Int {
    guard unfinished.count < Self.limit else {
      throw UsageError("\(Self.limit) jobs run already, which is the limit; \\jobs lists them, \\cancel N ends one")
    }
    defer { next += 1 }
    return next
  }

  mutating func add(_ job: Job) { unfinished.append(job) }
  mutating func remove(_ number: Int) { unfinished.removeAll { $0.number == number } }

  /// The job that `word` numbers.
  func job(_ word: String) throws(UsageError) -> Job {
    guard let job = unfinished.first(where: { String($0.number) == word }) else {
      throw UsageError("no job \(word) runs; \\jobs lists those that do")
    }
    return job
  }
}
