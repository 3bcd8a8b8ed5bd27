// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit
import MCPConfig

/// `mcpctl config get`
struct ConfigGetCommand: Command {
  static let info = CommandInfo(
    "get", "Print the value of one key.",
    discussion: [
      "It is the value a server would run with, as `mcpctl config view` shows all: an option wins over its environment variable, "
        + "that over the file, and the file over the default. Secrets are masked.",
      "Exit code 1 when the key has no value, and 8 when there is no such key. To change a value, edit the file: its comments and "
        + "its order are yours.",
    ],
    examples: [
      .init("mcpctl config get transport.port config.yaml", "Prints a port."),
      .init("mcpctl config get server.name", "Prints the default, or what the environment says."),
      .init("mcpctl config get transport.port config.yaml -o json", "With where it comes from."),
    ],
    seeAlso: ["mcpctl-config 5"])

  @Argument("Key, such as transport.port.", value: "key", completion: .dynamic("config-keys")) var key: String
  @Argument("File to read.", value: "file", completion: .file) var file: String?
  @Option("Set a key, as the same option of serve does.", value: "KEY=VALUE") var set: [String]
  @Group("Output") var output: OutputOptions

  func run(in console: Console) async throws -> ExitCode {
    let found = try known()
    let place = ConfigLoader.file(file, in: console)
    let loaded = try ConfigLoader.load(place, flags: ["set": set], in: console)
    guard loaded.isUsable else { throw Failure(loaded, of: place) }
    for problem in loaded.problems { console.error.print(safeText(problem.description)) }
    guard let setting = loaded.config.setting(found.path) else {
      throw Failure(
        .negative, "not_set", "\(found.path) is not set",
        hint: "what holds then is in `mcpctl config schema` and in mcpctl-config(5)")
    }
    let value = setting.value.json
    let object: JSONObject = ["key": .string(found.path), "value": value, "origin": .string(setting.origin.shown)]
    try output.printer.show(
      Presentation(.object(object), text: (value.string ?? value.text) + "\n", value: value, names: [found.path]),
      on: console)
    return .success
  }

  /// The key that is meant, by any of its spellings.
  private func known() throws(Failure) -> ConfigKey {
    if let key = ConfigKey.meant(by: key) { return key }
    let inside = ConfigKey.all.map(\.path).filter { $0.hasPrefix("\(key).") }
    let near = nearMiss(of: key, in: ConfigKey.all.map(\.path)).map { "did you mean '\($0)'?" }
    let section = inside.isEmpty ? nil : "it is a section: it has \(inside.joined(separator: ", "))"
    throw Failure(
      .notFound, "no_key", "there is no key '\(safeText(key))'",
      hint: section ?? near ?? "`mcpctl config view` shows the keys that have values")
  }
}
