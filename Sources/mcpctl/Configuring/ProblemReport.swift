// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit
import MCPConfig

/// How problems of a configuration are printed.
enum ReportFormat: String, ChoiceValue {
  case text, json, sarif
}

/// Everything that is to be said of one file.
struct ProblemReport {
  let file: String
  let problems: [Problem]
  /// Whether warnings fail as well.
  var isStrict = false

  var isValid: Bool { isStrict ? problems.isEmpty : !problems.haveError }

  /// Prints the problems as a result, and for people a line that sums them up on standard error.
  func show(as format: ReportFormat, on console: Console) {
    switch format {
    case .text:
      for problem in problems { console.output.print(safeText(problem.description)) }
      console.error.print("\(safeText(file)): \(summary)")
    case .json:
      let report: JSONObject = [
        "file": .string(file), "valid": .bool(isValid), "problems": .array(problems.map(\.json)),
      ]
      console.output.print(JSON.object(report).pretty)
    case .sarif: console.output.print(SARIF.log(of: problems, version: Version.number).pretty)
    }
  }

  /// `2 errors, 1 warning`.
  var summary: String {
    let errors = problems.count { $0.severity == .error }
    let parts = [(errors, "error"), (problems.count - errors, "warning")].filter { $0.0 > 0 }
    let text = parts.map { "\($0.0) \($0.1)\($0.0 == 1 ? "" : "s")" }.joined(separator: ", ")
    return isValid ? text.isEmpty ? "valid" : "valid, with \(text)" : text
  }
}
