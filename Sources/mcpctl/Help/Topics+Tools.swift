// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit

extension HelpTopic {
  static let tools = HelpTopic(
    "tools", "how programs in a directory become tools",
    [
      .paragraph(
        "`mcpctl serve --tools DIR` makes a tool of each program NAME in DIR that has a manifest: a file NAME.json beside "
          + "it, or what `NAME --describe` prints. A program that is broken is named in the log and hides no other."),
      .heading("The manifest"),
      .paragraph(
        "A manifest is the Tool object of the specification: `description` is needed; `name`, `title`, `inputSchema`, "
          + "`outputSchema`, `annotations` and the rest as they are there. Its member `run` may hold:"),
      .terms([
        ("command", "The words to run, the program first; for scripts and programs elsewhere."),
        ("directory", "Where it runs; by default where the manifest is."),
        ("environment", "Names of variables it sees beside PATH, HOME, USER, LANG, LC_ALL, LC_CTYPE, TZ and TMPDIR."),
        ("variables", "Variables it is given, an object of strings."),
        ("timeoutSeconds", "How long a call may take, at most 60."),
        ("cpuSeconds", "How much processor time a call may use, at most 60."),
        ("outputBytes", "How much a call may write, at most 8388608."),
        ("calls", "How many calls may be under way, at most 16; further ones are refused."),
      ]),
      .heading("A call"),
      .paragraph(
        "The arguments, checked against the schema, are one line of JSON on standard input; MCP_TOOL_NAME names the tool. "
          + "Standard output is the result: text; JSON when there is an outputSchema; or a whole result object, when it is an "
          + "object with `content`. With another exit status than 0 the call has failed, and standard error says why. The "
          + "program is killed with all it started when the call is cancelled or its time is up."),
      .heading("Safety"),
      .paragraph(
        "Programs run as the user that serves. Files that every user of the machine may change are not run; "
          + "arguments reach a program on its input only, never through a shell."),
    ])
}
