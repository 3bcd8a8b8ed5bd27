// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit

/// `mcpctl servers discover`
struct ServersDiscoverCommand: OutputCommand {
  static let info = CommandInfo(
    "discover", "List the servers other programs know.",
    discussion: [
      "Read are .mcp.json, .cursor/mcp.json and .vscode/mcp.json of this directory, and the files of Claude Code, Claude "
        + "Desktop, Cursor, VS Code, Windsurf and Gemini CLI in your home directory. Nothing is started.",
      "TARGET is what -s takes.",
    ],
    examples: [
      .init("mcpctl servers discover", "Lists them with their files."),
      .init("mcpctl servers discover -o name", "Prints what -s takes, one a line."),
      .init("mcpctl servers discover -v", "Says which files were looked for, too."),
    ])

  private static let nothing = "no other program has servers here"

  @Group("Output") var output: OutputOptions
  @Group("Output") var columns: ColumnOptions
  @Group("Messages") var talk: TalkOptions

  func run(in console: Console) async throws -> ExitCode {
    let talk = Talk(talk, console)
    let environs = console.environs
    let files = ForeignFile.all(environs) { if talk.verbosity >= 0 { console.error.print("warning: \(safeText($0))") } }
    for (owner, path) in ForeignFile.places(environs) {
      let count = files.first { $0.path == path }?.servers.count
      talk.say("\(owner): \(path) \(count.map { "has \(counted($0, "server"))" } ?? "has none, or is not there")")
    }
    let items = files.flatMap { file in
      file.servers.members.map { member in
        let entry = member.value.object ?? [:]
        return JSON.object([
          "target": .string("\(file.path):\(member.name)"), "name": .string(member.name),
          "owner": .string(file.owner), "file": .string(file.path), "kind": .string(entry.kindOfServer),
          "place": .string(entry.placeOfServer),
        ])
      }
    }
    let presentation = Presentation(
      list: ["servers": .array(items)], items: items,
      table: Table(
        columns: [
          .init(heading: "TARGET"), .init(heading: "OWNER"), .init(heading: "KIND"), .init(heading: "PLACE"),
        ],
        rows: items.map { [$0.word("target"), $0.word("owner"), $0.word("kind"), $0.word("place")] }),
      empty: Self.nothing)
    if items.isEmpty { printer.tell(empty: Self.nothing, talk, on: console) }
    try printer.show(presentation, on: console)
    return .success
  }
}

/// `mcpctl servers trust`
struct ServersTrustCommand: Command {
  static let info = CommandInfo(
    "trust", "Agree to a server that a project brings along.",
    discussion: [
      "Servers of .mcpctl.json in a project may be anybody's: they are not used before you have agreed, once, at a terminal or "
        + "with this. When the entry changes, you are asked again."
    ],
    examples: [.init("mcpctl servers trust build", "Lets scripts use the project's server 'build'.")])

  @Argument("Name of the server, or FILE.json:entry.", completion: .dynamic("servers")) var name: String

  func run(in console: Console) async throws -> ExitCode {
    let resolved = try TargetResolver(environs: console.environs).resolve(name, .automatic, isExplicit: true)
    guard let listing = resolved.listing, listing.trust != .given else {
      console.error.print("\(safeText(name)) is used without a question already")
      return .success
    }
    let consent = Consent(console: console)
    try await consent.obtain(for: listing, isGiven: true)
    console.error.print("agreed to \(safeText(listing.name)) of \(safeText(listing.file)):")
    for line in consent.whole(listing) { console.error.print("  \(line)") }
    return .success
  }
}
