// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit

/// A first word that is neither a command nor a tool: what may have been meant by it.
struct Misspelling: Sendable {
  let word: String
  /// The names of the tools there are.
  let tools: [String]

  /// What lines may begin with, by the name that is likely to be typed for it.
  private static let commands: [(name: String, shown: String)] = {
    let shell = LineWords.commands.map { $0.info.name } + LineWords.groups.map { $0.info.name }
    let words = (shell + ["read", "prompt", "templates", "help", "exit", "quit"]).map { (name: $0, shown: $0) }
    // Those of a letter or two would be near to every short word.
    let own = Backslash.all.flatMap(\.names).filter { $0.count > 2 }.map { (name: $0, shown: "\\\($0)") }
    return words + own
  }()

  /// What is called otherwise in other programs.
  private static let others = [
    "connect": "`\\c` connects to a server", "open": "`\\c` connects to a server", "clear": "Ctrl-L clears the screen",
    "cls": "Ctrl-L clears the screen",
  ]

  /// The command whose name is nearest, where no tool's is nearer.
  var command: String? {
    // `calc` is one letter from `call`, and yet the beginning of `calculator`.
    guard word.count < 3 || !tools.contains(where: { $0.lowercased().hasPrefix(word.lowercased()) }) else { return nil }
    let names = tools + Self.commands.map(\.name)
    guard let near = nearMiss(of: word, in: names), !tools.contains(near) else { return nil }
    return Self.commands.first { $0.name == near }?.shown
  }

  /// What to try in place of it.
  /// - Parameter tool: what is advised when it is a tool that was meant.
  func hint(orOf tool: String?) -> String {
    if let other = Self.others[word.lowercased()] { return other }
    if let command { return "did you mean the command '\(command)'?" }
    if let near = nearMiss(of: word, in: tools) { return "did you mean '\(near)'?" }
    let all = "`help` lists the commands"
    guard let tool else { return all }
    return tool.hasPrefix("did you mean") ? tool : "\(tool); \(all)"
  }
}
