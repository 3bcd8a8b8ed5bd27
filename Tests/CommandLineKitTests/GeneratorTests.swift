// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import Testing

@Suite struct GeneratorTests {
  let model = CommandModel(SampleRoot.self)

  @Test func theSampleTreeHasNoFaults() { #expect(model.faults == []) }

  @Test func everyKindOfFaultIsFound() {
    let faults = CommandModel(FaultyRoot.self).faults
    for part in [
      "--twice is declared twice", "-x is declared twice", "<many> is repeated but not last",
      "<late> is required after the optional <early>", "help of unhelpful is no sentence", "placeholder",
      "has no example",
      "two commands are called leaf",
    ] {
      #expect(faults.contains { $0.contains(part) }, "\(part) in \(faults)")
    }
  }

  @Test func aHelpPageShowsUsageArgumentsOptionsAndExamples() throws {
    let page = helpPage(of: try #require(model.command(at: ["call"])), width: 80)
    #expect(
      page == """
        Call a tool.

        Usage
          sample call [options] <tool> [<name=value>...] [-- <command>...]

        Calls it. Then prints `the result`.

        Arguments
          <tool>           Tool to call.
          <name=value>...  Arguments of the tool.
          -- <command>...  Program to start.

        Options
              --timeout DURATION  Give up after this long. Default 30s. Environment:
                                  SAMPLE_TIMEOUT.
              --max-body SIZE     Largest body.
              --input FILE        File to read.

        Global options
          -s, --server TARGET  Which server.
          -o, --output FORMAT  Output format. One of text, json, yaml. Default text.
          -H, --header 'K: V'  Header to send. May be repeated.
          -v, --verbose        Say more; -vv even more.
          -q, --quiet          Say less.

        Examples
          sample call add a=1
              Adds.

        """)
  }

  @Test func aGroupsHelpListsItsCommands() {
    let page = helpPage(of: model, width: 80)
    #expect(page.contains("  tools    Work with tools.\n"))
    #expect(page.hasSuffix("'sample <command> --help' says more about one command.\n"))
  }

  @Test func aManualPageHasTheSectionsInOrder() throws {
    let page = ManualPage(try #require(model.command(at: ["call"])), date: "July 28, 2026")
    #expect(page.fileName == "sample-call.1")
    let sections = page.text.split(separator: "\n").filter { $0.hasPrefix(".Sh") }.map { $0.dropFirst(4) }
    #expect(
      sections == ["NAME", "SYNOPSIS", "DESCRIPTION", "ARGUMENTS", "OPTIONS", "GLOBAL OPTIONS", "EXAMPLES", "SEE ALSO"])
    #expect(page.text.contains(".It Fl s , Fl Fl server Ar TARGET"))
    #expect(page.text.contains("Then prints \\fBthe result\\fR."))
  }

  @Test func aTopicBecomesAPageForTheTerminalAndForMan() {
    let topic = HelpTopic(
      "codes", "what the codes mean",
      [
        .paragraph("There are `two`."), .heading("Table"), .terms([("0", "All went well."), (".x", "A dot.")]),
        .lines([".a -b", "c\\d"]),
      ])
    #expect(topic.page(width: 80).contains("  0   All went well.\n"))
    let page = ManualPage(topic, of: "sample", date: "July 28, 2026")
    #expect(page.fileName == "sample-codes.7")
    #expect(page.text.contains("\\&.a \\-b\nc\\ed\n"))
  }
}

private struct FaultyRoot: CommandGroup {
  static let info = CommandInfo("faulty", "A tree with every fault.")
  static let subcommands: [any Command.Type] = [FaultyLeaf.self, FaultyLeaf.self]
}

private struct FaultyLeaf: Command {
  static let info = CommandInfo("leaf", "no sentence")
  @Argument("Many of them.") var many: [String]
  @Argument("Early one.") var early: String?
  @Argument("Late one.") var late: String
  @Option("Twice here.", short: "x", value: "N") var twice: Int?
  @Flag("without capital", short: "x") var unhelpful: Bool
  @Option("Lower case.", value: "low") var lower: String?
  @Group("More") var more: FaultyGroup
  func run(in console: Console) async throws -> ExitCode { .success }
}

private struct FaultyGroup: OptionGroup {
  @Flag("Twice there.") var twice: Bool
}
