// SPDX-License-Identifier: Apache-2.0
import CommandLineKit

/// A small tree that uses everything the kit offers.
struct SampleRoot: CommandGroup {
  static let info = CommandInfo("sample", "A sample program.")
  static let subcommands: [any Command.Type] = [SampleCall.self, SampleList.self, SampleTools.self, SampleVersion.self]
  @Group("Global options") var global: SampleGlobal
}

struct SampleGlobal: OptionGroup {
  @Option("Which server.", short: "s", value: "TARGET", isExclusive: true) var server: String?
  @Option("Output format.", short: "o", value: "FORMAT") var output = SampleFormat.text
  @Option("Header to send.", short: "H", value: "'K: V'") var header: [String]
  @Flag("Say more; -vv even more.", short: "v") var verbose: Int
  @Flag("Say less.", short: "q") var quiet: Bool
}

enum SampleFormat: String, ChoiceValue {
  case text, json, yaml
  static let otherSpellings: [String: SampleFormat] = ["yml": .yaml]
}

struct SampleCall: Command {
  static let info = CommandInfo(
    "call", "Call a tool.", discussion: ["Calls it. Then prints `the result`."],
    examples: [.init("sample call add a=1", "Adds.")])
  @Argument("Tool to call.", completion: .dynamic("tools")) var tool: String
  @Argument("Arguments of the tool.", value: "name=value") var arguments: [String]
  @Option("Give up after this long.", value: "DURATION", environment: ["SAMPLE_TIMEOUT"]) var timeout =
    Duration.seconds(30)
  @Option("Largest body.", value: "SIZE") var maxBody: ByteCount?
  @Option("File to read.", value: "FILE", completion: .file) var input: String?
  @Trailing("Program to start.", value: "command") var program: [String]
  @Group("Global options") var global: SampleGlobal
  func run(in console: Console) async throws -> ExitCode { .success }
}

struct SampleTools: CommandGroup {
  static let info = CommandInfo("tools", "Work with tools.", aliases: ["tool"])
  static let subcommands: [any Command.Type] = [SampleList.self]
}

struct SampleList: Command {
  static let info = CommandInfo(
    "ls", "List things.", aliases: ["list"], examples: [.init("sample ls --count 3", "Lists three.")])
  @Argument("Only names like this.") var pattern: String?
  @Option("How many.", value: "N") var count: Int
  @Group("Global options") var global: SampleGlobal
  func run(in console: Console) async throws -> ExitCode { .success }
}

struct SampleVersion: Command {
  static let info = CommandInfo("version", "Print the version.", examples: [.init("sample version", "Prints it.")])
  func run(in console: Console) async throws -> ExitCode { .success }
}

/// Reads `line` as the words of a sample command.
func reading<C: Command>(
  _ line: String, as type: C.Type = C.self, environment: [String: String] = [:]
) throws -> C {
  let invocation = try parse(
    line.split(separator: " ").map(String.init), as: SampleRoot.self, environment: { environment[$0] })
  guard let command = invocation.command as? C else { throw UsageError("read as \(invocation.path)") }
  return command
}

/// The message of the usage error `line` causes; empty when it causes none.
func complaint(about line: String, environment: [String: String] = [:]) -> String {
  do throws(UsageError) {
    _ = try parse(line.split(separator: " ").map(String.init), as: SampleRoot.self, environment: { environment[$0] })
    return ""
  } catch {
    return error.message
  }
}
