// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import TestSupport
import Testing

@testable import mcpctl

/// Compares `text` with a file of the repository; with MCPCTL_RECORD set, writes the file instead.
func compareGolden(_ text: String, with path: String) throws {
  let console = Console.system()
  if console.environment("MCPCTL_RECORD") != nil {
    try console.writeFile("\(repository)/\(path)", Array(text.utf8))
  } else {
    let committed = (try? console.readFile("\(repository)/\(path)", 1 << 20)).map {
      String(decoding: $0, as: UTF8.self)
    }
    #expect(committed == text, "\(path) is not current: run the tests with MCPCTL_RECORD=1 and look at the difference")
  }
}

/// The committed manual pages, completions and help equal what the command tree gives. With MCPCTL_RECORD set, the
/// files are written instead; `mcpctl man --all man` and `mcpctl completion --all completions` do the same.
@Suite struct GeneratedFilesTests {
  @Test func manualPagesAreCurrent() throws {
    for page in ManCommand.pages { try compareGolden(page.text, with: "man/\(page.fileName)") }
    let files = try run(["ls", "\(repository)/man"]).output.split(separator: "\n").map(String.init)
    #expect(files.sorted() == ManCommand.pages.map(\.fileName).sorted())
  }

  @Test(arguments: Shell.allCases) func completionsAreCurrent(shell: Shell) throws {
    try compareGolden(
      completionScript(of: CommandModel(RootCommand.self), for: shell),
      with: "completions/\(shell.fileName(for: "mcpctl"))")
  }

  @Test func helpPagesAreCurrent() throws {
    let pages = CommandModel(RootCommand.self).everyone.map { "## \($0.name)\n\n" + helpPage(of: $0, width: 100) }
    let topics = HelpTopic.all.map { "## \($0.name)\n\n" + $0.page(width: 100) }
    try compareGolden((pages + topics).joined(separator: "\n"), with: "Tests/Golden/help.txt")
  }

  @Test(.enabled(if: isInstalled("mandoc"))) func everyManualPagePassesTheLinter() throws {
    for page in ManCommand.pages {
      let lint = try run(["mandoc", "-Tlint", "-W", "warning"], input: page.text)
      #expect(lint.code == 0, "\(page.fileName): \(lint.output)")
    }
  }

  @Test(arguments: Shell.allCases) func everyCompletionScriptIsGoodSyntax(shell: Shell) throws {
    guard isInstalled(shell.rawValue) else { return }
    let script = completionScript(of: CommandModel(RootCommand.self), for: shell)
    let check = try run([shell.rawValue, "-n", "/dev/stdin"], input: script)
    #expect(check.code == 0 && check.error == "", "\(check.error)")
  }
}
