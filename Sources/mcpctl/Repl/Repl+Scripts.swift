// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit

extension Repl {
  /// Runs a script from start to end, a line at a time.
  /// - Returns: the worst exit code.
  func run(script lines: some AsyncSequence<String, any Error>, from origin: ScriptOrigin) async -> ExitCode {
    var worst = ExitCode.success
    var pending = ""
    var number = 0
    var start = 1
    do {
      for try await line in lines {
        number += 1
        if number == 1, line.hasPrefix("#!") { continue }
        if pending.isEmpty { start = number }
        pending += (pending.isEmpty ? "" : "\n") + line
        let code = await runLine(&pending, from: origin, start)
        if case .input = origin { system.output.flush() }  // whoever writes the next line may wait for this answer
        worst = worst.orWorse(code)
        if isOver || Task.isCancelled || failsFast && code != .success { return worst }
      }
    } catch {
      return worst.orWorse(ErrorReport(console: console(), isJSON: isJSON).report(ShellWords.here(error)))
    }
    guard pending.isEmpty else {
      let fault = UsageError("\(origin.name) ends within a quote or a brace: \(pending.shortened)")
      return worst.orWorse(report(fault, at: origin.place(start)))
    }
    return worst
  }

  /// Whether programs read along.
  var isJSON: Bool { OutputFormat.programs.contains(settings.format) }

  private func report(_ error: any Error, at place: String?) -> ExitCode {
    ErrorReport(console: console(), isJSON: isJSON, place: place).report(ShellWords.here(error))
  }

  /// What a script has started goes on to its end, unless it was told to leave.
  func finishJobs() async {
    while !isOver, !jobs.unfinished.isEmpty, (try? await Task.sleep(for: .milliseconds(20))) != nil {}
  }

  private func runLine(_ pending: inout String, from origin: ScriptOrigin, _ start: Int) async -> ExitCode {
    let statements: [Statement]
    do throws(UsageError) {
      guard let found = try Self.read(pending) else { return .success }
      statements = found
    } catch {
      pending = ""
      return report(error, at: origin.place(start))
    }
    pending = ""
    var worst = ExitCode.success
    for var statement in statements where !isOver && !Task.isCancelled {
      statement.place = origin.place(start + statement.line)
      let code = await run(statement)
      worst = worst.orWorse(code)
      if failsFast && code != .success { break }
    }
    return worst
  }
}
