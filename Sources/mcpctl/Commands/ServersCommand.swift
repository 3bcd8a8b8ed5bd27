// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit

/// `mcpctl servers`
struct ServersCommand: CommandGroup {
  static let info = CommandInfo(
    "servers", "Give servers names, and use them by name.", aliases: ["server"],
    discussion: [
      "A name stands wherever a server is named: `mcpctl -s NAME tools ls`, `mcpctl call NAME/calculator a=1 b=2`. "
        + "`mcpctl config use-context NAME` makes it the one that is meant when none is named.",
      "Names are kept in ~/.config/mcpctl/servers.json (below XDG_CONFIG_HOME if that is set), those of a project in "
        + ".mcpctl.json in its directory, those of the machine in /etc/mcpctl/servers.json. The project's go before the user's, "
        + "the user's before the machine's. The form is the one of .mcp.json.",
      "Servers of other programs are listed by `servers discover` and copied by `servers import`; their files are never "
        + "written, and nothing in them is used unasked.",
    ])
  static let subcommands: [any Command.Type] = [
    ServersListCommand.self, ServersGetCommand.self, ServersAddCommand.self, ServersRemoveCommand.self,
    ServersImportCommand.self, ServersDiscoverCommand.self, ServersTestCommand.self, ServersTrustCommand.self,
  ]
}

/// `mcpctl servers ls`
struct ServersListCommand: OutputCommand {
  static let info = CommandInfo(
    "ls", "List the servers that have names.", aliases: ["list"],
    discussion: ["The current one, used when none is named, is marked with *."],
    examples: [
      .init("mcpctl servers ls", "Lists names, and how each server is reached."),
      .init("mcpctl servers ls -o name", "Prints the names only."),
    ])

  @Group("Output") var output: OutputOptions
  @Group("Output") var columns: ColumnOptions

  func run(in console: Console) async throws -> ExitCode {
    let book = try ServerBook(console.environs)
    let current = book.current?.name
    let entries = book.entries
    let items = entries.map { entry in
      JSON.object([
        "name": .string(entry.name), "current": .bool(entry.name == current),
        "kind": .string(entry.content.kindOfServer), "place": .string(entry.content.placeOfServer),
        "level": .string(entry.shelf.level.rawValue), "file": .string(entry.shelf.path),
      ])
    }
    let presentation = Presentation(
      list: ["servers": .array(items)], items: items,
      table: Table(
        columns: [
          .init(heading: "NAME"), .init(heading: "CURRENT"), .init(heading: "KIND"), .init(heading: "LEVEL"),
          .init(heading: "FILE", isWide: true), .init(heading: "PLACE"),
        ],
        rows: items.map {
          [
            $0.word("name"), $0["current"] == true ? "*" : "", $0.word("kind"), $0.word("level"), $0.word("file"),
            $0.word("place"),
          ]
        }),
      empty: "no server has a name yet: `mcpctl servers add NAME URL` gives it one")
    try printer.show(presentation, on: console)
    return .success
  }
}

/// `mcpctl servers get`
struct ServersGetCommand: Command {
  static let info = CommandInfo(
    "get", "Show how a server is reached.",
    discussion: ["Values of headers, variables and options that are likely secrets are left out."],
    examples: [.init("mcpctl servers get prod", "Shows the entry, and the file it is in.")])

  @Argument("Name of the server.", completion: .dynamic("servers")) var name: String
  @Group("Output") var output: OutputOptions

  func run(in console: Console) async throws -> ExitCode {
    let entry = try ServerBook(console.environs).required(name)
    let shown = JSON.object(entry.content.withoutSecretsOfServer)
    var object: JSONObject = ["name": .string(name)]
    for member in shown.object?.members ?? [] { object[member.name] = member.value }
    try output.printer.show(
      Presentation(
        .object(object), text: "\(name), of \(entry.shelf.path)\n\(shown.pretty)\n", value: shown, names: [name]),
      on: console)
    return .success
  }
}

extension ServerBook {
  /// The entry of that name.
  /// - Throws: `Failure` with the nearest name there is.
  func required(_ name: String) throws(Failure) -> Entry {
    if let entry = entry(name) { return entry }
    let near = nearMiss(of: name, in: entries.map(\.name)).map { "did you mean '\($0)'?" }
    throw Failure(
      .notFound, "no_server", "no server is called '\(safeText(name))'",
      hint: near ?? "`mcpctl servers ls` lists them, `mcpctl servers add NAME URL` adds one")
  }
}

extension Console {
  /// Where names of servers are looked up.
  var environs: Environs {
    Environs(
      environment: environment,
      readFile: { path throws(FileFault) in try self.readFile(path, 64 << 20) },
      directory: Directory.absolute(".") ?? "/", isOurs: Directory.holdsOurs)
  }
}
