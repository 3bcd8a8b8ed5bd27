// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit
import MCPCore

/// Says on standard error why a command failed, and decides the exit code: the one place that knows both.
struct ErrorReport {
  let console: Console
  /// Whether programs read along (`-o json`): then one line of JSON instead of prose.
  let isJSON: Bool
  /// Where in a script the command stands.
  var place: String?

  /// Reports `error`; `server` is whom the command talked to.
  func report(_ error: any Error, server: String? = nil) -> ExitCode {
    if let error = error as? UsageError {
      show(Failure(.usage, "usage", error.message), server)
      if let usage = error.usage, !isJSON { console.error.print("usage: \(usage)") }
      return .usage
    }
    let failure = error as? Failure ?? Failure(.internalError, "internal", "\(error)")
    show(failure, server)
    return failure.exit
  }

  private func show(_ failure: Failure, _ server: String?) {
    let stream = console.error
    guard isJSON else {
      let place = place.map { "\(safeText($0)): " } ?? ""
      stream.print("\(stream.red("mcpctl:")) \(place)\(safeText(failure.message))")
      for detail in failure.details { stream.print("  \(safeText(detail))") }
      if let hint = failure.hint { stream.print("\(stream.bold("hint:")) \(safeText(hint))") }
      return
    }
    var report: JSONObject = [
      "code": .string(failure.code), "exit": .number(JSONNumber(failure.exit.rawValue)),
      "message": .string(failure.message),
    ]
    if !failure.details.isEmpty { report["details"] = .array(failure.details.map(JSON.string)) }
    report["place"] = place.map(JSON.string)
    report["server"] = server.map(JSON.string)
    for fact in failure.facts.members { report[fact.name] = fact.value }
    report["hint"] = failure.hint.map(JSON.string)
    stream.print(JSON.object(["error": .object(report)]).text)
  }
}
