// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit

/// The codes mcpctl ends with. Below 64 the fault lies with the other side, from 64 on with the caller.
extension ExitCode {
  /// A negative answer: no match, a failed check.
  static let negative = ExitCode(rawValue: 1)
  /// Something mcpctl did not expect.
  static let internalError = ExitCode(rawValue: 2)
  /// The tool answered with `isError`.
  static let toolError = ExitCode(rawValue: 3)
  /// Credentials are needed or were refused.
  static let unauthorized = ExitCode(rawValue: 4)
  /// The server cannot be reached.
  static let unreachable = ExitCode(rawValue: 5)
  /// The other side broke the protocol, or answered with a JSON-RPC error.
  static let protocolError = ExitCode(rawValue: 6)
  /// The deadline passed.
  static let timeout = ExitCode(rawValue: 7)
  /// No such server, tool, resource, prompt, session, node or key of a configuration.
  static let notFound = ExitCode(rawValue: 8)
  /// The arguments do not fit the tool's schema (`EX_DATAERR`).
  static let badArguments = ExitCode(rawValue: 65)
  /// The configuration is wrong (`EX_CONFIG`).
  static let badConfiguration = ExitCode(rawValue: 78)
  /// Interrupted from the keyboard (128 + SIGINT).
  static let interrupted = ExitCode(rawValue: 130)
  /// Asked to end (128 + SIGTERM).
  static let terminated = ExitCode(rawValue: 143)

  /// Every code with its meaning, as help shows them.
  static let table: [(code: ExitCode, meaning: String)] = [
    (.success, "Success."),
    (.negative, "A negative answer: no match, a failed check."),
    (.internalError, "Internal or unexpected error; `serve` cannot listen at its address."),
    (.toolError, "The tool answered with an error (`isError`); its text is on standard error."),
    (.unauthorized, "Authentication or authorization is needed or was refused."),
    (.unreachable, "The server cannot be reached: name, connection, TLS, starting the program, HTTP 429 and 5xx."),
    (.protocolError, "Protocol error: a JSON-RPC error, a malformed message, no common version."),
    (.timeout, "The deadline passed."),
    (.notFound, "No such server, tool, resource, prompt, session, node or key of a configuration."),
    (.usage, "The command line is wrong (`EX_USAGE`)."),
    (.badArguments, "The arguments do not fit the tool's schema (`EX_DATAERR`); nothing was sent."),
    (.badConfiguration, "The configuration is wrong (`EX_CONFIG`)."),
    (.interrupted, "Interrupted with Ctrl-C."),
    (.terminated, "Ended by SIGTERM."),
  ]
}
