// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit
import MCPClientKit
import MCPCore

extension Scene {
  /// Shows what a tool has answered. For people the text of an error belongs on standard error; a program still gets the whole
  /// result.
  ///
  /// - Parameters:
  ///   - name: what messages call it.
  ///   - facts: what the report of an error says besides.
  func show(
    call result: JSONObject, of name: String, _ output: Output, ignoresToolError: Bool, facts: JSONObject
  ) throws -> ExitCode {
    let presentation = Presentation(call: result)
    guard result["isError"] == .bool(true) else { return try show(presentation, output) }
    let hint = missing.hint(after: presentation.text, refused: client.refusedQuestions)
    let isForPeople = output.format == .text && output.path == nil
    if isForPeople {
      hears(presentation)
      console.error.write(console.error.isTerminal ? safeText(presentation.text) : presentation.text)
      // At a terminal it was said before.
      if let reminder, talk.listener == nil, !console.error.isTerminal, talk.verbosity >= 0 {
        console.error.print("  \(safeText(reminder))")
      }
      if let hint { console.error.print("\(console.error.bold("hint:")) \(hint)") }
    } else {
      try show(presentation, output)
    }
    if ignoresToolError { return .success }
    if isForPeople { return .toolError }
    let text = presentation.text.trimmed
    var report: JSONObject = ["server": .string(client.serverName), "method": .string(Method.toolsCall.rawValue)]
    for fact in facts.members { report[fact.name] = fact.value }
    throw Failure(.toolError, "tool_error", text.isEmpty ? "\(name) failed" : text, hint: hint, facts: report)
  }
}
