// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import MCPClientKit

extension Completer {
  /// The options the command takes that these words begin; nil for a call, and where nothing is known of options.
  func commandOptions(behind words: [String]) -> [Candidate]? {
    guard let first = words.first else { return nil }
    if first == "\\sessions" { return Self.candidates(CommandModel(SessionsListCommand.self).options) }
    if first.hasPrefix("\\") {
      let isShown = Backslash.all.contains { $0.isShown && $0.names.contains(String(first.dropFirst())) }
      return isShown ? Self.candidates(CommandModel(DisplayCommand.self).options) : nil
    }
    let line = LineWords { surface.element(.tools, $0) != nil }
    guard let shell = try? line.shell(words), shell.first != "call" else { return nil }
    var model = CommandModel(RootCommand.self)
    for word in shell {
      guard let next = model.subcommands.first(where: { $0.info.answers(to: word) }) else { break }
      model = next
    }
    guard model.path.count > 1 else { return nil }
    return Self.candidates(model.options.filter { !LineWords.sessionHeadings.contains($0.heading ?? "") })
  }

  private static func candidates(_ options: [FieldModel]) -> [Candidate] {
    options.map { option in
      let end = option.help.firstRange(of: ". ")?.lowerBound ?? option.help.endIndex
      return Candidate(text: "--\(option.name)", meaning: String(option.help[..<end]))
    } + [Candidate(text: "--help", meaning: "Explain it.")]
  }
}
