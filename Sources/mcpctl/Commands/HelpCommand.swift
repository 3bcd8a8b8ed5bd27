// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit

/// `mcpctl help`
struct HelpCommand: Command {
  static let info = CommandInfo(
    "help", "Explain a command or a topic.",
    discussion: ["Topics: \(HelpTopic.all.map(\.name).joined(separator: ", "))."],
    examples: [
      .init("mcpctl help call", "Shows the same page as `mcpctl call --help`."),
      .init("mcpctl help arguments", "Explains how arguments are written."),
    ])

  @Argument("Command or topic.", completion: .dynamic("help")) var words: [String]

  func run(in console: Console) async throws -> ExitCode {
    let root = CommandModel(RootCommand.self)
    let stream = console.output
    if words.count == 1, let topic = HelpTopic.all.first(where: { $0.name == words[0] }) {
      stream.write(topic.page(width: stream.width, bold: stream.bold))
      if let command = root.command(at: words) {
        stream.print("\n`mcpctl \(command.info.name) --help` explains the command of that name.")
      }
      return .success
    }
    guard let model = root.command(at: words) else {
      let known = root.subcommands.map(\.info.name) + HelpTopic.all.map(\.name)
      let near = nearMiss(of: words.joined(separator: " "), in: known).map { "did you mean '\($0)'?" }
      throw UsageError(
        "no command or topic '\(words.joined(separator: " "))'; "
          + (near ?? "topics: \(HelpTopic.all.map(\.name).joined(separator: ", "))"))
    }
    stream.write(helpPage(of: model, width: stream.width, bold: stream.bold))
    return .success
  }
}
