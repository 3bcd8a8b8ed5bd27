// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit
import MCPConfig

/// `mcpctl config view`
struct ConfigViewCommand: Command {
  static let info = CommandInfo(
    "view", "Show the values a server would run with.",
    discussion: [
      "An option wins over its environment variable, that over the file, and the file over the default. Secrets are masked.",
      "Keys without a value and without a default are left out. Problems go to standard error, and one that is an error ends "
        + "with exit code 1.",
    ],
    examples: [
      .init("mcpctl config view config.yaml", "Shows all values."),
      .init("mcpctl config view --origin config.yaml", "Shows where each comes from."),
      .init("mcpctl config view --set transport.port=9000 -o json", "Shows the defaults but for one."),
    ], seeAlso: ["mcpctl-config 5"])

  @Argument("File to read.", value: "file", completion: .file) var file: String?
  @Flag("Show where each value comes from.") var origin: Bool
  @Option("Set a key, as the same option of serve does.", value: "KEY=VALUE") var set: [String]
  @Group("Output") var output: OutputOptions

  func run(in console: Console) async throws -> ExitCode {
    let loaded = try ConfigLoader.load(ConfigLoader.file(file, in: console), flags: ["set": set], in: console)
    for problem in loaded.problems { console.error.print(safeText(problem.description)) }
    try output.printer.show(origin ? origins(of: loaded.config) : values(of: loaded.config), on: console)
    return loaded.isUsable ? .success : .negative
  }

  private func values(of config: ServerConfig) -> Presentation {
    var object: JSONObject = [:]
    for key in ConfigKey.all {
      guard let value = config.setting(key.path)?.value else { continue }
      insert(value.json, at: key.path.split(separator: ".").map(String.init)[...], in: &object)
    }
    return Presentation(.object(object), text: JSON.object(object).yaml)
  }

  private func insert(_ value: JSON, at path: ArraySlice<String>, in object: inout JSONObject) {
    guard let name = path.first else { return }
    guard path.count > 1 else {
      object[name] = value
      return
    }
    var section = object[name]?.object ?? [:]
    insert(value, at: path.dropFirst(), in: &section)
    object[name] = .object(section)
  }

  private func origins(of config: ServerConfig) -> Presentation {
    var object: JSONObject = [:]
    var rows: [[String]] = []
    for key in ConfigKey.all {
      guard let setting = config.setting(key.path) else { continue }
      object[key.path] = ["value": setting.value.json, "origin": .string(setting.origin.shown)]
      rows.append([key.path, setting.value.shown, setting.origin.shown])
    }
    let items = object.members.map { JSON.object([$0.name: $0.value]) }
    let columns = [Table.Column(heading: "KEY"), Table.Column(heading: "VALUE"), Table.Column(heading: "ORIGIN")]
    return Presentation(list: object, items: items, table: Table(columns: columns, rows: rows), empty: "no values")
  }
}

/// `mcpctl config diff`
struct ConfigDiffCommand: Command {
  static let info = CommandInfo(
    "diff", "Show what is different in another configuration, and what of it needs a new start.",
    discussion: [
      "The files alone are compared: what the environment sets wins over both. Exit code 1 when they differ, 0 when they do "
        + "not, 78 when one of them is wrong."
    ],
    examples: [.init("mcpctl config diff config.yaml new.yaml", "Shows what a reload would change.")])

  @Argument("File as it is.", value: "old", completion: .file) var old: String
  @Argument("File as it is to be.", value: "new", completion: .file) var new: String
  @Group("Output") var output: OutputOptions

  func run(in console: Console) async throws -> ExitCode {
    let differences = try load(old, console).differences(to: try load(new, console))
    let items = differences.map { difference -> JSON in
      [
        "path": .string(difference.key.path), "old": difference.old?.json ?? .null,
        "new": difference.new?.json ?? .null,
        "restart": .bool(difference.needsRestart),
      ]
    }
    let rows = differences.map { difference in
      [
        difference.key.path, difference.old?.shown ?? "not set", difference.new?.shown ?? "not set",
        difference.needsRestart ? "restart" : "reload",
      ]
    }
    let columns = ["KEY", "OLD", "NEW", "TAKES"].map { Table.Column(heading: $0) }
    try output.printer.show(
      Presentation(
        list: ["differences": .array(items)], items: items, table: Table(columns: columns, rows: rows),
        empty: "no differences"), on: console)
    return differences.isEmpty ? .success : .negative
  }

  private func load(_ file: String, _ console: Console) throws(Failure) -> ServerConfig {
    let loaded = try ConfigLoader.load(file, readsEnvironment: false, in: console)
    guard loaded.isUsable else { throw Failure(loaded, of: file) }
    return loaded.config
  }
}

extension Failure {
  /// A configuration with errors, all of which are told.
  init(_ loaded: ConfigLoader.Loaded, of file: String?) {
    let errors = loaded.problems.filter { $0.severity == .error }
    self.init(
      .badConfiguration, "config", "\(file ?? "the configuration") cannot be used",
      hint: "`mcpctl config validate\(file.map { " \(shellWord($0))" } ?? "")` says the same",
      details: errors.map(\.description))
  }
}
