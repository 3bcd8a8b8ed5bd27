// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import JSONKit
import TestSupport
import Testing

@testable import mcpctl

/// `--columns`, of lists.
@Suite struct ColumnTests {
  private let tools = Presentation(tools: [
    "tools": [
      ["name": "echo", "title": "Echo", "description": "Says it again.", "inputSchema": ["type": "object"]],
      ["name": "now", "inputSchema": ["type": "object"], "annotations": ["readOnlyHint": true]],
    ]
  ])

  private func shown(
    _ columns: String, of presentation: Presentation? = nil, _ format: OutputFormat = .text, path: String? = nil,
    isTerminal: Bool = false
  ) throws -> String {
    let memory = MemoryConsole(isTerminal: isTerminal)
    let path = try path.map { try JSONPath(argument: $0) }
    var output = Output(format: format, path: path, file: nil)
    output.columns = try ColumnChoice(argument: columns)
    try output.show(presentation ?? tools, on: memory.console)
    return memory.output
  }

  @Test func theColumnsComeInTheOrderTheyAreNamed() throws {
    #expect(try shown("description,NAME") == "Says it again.\techo\n\tnow\n")
    #expect(try shown("Name", isTerminal: true) == "NAME\necho\nnow\n")
  }

  @Test func columnsOfTheWideFormMayBeNamed() throws {
    #expect(try shown("NAME,TITLE", isTerminal: true) == "NAME  TITLE\necho  Echo\nnow   now\n")
  }

  @Test func anUnknownColumnListsThoseThereAre() throws {
    let failure = try #require(throws: Failure.self) { try shown("NAME,DESCRIPTOIN") }
    #expect(failure.message == "--columns: there is no column 'DESCRIPTOIN'")
    #expect(failure.hint?.hasPrefix("did you mean DESCRIPTION? there are NAME, ") == true, "\(failure.hint ?? "")")
    let empty = Presentation(tools: ["tools": []])
    #expect(throws: Failure.self) { try shown("SIZE", of: empty) }
    #expect(throws: ValueFault.self) { try shown("NAME,") }
  }

  @Test func whatIsNoTableHasNoColumns() throws {
    for format in [.json, .jsonl, .yaml, .raw, .value, .name] as [OutputFormat] {
      let failure = try #require(throws: Failure.self) { try shown("NAME", format) }
      #expect(failure.message.contains("-o \(format.rawValue)") && failure.exit == .usage)
    }
    #expect(throws: Failure.self) { try shown("NAME", path: ".tools") }
  }

  @Test(
    arguments: [
      (["tools", "ls", "--columns", "NAME"], "calculator\n"), (["prompts", "ls", "--columns=name"], "greet\n"),
      (["repl", "-e", "tools ls --columns NAME"], "calculator\n"),
      (["repl", "-e", "tools --columns NAME"], "calculator\n"),
    ])
  func theProgramShowsThem(words: [String], line: String) throws {
    let run = try run([binary] + words)
    #expect(run.code == 0 && "\n\(run.output)".contains("\n\(line)"), "\(run)")
    #expect(!run.output.contains("\t"))
  }

  @Test func theProgramRefusesAColumnThereIsNot() throws {
    let run = try mcpctl("tools", "ls", "--columns", "SIZE")
    #expect(run.code == 64 && run.output == "")
    #expect(run.error.contains("no column 'SIZE'") && run.error.contains("NAME, "))
    #expect(try mcpctl("call", "echo", "message=hi", "--columns", "NAME").code == 64)
  }
}
