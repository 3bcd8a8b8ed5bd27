// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import JSONKit
import Testing

@testable import mcpctl

@Suite struct OutputTests {
  private func shown(
    _ presentation: Presentation, _ format: OutputFormat = .text, path: String? = nil, isTerminal: Bool = false
  ) throws -> String {
    let memory = MemoryConsole(isTerminal: isTerminal)
    let path = try path.map { try JSONPath(argument: $0) }
    try Output(format: format, path: path, file: nil).show(presentation, on: memory.console)
    memory.console.output.flush()
    return memory.output
  }

  private let sum = Presentation(
    call: ["content": [["type": "text", "text": "3"]], "structuredContent": ["sum": 3], "isError": false])

  @Test(
    arguments: [
      (.text, "3\n"), (.name, "{\"sum\":3}\n"), (.value, "{\"sum\":3}\n"),
      (
        .raw, "{\"content\":[{\"type\":\"text\",\"text\":\"3\"}],\"structuredContent\":{\"sum\":3},\"isError\":false}\n"
      ),
      (.jsonl, "{\"type\":\"text\",\"text\":\"3\"}\n"),
      (.yaml, "content:\n  - type: text\n    text: \"3\"\nstructuredContent:\n  sum: 3\nisError: false\n"),
    ] as [(OutputFormat, String)])
  func aCallPrintsInEveryFormat(format: OutputFormat, text: String) throws { #expect(try shown(sum, format) == text) }

  @Test func jsonIsTheWholeResultObject() throws {
    #expect(try JSON(parsing: shown(sum, .json)) == sum.object)
  }

  @Test func aLoneStructuredResultPrintsAsJSON() throws {
    #expect(try shown(Presentation(call: ["content": [], "structuredContent": ["a": 1]])) == "{\n  \"a\": 1\n}\n")
  }

  @Test func binaryBlocksAreDescribedOnATerminalAndWrittenToAPipe() throws {
    let image = Presentation(call: ["content": [["type": "image", "mimeType": "image/png", "data": "aGk="]]])
    #expect(try shown(image, isTerminal: true) == "[image/png 2 B, --out FILE saves it]\n")
    #expect(try shown(image) == "hi")
  }

  private let tools = Presentation(tools: [
    "tools": [
      [
        "name": "echo", "description": "Says it again.\nAt length.",
        "inputSchema": ["type": "object", "properties": ["message": ["type": "string"]], "required": ["message"]],
      ],
      ["name": "now", "inputSchema": ["type": "object"], "annotations": ["readOnlyHint": true]],
    ]
  ])

  @Test func aListIsATableForPeopleAndTabsForPrograms() throws {
    #expect(try shown(tools) == "echo\tmessage=STRING\tSays it again.\nnow\t\t\n")
    #expect(
      try shown(tools, isTerminal: true) == """
        NAME  ARGUMENTS       DESCRIPTION
        echo  message=STRING  Says it again.
        now                   \n
        """)
    #expect(try shown(tools, .wide).contains("read-only"))
    #expect(try shown(tools, .name) == "echo\nnow\n")
    #expect(try shown(tools, .jsonl).split(separator: "\n").count == 2)
  }

  @Test(
    arguments: [
      (["title": "One", "annotations": ["title": "Two"]], "One"), (["annotations": ["title": "Two"]], "Two"),
      ([:], "t"),
    ] as [(JSONObject, String)])
  func theTitleIsShownBeforeThatOfTheAnnotationsAndTheName(members: JSONObject, title: String) throws {
    let tool = JSONObject([.init(name: "name", value: "t")] + members.members)
    let list = try shown(Presentation(tools: ["tools": [.object(tool)]]), .wide, isTerminal: true)
    #expect(list.contains("TITLE") && list.contains(title))
    let page = Presentation(tool: tool, command: "mcpctl call t", on: MemoryConsole().console).text
    #expect(page.hasPrefix(title))
  }

  @Test func anEmptyListSaysSoToPeopleOnly() throws {
    let none = Presentation(tools: ["tools": []])
    #expect(try shown(none, isTerminal: true) == "no tools\n")
    #expect(try shown(none) == "")
  }

  @Test func controlCharactersOfAServerCannotActOnATerminal() throws {
    let evil = Presentation(call: ["content": [["type": "text", "text": "\u{1B}[2J\u{7}\u{202E}a\tb"]]])
    #expect(try shown(evil, isTerminal: true) == "\\x1b[2J\\x07\\u{202e}a\tb\n")
    #expect(try shown(evil) == "\u{1B}[2J\u{7}\u{202E}a\tb\n")
  }

  @Test(arguments: [
    (".content[0].text", "3\n"), ("$.structuredContent.sum", "3\n"), ("content[-1].type", "text\n"),
    (".content[].text", "3\n"), (".[\"structuredContent\"]['sum']", "3\n"), (".nothing[]", ""),
  ])
  func aPathNarrowsTheResult(path: String, text: String) throws { #expect(try shown(sum, path: path) == text) }

  @Test func aPathThatFindsNothingIsANegativeAnswer() throws {
    let failure = #expect(throws: Failure.self) { try shown(sum, path: ".content[7]") }
    #expect(failure?.exit == .negative)
  }

  @Test(arguments: [".a...b", "[", "[x]", "a.", "a[\"b]"]) func aBadPathIsRefused(path: String) {
    #expect(throws: ValueFault.self) { try JSONPath(argument: path) }
  }

  @Test(arguments: [
    ("yes", "\"yes\"\n"), ("1.5", "\"1.5\"\n"), ("2024-11-05", "\"2024-11-05\"\n"), ("plain text", "plain text\n"),
    ("a: b", "\"a: b\"\n"), ("", "\"\"\n"), ("- x", "\"- x\"\n"), ("trailing ", "\"trailing \"\n"),
    ("a #b", "\"a #b\"\n"),
  ])
  func yamlQuotesWhatWouldBeReadAsSomethingElse(text: String, yaml: String) {
    #expect(JSON.string(text).yaml == yaml)
  }

  @Test func yamlNestsListsObjectsAndBlocks() throws {
    let value = try JSON(parsing: #"{"a":[{"b":1,"c":[]},[2,3]],"t":"one\ntwo","e":{}}"#)
    #expect(
      value.yaml == """
        a:
          - b: 1
            c: []
          -
            - 2
            - 3
        t: |-
          one
          two
        e: {}

        """)
  }
}
