// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import EventIO
import JSONKit
import MCPClientKit
import MCPCore
import Synchronization

/// The presses of Ctrl-C while something runs: the first cancels it, the second no longer waits for it.
private final class Presses: Sendable {
  private let count = Atomic(0)
  let outcome: Promise<ExitCode?>
  let work: Task<ExitCode, Never>

  init(_ work: Task<ExitCode, Never>, _ outcome: Promise<ExitCode?>) { (self.work, self.outcome) = (work, outcome) }

  func press() {
    if count.add(1, ordering: .relaxed).newValue == 1 { work.cancel() } else { outcome.keep(nil) }
  }
}

extension Repl {
  /// How long something that was cancelled may take to end, beyond what the server is given to answer.
  private static let patience = Duration.seconds(3)
  /// How long a server is given to show that it has heard of a cancellation.
  private static let confirmation = Duration.seconds(2)

  /// Runs a statement the user waits for: Ctrl-C cancels it, and how it goes on is shown.
  func runInForeground(_ statement: Statement) async -> ExitCode {
    // What runs in the background is begun at once; what its server asks waits for `\\respond`.
    guard let terminal, !statement.isBackground else { return await run(statement) }
    questions.setForeground(true)
    let outcome = Promise<ExitCode?>()
    let work = Task { await run(statement) }
    let presses = Presses(work, outcome)
    terminal.begin(statement.text) {
      presses.press()
      terminal.notice("cancelling; Ctrl-C again stops waiting")
      // However deaf it is, the prompt comes back.
      Task {
        try? await Task.sleep(for: Self.patience)
        outcome.keep(nil)
      }
    }
    Task { outcome.keep(await work.value) }
    let code = await withTaskCancellationHandler {
      await outcome.value(onCancel: nil)
    } onCancel: {
      work.cancel()
    }
    questions.setForeground(false)
    await terminal.settled()
    terminal.end()
    guard let code else {
      console().error.print("no longer waited for: \(oneLine(statement.text))")
      return .interrupted
    }
    return code
  }

  /// Runs a statement and reports what went wrong.
  func run(_ statement: Statement) async -> ExitCode {
    guard statement.isBackground else { return await runReporting(statement, console()) }
    do throws(UsageError) {
      try begin(statement)
      return .success
    } catch {
      return ErrorReport(console: console(), isJSON: isJSON, place: statement.place).report(ShellWords.here(error))
    }
  }

  private func runReporting(_ statement: Statement, _ console: Console) async -> ExitCode {
    let start = ContinuousClock.now
    let isRequest = statement.backslash == nil
    let route = Route()
    let code: ExitCode
    do {
      code = try await dispatch(statement, console, route)
    } catch {
      if Task.isCancelled {
        // What other commands run says so itself.
        if isRequest { await reportCancellation(start, route, console) }
        return .interrupted
      }
      return report(error, of: statement, route, console)
    }
    // What a tool says of its failure does not say where.
    if code == .toolError, let place = statement.place {
      console.error.print("\(console.error.red("mcpctl:")) \(place): the tool answered with an error")
    }
    if settings.showsTime, isRequest, !statement.isBackground, lastRequest == statement {
      console.error.print(console.error.dim("[\((ContinuousClock.now - start).brief)]"))
    }
    return code
  }

  private func report(_ error: any Error, of statement: Statement, _ route: Route, _ console: Console) -> ExitCode {
    let scene = (route.server ?? (servers.count == 1 ? servers[0] : nil))?.scene
    let explained = (error as? ClientError).flatMap { scene?.failure($0) } ?? error
    let words = statement.words.compactMap(\.literal)
    let isTyped = OutputFormat.programs.contains { format in
      zip(words, words.dropFirst()).contains { ["-o", "--output"].contains($0) && $1 == format.rawValue }
        || words.contains("-o\(format.rawValue)") || words.contains("--output=\(format.rawValue)")
    }
    let report = ErrorReport(
      console: console, isJSON: isTyped || isJSON && !Self.isFormatTyped(words), place: statement.place)
    return report.report(ShellWords.here(explained), server: scene?.client.serverName)
  }

  /// Says whether the server is there still after it was told that nobody waits any more.
  private func reportCancellation(_ start: ContinuousClock.Instant, _ route: Route, _ console: Console) async {
    guard let client = route.server?.scene.client else { return }
    let time = Self.confirmation
    // A task of its own, because this one is cancelled.
    let isThere = await Task {
      do throws(ClientError) {
        try await client.ping(options: RequestOptions(idleTimeout: time, totalTimeout: time))
        return true
      } catch {
        return error.code == .rpc  // which is an answer as well
      }
    }.value
    let isStream = client.negotiated.era == .modern && client.negotiated.transport == .streamableHTTP
    let told = isStream ? "its stream was closed" : "the server was told"
    let after = (ContinuousClock.now - start).brief
    let state = isThere ? ", and the server answers still" : "; the server did not answer within \(time.brief)"
    console.error.print("cancelled after \(after): \(told)\(state)")
  }

  // MARK: Background

  private func begin(_ statement: Statement) throws(UsageError) {
    let number = try jobs.nextNumber()
    let console = console()
    let start = ContinuousClock.now
    let task = Task {
      let code = await TerminalAttributes.$mayAsk.withValue(false) { await runReporting(statement, console) }
      finish(number, statement, code, start, console)
    }
    jobs.add(.init(number: number, text: statement.text, start: start, task: task))
    console.error.print("[\(number)] \(oneLine(statement.text))")
  }

  private func finish(
    _ number: Int, _ statement: Statement, _ code: ExitCode, _ start: ContinuousClock.Instant, _ console: Console
  ) {
    jobs.remove(number)
    let outcome = code == .success ? "done" : "ended with \(code.rawValue)"
    console.error.print(
      "[\(number)] \(outcome) after \((ContinuousClock.now - start).brief): \(oneLine(statement.text))")
  }
}

extension OutputFormat {
  /// What programs read: errors are JSON then, too.
  static let programs: [OutputFormat] = [.json, .jsonl, .raw]
}
