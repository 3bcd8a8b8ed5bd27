// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit

extension Repl {
  /// `help`: what can be typed; with a word, what that is: a command, a topic, or something a server offers.
  func help(_ words: [String], _ statement: Statement, _ console: Console) async throws {
    guard let first = words.first else { return try await paged(Backslash.page(console), console) }
    let isExplained =
      HelpTopic.all.contains { $0.name == first } || CommandModel(RootCommand.self).command(at: words) != nil
    if words.count == 1, !isExplained {
      if Surface.listings.contains(where: { surface.element($0, first) != nil }) {
        return try await describe(words, whole: false, statement, console)
      }
      // A backslash within a line stands for what follows it.
      if let own = Backslash.all.first(where: { $0.names.contains(first) }) {
        return try await paged(own.usage + "\n  " + own.help + "\n", console)
      }
    }
    let page = Page()
    let explained = try parse(["help", "--"] + words, as: RootCommand.self)
    _ = try await explained.command.run(in: console.writing(to: page.stream(like: console.output)))
    try await paged(page.text, console)
  }
}
