// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit

/// `mcpctl completion`
struct CompletionCommand: Command {
  static let info = CommandInfo(
    "completion", "Print the completion script for a shell.",
    discussion: ["An installed mcpctl brings its completions along; this is for everybody else."],
    examples: [
      .init("source <(mcpctl completion bash)", "Completes in this bash."),
      .init("mcpctl completion zsh > ~/.zfunc/_mcpctl", "Installs it for zsh, with ~/.zfunc in fpath."),
      .init("mcpctl completion fish > ~/.config/fish/completions/mcpctl.fish", "Installs it for fish."),
      .init("mcpctl completion --all completions", "Writes all three into a folder."),
    ])

  @Argument("The shell.") var shell: Shell?
  @Option("Write the scripts for all shells into this directory.", value: "DIR", completion: .directory)
  var all: String?

  func run(in console: Console) async throws -> ExitCode {
    let model = CommandModel(RootCommand.self)
    switch (shell, all) {
    case (let shell?, nil):
      console.output.write(completionScript(of: model, for: shell))
    case (nil, let directory?):
      try Directory.make(directory)
      for shell in Shell.allCases {
        let path = "\(directory)/\(shell.fileName(for: "mcpctl"))"
        try console.write(completionScript(of: model, for: shell), to: path)
      }
    default:
      throw UsageError("name a shell (\(Shell.choices.joined(separator: ", "))), or --all DIR")
    }
    return .success
  }
}

extension Console {
  /// Writes a generated file.
  func write(_ text: String, to path: String) throws(Failure) {
    do throws(FileFault) {
      try writeFile(path, Array(text.utf8))
    } catch {
      throw Failure(.usage, "file", "\(error)")
    }
  }
}
