// SPDX-License-Identifier: Apache-2.0

/// The command line makes no sense; exit code 64.
package struct UsageError: Error, Sendable, CustomStringConvertible {
  /// What is wrong and, when known, what was probably meant.
  package let message: String
  /// The usage line of the command being read.
  package var usage: String?

  package init(_ message: String, usage: String? = nil) {
    self.message = message
    self.usage = usage
  }

  package var description: String { message }
}
