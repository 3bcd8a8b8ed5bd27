// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit

/// `mcpctl man`
struct ManCommand: Command {
  static let info = CommandInfo(
    "man", "Show a manual page.",
    discussion: [
      "At a terminal the page is shown by man or mandoc, with their pager; where there is neither, as `mcpctl help` has it. Elsewhere "
        + "it is printed as mdoc source.",
      "Where a command and a topic have the same name, the command is meant, and --section 7 means the topic.",
    ],
    examples: [
      .init("mcpctl man call", "Shows the page of a command."),
      .init("mcpctl man --section 7 tools", "Shows the page of a topic."),
      .init("mcpctl man call | mandoc -T html > call.html", "Makes something else of its source."),
      .init("mcpctl man --all man", "Writes all pages into a folder."),
    ])

  @Argument("Command or topic; the overview when left out.", completion: .dynamic("help")) var words: [String]
  @Option("Section of the manual: 1 for commands, 5 for files, 7 for topics.", value: "N") var section: Int?
  @Option("Write all pages into this directory.", value: "DIR", completion: .directory) var all: String?

  func run(in console: Console) async throws -> ExitCode {
    if let all {
      guard words.isEmpty else { throw UsageError("--all writes every page; name no page with it") }
      try Directory.make(all)
      for page in Self.pages { try console.write(page.text, to: "\(all)/\(page.fileName)") }
      return .success
    }
    let name = (["mcpctl"] + words).joined(separator: "-")
    let topic = words.count == 1 ? HelpTopic.all.first { $0.name == words[0] } : nil
    let pages =
      Self.pages.filter { $0.fileName.dropLast(2) == name }
      + (topic.map { [ManualPage($0, of: RootCommand.info.name, date: Version.date)] } ?? [])
    let wanted = section.map { section in pages.first { $0.fileName.hasSuffix(".\(section)") } } ?? pages.first
    guard let page = wanted else {
      let place = section.map { " in section \($0)" } ?? ""
      throw UsageError("no manual page '\(name)'\(place); `mcpctl help` lists commands and topics")
    }
    guard console.output.isTerminal else {
      console.output.write(page.text)
      return .success
    }
    if try await ManualReader(console).show(page) { return .success }
    let stream = console.output
    if let topic = HelpTopic.all.first(where: { "mcpctl-\($0.page.name).\($0.page.section)" == page.fileName }) {
      stream.write(topic.page(width: stream.width, bold: stream.bold))
    } else if let model = CommandModel(RootCommand.self).command(at: words) {
      stream.write(helpPage(of: model, width: stream.width, bold: stream.bold))
    }
    return .success
  }

  /// Every page there is.
  static var pages: [ManualPage] {
    let root = CommandModel(RootCommand.self)
    let commands = root.everyone.map {
      ManualPage($0, date: Version.date, topics: $0.path.count == 1 ? HelpTopic.all : [])
    }
    return commands + HelpTopic.all.map { ManualPage($0, of: root.info.name, date: Version.date) }
  }
}
