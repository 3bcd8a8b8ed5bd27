// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit
import MCPClientKit

/// Which file of names is changed.
struct LevelOptions: OptionGroup {
  @Flag("Write to the file of the project: .mcpctl.json in this directory, or the nearest above.") var project: Bool
  @Flag("Write to the file of this machine, /etc/mcpctl/servers.json.") var system: Bool

  func shelf(_ book: ServerBook, _ environs: Environs) throws -> ServerBook.Shelf {
    if project, system { throw UsageError("--project and --system exclude each other") }
    let level: ServerBook.Level = project ? .project : system ? .system : .user
    guard let shelf = book.shelf(level, directory: environs.directory) else {
      throw Failure(.badConfiguration, "config", "there is no place for names: set HOME or XDG_CONFIG_HOME")
    }
    return shelf
  }
}

/// `mcpctl servers add`
struct ServersAddCommand: Command {
  static let info = CommandInfo(
    "add", "Give a server a name.",
    discussion: [
      "A header or variable may be `env:NAME`: then `${NAME}` is written, and the value is looked up whenever the server is "
        + "used. Secrets belong there and not into the file."
    ],
    examples: [
      .init("mcpctl servers add prod https://example.com/mcp", "Names a server at a URL."),
      .init(
        "mcpctl servers add prod https://example.com/mcp -H X-Api-Key:env:PROD_KEY",
        "With a header whose value is in the environment."),
      .init("mcpctl servers add files --cwd /srv -- mcp-files --read-only", "Names a program to start."),
    ])

  @Argument("Name to give.", value: "NAME") var name: String
  @Argument("URL of the server.", value: "URL") var url: String?
  @Trailing(programHelp, value: "command") var program: [String]
  @Option("Header to send.", short: "H", value: "'K: V'") var header: [String]
  @Option("Environment variable for the program.", short: "E", value: "K=V") var env: [String]
  @Option("Directory the program is started in.", value: "DIR", completion: .directory) var cwd: String?
  @Option("How the URL is spoken to.", value: "TRANSPORT") var transport = ClientTransportChoice.auto
  @Flag("Replace a server of that name.") var force: Bool
  @Flag("Use it from now on when no server is named.") var use: Bool
  @Group("File") var level: LevelOptions

  func run(in console: Console) async throws -> ExitCode {
    try Self.check(name)
    let environs = console.environs
    let shelf = try level.shelf(try ServerBook(environs), environs)
    let entry = try entry()
    try shelf.write([.put(entry, as: name)] + (use ? [.use(name)] : []), in: environs) { servers in
      guard force || servers[name] == nil else {
        throw Failure(
          .negative, "exists", "\(shelf.path) has a server '\(name)' already",
          hint: "choose another name, or add --force")
      }
    }
    if level.project {
      // Whoever writes it agrees to it.
      try await Consent(console: console).obtain(
        for: Listing(name: name, file: shelf.path, content: entry, trust: .mustBeGiven), isGiven: true)
    }
    for warning in Self.warnings(entry) { console.error.print("warning: \(warning)") }
    console.error.print("\(shelf.path): \(name) \(shown(entry))")
    return .success
  }

  private func shown(_ entry: JSONObject) -> String { safeText(entry.placeOfServer) }

