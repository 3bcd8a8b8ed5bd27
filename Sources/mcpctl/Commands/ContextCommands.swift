// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit

/// `mcpctl config use-context`
struct ConfigUseContextCommand: Command {
  static let info = CommandInfo(
    "use-context", "Choose the server that is meant when none is named.",
    discussion: [
      "NAME is one of `mcpctl servers ls`, or builtin. The choice is kept in your servers.json, or with --project in the "
        + "project's .mcpctl.json, which goes before it."
    ],
    examples: [
      .init("mcpctl config use-context prod", "From now on, `mcpctl tools ls` lists the tools of prod."),
      .init("mcpctl config use-context --none", "Forgets the choice: the built-in server answers again."),
    ])

  @Argument("Name of the server.", value: "NAME", completion: .dynamic("servers")) var name: String?
  @Flag("Forget the choice.") var none: Bool
  @Group("File") var level: LevelOptions

  func run(in console: Console) async throws -> ExitCode {
    guard none != (name != nil) else { throw UsageError("give the name of a server, or --none") }
    let environs = console.environs
    let book = try ServerBook(environs)
    let shelf = try level.shelf(book, environs)
    if let name, name != TargetResolver.builtin {
      let entry = try book.required(name)
      guard shelf.level != .project || entry.shelf.level == .project else {
        throw UsageError("a project chooses among its own servers: add '\(name)' with --project first")
      }
    }
    try shelf.write([.use(name)], in: environs)
    let nearer = try ServerBook(environs).current
    if let nearer, nearer.name != name {
      console.error.print("note: \(nearer.shelf.path) goes before it, and says '\(safeText(nearer.name))'")
    } else {
      console.error.print(name.map { "the current server is \($0)" } ?? "no server is the current one")
    }
    return .success
  }
}

/// `mcpctl config current-context`
struct ConfigCurrentContextCommand: Command {
  static let info = CommandInfo(
    "current-context", "Print the server that is meant when none is named.",
    discussion: [
      "With -v, where that is said: MCPCTL_SERVER goes before the files, and the project's before the user's."
    ],
    examples: [.init("mcpctl config current-context", "Prints a name; builtin when nothing was chosen.")])

  @Group("Output") var output: OutputOptions
  @Group("Messages") var talk: TalkOptions

  func run(in console: Console) async throws -> ExitCode {
    let book = try ServerBook(console.environs)
    let variable = console.environment("MCPCTL_SERVER").flatMap { $0.isEmpty ? nil : $0 }
    let name = variable ?? book.current?.name ?? TargetResolver.builtin
    let origin = variable != nil ? "MCPCTL_SERVER" : book.current?.shelf.path ?? "nothing was chosen"
    if talk.verbose > 0 {
      console.error.print("# MCPCTL_SERVER: \(safeText(variable ?? "not set"))")
      for shelf in book.shelves {
        let says = shelf.isThere ? shelf.current.map { "says \(safeText($0))" } ?? "says nothing" : "is not there"
        console.error.print("# \(shelf.path) \(says)")
      }
    }
    try output.printer.show(
      Presentation(
        .object(["name": .string(name), "origin": .string(origin)]), text: safeText(name) + "\n", value: .string(name),
        names: [name]), on: console)
    return .success
  }
}
