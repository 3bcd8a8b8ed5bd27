// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit
import MCPConfig

/// `mcpctl config`
struct ConfigCommand: CommandGroup {
  static let info = CommandInfo(
    "config", "Check, show and write configurations; choose the current server.",
    discussion: [
      "`mcpctl serve --config FILE` takes its values from a file of YAML or JSON; these commands are about such files.",
      "FILE may be left out where MCP_CONFIG_PATH names it; - is standard input. `mcpctl help configuration` lists the keys.",
    ], seeAlso: ["mcpctl-config 5"])
  static let subcommands: [any Command.Type] = [
    ConfigValidateCommand.self, ConfigViewCommand.self, ConfigGetCommand.self, ConfigPathCommand.self,
    ConfigInitCommand.self,
    ConfigSchemaCommand.self, ConfigDiffCommand.self, ConfigUseContextCommand.self, ConfigCurrentContextCommand.self,
  ]
}

/// `mcpctl config validate`
struct ConfigValidateCommand: Command {
  static let info = CommandInfo(
    "validate", "Say everything that is wrong with a configuration.",
    discussion: [
      "Each problem is a line `file:line:column: path: message: remedy` on standard output. The exit code is 0 when there is "
        + "no error, 1 when there is one, and 78 when the file cannot be read.",
      "With --kind the file is one of another program: its entries say how servers are started or reached.",
    ],
    examples: [
      .init("mcpctl config validate config.yaml", "Checks a configuration."),
      .init("mcpctl config validate --kind claude ~/.claude.json", "Checks the servers Claude Code knows."),
      .init("mcpctl config validate -o sarif config.yaml > problems.sarif", "Writes the problems for a code scanner."),
    ], seeAlso: ["mcpctl-config 5"])

  @Argument("File to check.", value: "file", completion: .file) var file: String?
  @Option("Kind of the file.", value: "KIND") var kind = FileKind.mcpctl
  @Option("Output format.", short: "o", value: "FORMAT") var output = ReportFormat.text
  @Flag("Let warnings fail as well.") var strict: Bool
  @Flag("Only warn of environment variables that are not set.") var allowMissingEnv: Bool

  /// What can be checked.
  enum FileKind: String, ChoiceValue {
    case mcpctl, claude, cursor, vscode
    case mcpJSON = "mcp-json"
    case localTools = "local-tools"
  }

  func run(in console: Console) async throws -> ExitCode {
    let file = try ConfigLoader.requiredFile(file, in: console)
    let report = ProblemReport(
      file: file == "-" ? "standard input" : file, problems: try problems(of: file, console), isStrict: strict)
    report.show(as: output, on: console)
    return report.isValid ? .success : .negative
  }

  private func problems(of file: String, _ console: Console) throws(Failure) -> [Problem] {
    if kind == .mcpctl {
      let loaded = try ConfigLoader.load(file, allowsMissingVariables: allowMissingEnv, in: console)
      return (loaded.problems + ServeSettings(loaded.config).problems).sortedByPlace
    }
    do throws(Surroundings.ReadFault) {
      guard let client = ClientKind(rawValue: kind.rawValue) else {
        return try LocalTools.problems(in: file, console.surroundings)
      }
      return try ClientFile(client, file: file, console.surroundings, allowsMissingVariables: allowMissingEnv)
        .problems()
    } catch {
      throw ConfigLoader.unreadable(error)
    }
  }
}

/// `mcpctl config path`
struct ConfigPathCommand: Command {
  static let info = CommandInfo(
    "path", "Print which file `mcpctl serve` takes its values from.",
    discussion: [
      "That is the one in MCP_CONFIG_PATH, unless `mcpctl serve --config` names another. Exit code 1 when there is none."
    ],
    examples: [.init("mcpctl config path", "Prints the path.")])

  func run(in console: Console) async throws -> ExitCode {
    guard let path = ConfigLoader.file(nil, in: console) else {
      console.error.print(
        "no configuration: \(ConfigLoader.variable) is not set, so `mcpctl serve` runs with its defaults")
      return .negative
    }
    console.output.print(safeText(path))
    guard console.surroundings.exists(path) else {
      throw Failure(
        .badConfiguration, "config", "\(path): No such file or directory", hint: "correct \(ConfigLoader.variable)")
    }
    return .success
  }
}

/// `mcpctl config init`
struct ConfigInitCommand: Command {
  static let info = CommandInfo(
    "init", "Write a configuration with every key and what it means.",
    examples: [
      .init("mcpctl config init config.yaml", "Writes a file to start from."),
      .init("mcpctl config init > config.yaml", "The same on standard output."),
    ], seeAlso: ["mcpctl-config 5"])

  @Argument("File to write; standard output when left out.", value: "file", completion: .file) var file: String?
  @Flag("Replace a file that is there.") var force: Bool

  func run(in console: Console) async throws -> ExitCode {
    guard let file else {
      console.output.write(ConfigTemplate.text)
      return .success
    }
    guard force || !console.surroundings.exists(file) else {
      throw Failure(.negative, "exists", "\(file) is there already", hint: "choose another name, or add --force")
    }
    try console.write(ConfigTemplate.text, to: file)
    console.error.print("wrote \(file); check it with: mcpctl config validate \(file)")
    return .success
  }
}

/// `mcpctl config schema`
struct ConfigSchemaCommand: Command {
  static let info = CommandInfo(
    "schema", "Print the JSON Schema of configurations, for editors.",
    examples: [.init("mcpctl config schema > mcpctl.schema.json", "Writes it where an editor finds it.")],
    seeAlso: ["mcpctl-config 5"])

  func run(in console: Console) async throws -> ExitCode {
    console.output.print(ConfigSchema.schema.pretty)
    return .success
  }
}
