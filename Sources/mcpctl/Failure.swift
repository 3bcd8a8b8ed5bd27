// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit

/// Why a command could not do its work, with everything the report says about it.
struct Failure: Error, Sendable {
  let exit: ExitCode
  /// A word for programs, stable: `tool_error`, `not_found`.
  let code: String
  let message: String
  /// What to try next.
  var hint: String?
  /// Further lines below the message, such as each fault of the arguments.
  var details: [String] = []
  /// More members of the JSON report: `rpc`, `http`.
  var facts: JSONObject = [:]

  init(
    _ exit: ExitCode, _ code: String, _ message: String, hint: String? = nil, details: [String] = [],
    facts: JSONObject = [:]
  ) {
    (self.exit, self.code, self.message, self.hint) = (exit, code, message, hint)
    (self.details, self.facts) = (details, facts)
  }
}
