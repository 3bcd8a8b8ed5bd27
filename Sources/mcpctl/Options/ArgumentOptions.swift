// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit

/// How argument words are taken.
struct ArgumentOptions: OptionGroup {
  @Option("Arguments as a JSON object: the text itself, @FILE, or - for standard input.", value: "JSON")
  var args: String?
  @Flag("Take every name=value as text, without asking for the schema.") var noSchema: Bool
  @Flag("Send arguments that do not fit the schema all the same.") var noValidate: Bool
  @Flag("Print the request instead of sending it.") var dryRun: Bool
  @Flag("Call tools that may destroy something without asking first.", short: "y") var yes: Bool
}
