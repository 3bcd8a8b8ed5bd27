// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit

extension HelpTopic {
  /// What `mcpctl help` explains besides commands.
  static let all: [HelpTopic] = [
    .answers, .arguments, .authorization, .cluster, .configuration, .environment, .exitCodes, .output, .protocol, .repl,
    .targets,
    .tools,
  ]

  static let exitCodes = HelpTopic(
    "exit-codes", "what the exit codes mean",
    [
      .paragraph("Codes below 64 speak about the other side, codes from 64 on about the call itself."),
      .terms(ExitCode.table.map { ("\($0.code.rawValue)", $0.meaning) }),
      .paragraph(
        "With `-o json` an error is one line of JSON on standard error: its member `error` holds `code`, `exit`, "
          + "`message` and, where they are known, `details`, `server`, `chosenBy`, `rpc`, `http` and `hint`."),
    ])

  static let environment = HelpTopic(
    "environment", "the environment variables mcpctl reads",
    [
      .terms([
        ("MCPCTL_SERVER", "The server used when none is named; see `mcpctl help targets`."),
        (
          "MCP_CONFIG_PATH",
          "The configuration of `mcpctl serve` when --config is not given, and of `mcpctl config` when no file is named."
        ),
        (
          "MCPCTL_REDIS_URL",
          "The store of `mcpctl sessions` and `cluster` when neither --store nor the configuration names one."
        ),
        ("REDIS_PASSWORD", "The password of Redis, where its URL holds none."),
        (
          "MCPCTL_ADMIN_KEY",
          "The auth.admin_key of the server whose sessions `mcpctl sessions` looks at with --store http://HOST:PORT, where "
            + "no configuration has it."
        ),
        ("MCP_TRANSPORT_TYPE", "The transport of `mcpctl serve` when --transport is not given."),
        ("MCP_HOST", "The address `mcpctl serve` listens on when --host is not given."),
        ("MCP_PORT", "The port `mcpctl serve` listens on when --port is not given."),
        ("MCP_LOG_LEVEL", "The log level of `mcpctl serve` when --log-level is not given."),
        ("NO_COLOR", "No colour when set and not empty."),
        (
          "CLICOLOR_FORCE", "Colour in messages and headings even without a terminal, when set and neither empty nor 0."
        ),
        ("COLUMNS", "The width of help pages and tables when the terminal does not tell."),
        ("BROWSER", "The program `mcpctl auth login` opens pages with; xdg-open when not set, none when empty."),
        ("XDG_CACHE_HOME", "The folder for eras.json below; ~/.cache when not set."),
        ("XDG_CONFIG_HOME", "The folder for servers.json below; ~/.config when not set."),
        ("XDG_STATE_HOME", "The folder for tokens and the history below; ~/.local/state when not set."),
        ("VISUAL, EDITOR", "The editor of \\e in `mcpctl repl`; vi when neither is set."),
        (
          "MCPCTL_PAGER, PAGER",
          "The program for results of `mcpctl repl` that are longer than the window; less when neither is set, none when "
            + "empty or cat."
        ),
        ("MCPCTL_IMAGES", "How the terminal shows pictures: kitty, iterm2, sixel or off; found out when not set."),
        ("INPUTRC", "How readline edits lines in `mcpctl repl`; ~/.inputrc when not set."),
        ("http_proxy, https_proxy, no_proxy", "Proxies for servers reached by URL, as curl reads them."),
      ]),
      .paragraph(
        "An option always wins over its variable, and a variable over the configuration. Every key of the configuration "
          + "has one: see `mcpctl help configuration`."),
      .heading("Files"),
      .terms([
        (
          "~/.config/mcpctl/servers.json",
          "Servers that have names, and which one is current; see `mcpctl servers`. A project has them in .mcpctl.json, the "
            + "machine in /etc/mcpctl/servers.json."
        ),
        (
          "~/.local/state/mcpctl/trusted.json",
          "Which servers of projects and of other programs you have agreed to, known by a digest."
        ),
        (
          "~/.cache/mcpctl/eras.json",
          "Which servers, known by a hash, only knew the handshake of the legacy era lately, so that they are not asked "
            + "for more each time. An entry holds for an hour; deleting the file does no harm."
        ),
        (
          "~/.local/state/mcpctl/auth/",
          "Tokens of servers you are logged in to, and what authorization servers know mcpctl by. Only you can read it; "
            + "see `mcpctl help authorization`."
        ),
        (
          "~/.local/state/mcpctl/history",
          "The last 10 000 lines typed into `mcpctl repl`, but for those that begin with a blank or name a secret. Only you "
            + "can read it."
        ),
      ]),
    ])

  static let targets = HelpTopic(
    "targets", "how a server is named",
    [
      .terms([
        ("NAME", "A server that was given a name: see `mcpctl servers`."),
        ("builtin", "The server built into mcpctl, in this process: no network, no child."),
        ("https://host/mcp", "A server at a URL. Streamable HTTP is tried first, then HTTP+SSE; --transport decides."),
        ("host:port", "Short for http://host:port/mcp on this machine and https://host:port/mcp elsewhere."),
        ("FILE.json:entry", "An entry of a file with `mcpServers` or `servers`, as other clients keep it."),
        ("-- command args...", "A program to start; it talks over its standard input and output."),
      ]),
      .paragraph(
        "A tool may be named with its server: `mcpctl call NAME/tool`. A program out of a file that other clients keep is "
          + "started once you have agreed, where you can be asked; one that a project brings along in .mcpctl.json never before."
      ),
      .heading("Which one is used"),
      .paragraph("First hit wins. Naming two is an error, never a silent choice."),
      .terms([
        ("1.", "The command after `--`, or --server."), ("2.", "The environment variable MCPCTL_SERVER."),
        (
          "3.",
          "The current server: what `mcpctl config use-context` chose, in the project's .mcpctl.json, else in "
            + "~/.config/mcpctl/servers.json, else in /etc/mcpctl/servers.json."
        ),
        ("4.", "The built-in server."),
      ]),
      .heading("Examples"),
      .lines([
        "mcpctl -s http://127.0.0.1:8000/mcp tools ls", "mcpctl -s ./mcp.json:weather info",
        "mcpctl call echo message=hi -- mcpctl serve --transport stdio",
      ]),
    ])
}
