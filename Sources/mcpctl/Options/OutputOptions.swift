// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit

/// How results are printed.
struct OutputOptions: OptionGroup {
  @Option("Output format; see `mcpctl help output`.", short: "o", value: "FORMAT") var output = OutputFormat.text
  @Option("Print only this part of the result, such as .content[0].text.", value: "EXPR") var path: JSONPath?
  @Option("Write the result to a file instead.", value: "FILE", completion: .file) var out: String?
  @Flag("Print tables without headings.") var noHeaders: Bool

  /// The printer these options ask for.
  var printer: Output { Output(format: output, path: path, file: out, showsHeadings: !noHeaders) }
}

/// What is said on standard error.
struct TalkOptions: OptionGroup {
  @Flag("Say more on standard error: -v phases and timing, -vv messages, -vvv everything.", short: "v")
  var verbose: Int
  @Flag("Say nothing on standard error but errors.", short: "q") var quiet: Bool
  @Option("Use colour always, never, or (auto) on a terminal.", value: "WHEN") var color = ColorChoice.auto
  @Flag("Use no colour, whatever the terminal; --color never.") var noColor: Bool
}