  private func entry() throws -> JSONObject {
    switch (url, program.first) {
    case (let url?, nil):
      guard env.isEmpty, cwd == nil else { throw UsageError("--env and --cwd are for a program, not for a URL") }
      guard url.hasPrefix("http://") || url.hasPrefix("https://") || url.contains("${") else {
        let meant = TargetResolver.url(fromHost: url, .automatic).map { "write \($0)" }
        throw UsageError(
          "'\(url)' is no URL of a server; \(meant ?? "URLs begin with http:// or https://")")
      }
      var entry: JSONObject = ["type": transport == .sse ? "sse" : "http", "url": .string(url)]
      var headers = JSONObject()
      for word in header {
        guard let colon = word.firstIndex(of: ":"), colon > word.startIndex else {
          throw UsageError("--header '\(word)' is not written as 'NAME: value'")
        }
        headers[String(word[..<colon]).trimmed] = .string(reference(String(word[word.index(after: colon)...]).trimmed))
      }
      if !headers.isEmpty { entry["headers"] = .object(headers) }
      return entry
    case (nil, let command?):
      guard header.isEmpty, transport == .auto else {
        throw UsageError("--header and --transport are for a URL, not for a program")
      }
      var entry: JSONObject = ["command": .string(command)]
      if program.count > 1 { entry["args"] = .array(program.dropFirst().map(JSON.string)) }
      var variables = JSONObject()
      for word in env {
        guard let equals = word.firstIndex(of: "="), equals > word.startIndex else {
          throw UsageError("--env '\(word)' is not written as NAME=value")
        }
        variables[String(word[..<equals])] = .string(reference(String(word[word.index(after: equals)...])))
      }
      if !variables.isEmpty { entry["env"] = .object(variables) }
      if let cwd { entry["cwd"] = .string(cwd) }
      return entry
    case (.some, .some): throw UsageError("a URL and a command are given; give one")
    case (nil, nil): throw UsageError("give the URL of the server, or a command after '--'")
    }
  }

  /// `env:NAME` as files write it.
  private func reference(_ value: String) -> String {
    let scheme = value.firstIndex(of: " ").map { value[...$0] } ?? ""
    let rest = value.dropFirst(scheme.count)
    if rest.hasPrefix("env:") { return scheme + "${\(rest.dropFirst("env:".count))}" }
    return value.hasPrefix("env:") ? "${\(value.dropFirst("env:".count))}" : value
  }

  static func warnings(_ entry: JSONObject) -> [String] {
    ["headers", "env"].flatMap { group in
      (entry[group]?.object?.members ?? []).compactMap { member in
        guard Redaction.isSecret(member.name), member.value.string?.contains("${") == false else { return nil }
        return "\(safeText(member.name)) stands in the file as it is: `env:NAME` keeps it in the environment"
      }
    }
  }

  /// - Throws: `UsageError` when a name would be taken for something else.
  static func check(_ name: String) throws {
    let isPlain = name.utf8.allSatisfy { byte in
      byte < 128 && (Character(UnicodeScalar(byte)).isLetter || Character(UnicodeScalar(byte)).isNumber)
        || "-_.".utf8.contains(byte)
    }
    guard isPlain, !name.isEmpty, name.utf8.count <= 64, name != TargetResolver.builtin, !name.hasPrefix("-"),
      !name.hasSuffix(".json")
    else {
      throw UsageError(
        "'\(safeText(name))' cannot be a name: use up to 64 letters, digits, '-', '_' and '.', not 'builtin' and not FILE.json"
      )
    }
  }
}

/// `mcpctl servers rm`
struct ServersRemoveCommand: Command {
  static let info = CommandInfo(
    "rm", "Forget the name of a server.", aliases: ["remove"],
    examples: [.init("mcpctl servers rm prod", "Removes it from the file that has it.")])

  @Argument("Name of the server.", completion: .dynamic("servers")) var name: String

  func run(in console: Console) async throws -> ExitCode {
    let environs = console.environs
    let entry = try ServerBook(environs).required(name)
    let wasCurrent = try ServerBook(environs).current?.name == name
    try entry.shelf.write([.remove(name)], in: environs)
    console.error.print("\(entry.shelf.path): \(name) is gone")
    if wasCurrent {
      let now = try ServerBook(environs).current?.name ?? TargetResolver.builtin
      console.error.print("note: it was the current server; now that is \(safeText(now))")
    }
    return .success
  }
}

/// `mcpctl servers import`
struct ServersImportCommand: Command {
  static let info = CommandInfo(
    "import", "Copy servers from a file of another program.",
    discussion: ["FILE is one of `mcpctl servers discover`, or any with `mcpServers` or `servers`. It is not changed."],
    examples: [
      .init("mcpctl servers import .mcp.json", "Copies every server of a project."),
      .init("mcpctl servers import ~/.cursor/mcp.json github", "Copies one."),
    ])

  @Argument("File of another program.", value: "file", completion: .file) var file: String
  @Argument("Names of the servers; all when left out.", value: "NAME") var names: [String]
  @Flag("Replace servers of the same names.") var force: Bool
  @Group("File") var level: LevelOptions

  func run(in console: Console) async throws -> ExitCode {
    let environs = console.environs
    let servers = try TargetResolver(environs: environs).servers(inFile: file)
    let wanted = names.isEmpty ? servers.names : names
    let shelf = try level.shelf(try ServerBook(environs), environs)
    var changes: [ServerBook.Shelf.Change] = []
    for name in wanted {
      guard let entry = servers[name]?.object else {
        let near = nearMiss(of: name, in: servers.names).map { "did you mean '\($0)'?" }
        throw Failure(
          .notFound, "no_server", "\(file) has no server '\(safeText(name))'",
          hint: near ?? "it has: \(safeText(servers.names.joined(separator: ", ")))")
      }
      try ServersAddCommand.check(name)
      guard (entry["command"] != nil) != (entry["url"] != nil) else {
        let fault = entry["url"] == nil ? "has neither 'command' nor 'url'" : "has both 'command' and 'url'"
        throw Failure(
          .badConfiguration, "config", "\(file): \(safeText(name)) \(fault); nothing was copied",
          hint: "name those you want: \(safeText(servers.names.filter { $0 != name }.joined(separator: " ")))")
      }
      changes.append(.put(entry, as: name))
    }
    try shelf.write(changes, in: environs) { there in
      guard let taken = wanted.first(where: { !force && there[$0] != nil }) else { return }
      throw Failure(
        .negative, "exists", "\(shelf.path) has a server '\(taken)' already; nothing was copied",
        hint: "name those you want, or add --force")
    }
    for name in wanted {
      for warning in ServersAddCommand.warnings(servers[name]?.object ?? [:]) {
        console.error.print("warning: \(name): \(warning)")
      }
      console.error.print("\(shelf.path): \(name) \(safeText(servers[name]?.object?.placeOfServer ?? ""))")
    }
    return .success
  }
}
