// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit
import MCPClientKit

extension Repl {
  /// `\o`: a format, a file, or neither any more.
  func setOutput(_ words: [String], _ console: Console) throws {
    guard let word = words.first else {
      (settings.format, settings.file) = (.text, nil)
      return say("results are text on standard output", console)
    }
    if word.hasPrefix("jsonpath=") || word.hasPrefix("custom-columns=") || OutputFormat(rawValue: word) != nil {
      do throws(ValueFault) { settings.format = try OutputFormat(argument: word) } catch {
        throw UsageError(error.message)
      }
      return say("results are printed as \(word)", console)
    }
    settings.file = try ResultFile(path(word))
    say("results go to \(word); \\o alone ends that", console)
  }

  /// `\gset`: the members of the last result as variables.
  func setFromResult(_ words: [String], _ console: Console) throws {
    guard let result = variables.values["_"] else { throw UsageError("there is no result yet") }
    guard let members = (result["structuredContent"] ?? result).object?.members else {
      throw UsageError("the last result has no members; `\\set NAME $_` keeps it as a whole")
    }
    let prefix = words.first ?? ""
    for member in members where Variables.isName(prefix + member.name) {
      try variables.set(prefix + member.name, to: member.value)
    }
  }

  /// `\set`: a variable; what reads as JSON is JSON, anything else text.
  func setVariable(_ words: [String], _ console: Console) throws {
    guard let name = words.first else {
      for (name, value) in variables.values.sorted(by: { $0.key < $1.key }) {
        console.output.print("\(name) = \(oneLine(value.text).shortened)")
      }
      return
    }
    guard Variables.isName(name) else {
      throw UsageError("'\(name)' is no name of a variable; letters, digits and _ are")
    }
    guard words.count > 1 else { throw UsageError("write \\set \(name) VALUE; \\unset removes it") }
    let text = words.dropFirst().joined(separator: " ")
    try variables.set(name, to: (try? JSON(parsing: text)) ?? .string(text))
  }

  func unsetVariables(_ words: [String]) throws {
    guard !words.isEmpty else { throw UsageError("write \\unset NAME") }
    for name in words where !variables.remove(name) { throw UsageError("no variable '\(name)'") }
  }

  /// `\watch`: the last request again and again.
  func watch(_ words: [String]) async throws {
    guard var request = lastRequest else { throw UsageError("nothing was asked yet that could be repeated") }
    let seconds = words.isEmpty ? 2 : Double(words[0]) ?? -1
    let times = words.count < 2 ? Int.max : Int(words[1]) ?? 0
    guard (0.1...86_400).contains(seconds), times > 0 else { throw UsageError("write \\watch SECONDS [TIMES]") }
    request.isBackground = false
    isWatching = true
    defer { isWatching = false }
    for round in 1...times {
      if await run(request) == .interrupted { throw CancellationError() }
      if round < times { try await Task.sleep(for: .seconds(seconds)) }
    }
  }

  // MARK: Jobs

  func showJobs(_ console: Console) {
    let table = Table(
      columns: [.init(heading: "JOB"), .init(heading: "RUNS"), .init(heading: "COMMAND")],
      rows: jobs.unfinished.map { [String($0.number), (ContinuousClock.now - $0.start).brief, $0.text] })
    if table.rows.isEmpty {
      say("nothing runs in the background", console)
    } else {
      console.output.write(table.aligned(wide: true, width: console.output.width, bold: console.output.bold))
    }
  }

  /// `\respond`: has a question that waits asked.
  func respond(_ words: [String]) async throws {
    let number = words.first.flatMap(Int.init)
    guard words.count <= 1, words.isEmpty || number != nil else { throw UsageError("write \\respond N") }
    guard await questions.respond(to: number) else {
      throw UsageError(number.map { "no question \($0) waits" } ?? "no server asks anything")
    }
  }

  /// `\wait`: until a job is over, or all are.
  func wait(_ words: [String]) async throws {
    let waited = words.isEmpty ? jobs.unfinished : [try jobs.job(words[0])]
    for job in waited {
      // A task cannot be waited for until one is cancelled; looking now and then is soon enough.
      while jobs.unfinished.contains(where: { $0.number == job.number }) {
        try await Task.sleep(for: .milliseconds(20))
      }
    }
  }
}
