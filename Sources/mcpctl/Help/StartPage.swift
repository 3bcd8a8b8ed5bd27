// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit

/// What `mcpctl` alone prints: enough to begin with. `mcpctl help` is the whole.
enum StartPage {
  /// Lines to copy, each of which works on a machine where nothing is configured.
  static let examples: [CommandInfo.Example] = [
    .init("mcpctl tools ls", "List the tools of the server built into mcpctl."),
    .init("mcpctl call calculator a=1 b=2", "Call one of them."),
    .init("mcpctl -s http://127.0.0.1:8000/mcp tools ls", "List those of a server at a URL."),
    .init("mcpctl repl", "Stay connected, and type commands line by line."),
    .init("mcpctl serve --transport http-stream", "Serve the built-in tools at http://127.0.0.1:8000/mcp."),
  ]

  static func text(width: Int, bold: (String) -> String = { $0 }) -> String {
    let introduction =
      "mcpctl \(Version.number) serves and uses Model Context Protocol (MCP) servers: it lists what they offer, "
      + "calls their tools, and is one itself."
    let rest = "`mcpctl help` lists all commands and options, `mcpctl COMMAND --help` explains one."
    var lines = wrapped(introduction, width: width) + ["", bold("Try")]
    for example in examples { lines += ["  " + example.line, "      " + example.meaning] }
    lines += [""] + wrapped(rest, width: width)
    return lines.map { $0 + "\n" }.joined()
  }
}
