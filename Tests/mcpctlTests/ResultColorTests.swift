// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import JSONKit
import TestSupport
import Testing

@testable import mcpctl

/// Results in colour: JSON, and the marks of Markdown.
@Suite struct ResultColorTests {
  private func shown(
    _ presentation: Presentation, _ format: OutputFormat = .text, path: String? = nil, isTerminal: Bool = true,
    color: ColorChoice = .auto, environment: [String: String] = [:]
  ) throws -> String {
    let memory = MemoryConsole(isTerminal: isTerminal, color: color, environment: environment)
    let path = try path.map { try JSONPath(argument: $0) }
    try Output(format: format, path: path, file: nil).show(presentation, on: memory.console)
    return memory.output
  }

  private func call(_ text: String) -> Presentation {
    Presentation(call: ["content": [["type": "text", "text": .string(text)]]])
  }

  // MARK: JSON

  private let value: JSON = [
    "name": "a\"b\\", "n": -1.5e3, "t": true, "f": false, "z": nil, "l": [1, "x", []], "o": [:],
  ]

  @Test func namesStringsNumbersAndLiteralsDiffer() throws {
    let small = Presentation(other: ["a": "b", "n": 1, "t": true, "z": nil])
    #expect(
      try shown(small, .json) == """
        {
          \u{1B}[1;34m"a"\u{1B}[0m: \u{1B}[32m"b"\u{1B}[0m,
          \u{1B}[1;34m"n"\u{1B}[0m: \u{1B}[36m1\u{1B}[0m,
          \u{1B}[1;34m"t"\u{1B}[0m: \u{1B}[33mtrue\u{1B}[0m,
          \u{1B}[1;34m"z"\u{1B}[0m: \u{1B}[2mnull\u{1B}[0m
        }\n
        """)
  }

  @Test(arguments: [.json, .text] as [OutputFormat]) func withoutColoursItIsTheSameJSON(format: OutputFormat) throws {
    let presentation = Presentation(shown: value)
    let colored = try shown(presentation, format)
    #expect(colored != value.pretty + "\n")
    #expect(withoutStyles(colored) == value.pretty + "\n")
    #expect(try shown(presentation, format, color: .never) == value.pretty + "\n")
  }

  @Test func aPartOfTheResultIsColouredToo() throws {
    #expect(try shown(Presentation(shown: value), .json, path: ".l[1]") == "\u{1B}[32m\"x\"\u{1B}[0m\n")
  }

  @Test func textThatIsJSONIsColouredAsItStands() throws {
    #expect(try shown(call(#"{"a":"**b**"}"#)) == "{\u{1B}[1;34m\"a\"\u{1B}[0m:\u{1B}[32m\"**b**\"\u{1B}[0m}\n")
    #expect(try shown(call("[1,\t2]\n")) == "[\u{1B}[36m1\u{1B}[0m,\t\u{1B}[36m2\u{1B}[0m]\n")
    #expect(try shown(call("true **b**")) == "true \u{1B}[1m**b**\u{1B}[0m\n")
  }

  @Test func noColourIsForAPipeAFileAndWhoWantsNone() throws {
    let presentation = Presentation(shown: value)
    let plain = value.pretty + "\n"
    #expect(try shown(presentation, .json, isTerminal: false) == plain)
    #expect(try shown(presentation, .json, isTerminal: false, environment: ["CLICOLOR_FORCE": "1"]) == plain)
    #expect(try shown(presentation, .json, environment: ["NO_COLOR": "1"]) == plain)
    #expect(try shown(presentation, .json, environment: ["TERM": "dumb"]) == plain)
    let memory = MemoryConsole(isTerminal: true, color: .always)
    try Output(format: .json, path: nil, file: "f").show(presentation, on: memory.console)
    #expect(memory.savedFiles["f"] == Array(plain.utf8))
  }

  @Test(arguments: [.raw, .jsonl, .value] as [OutputFormat]) func jsonOnOneLineIsColouredToo(format: OutputFormat)
    throws
  {
    let presentation = Presentation(shown: value)
    let colored = try shown(presentation, format)
    #expect(colored.hasPrefix("{\u{1B}[1;34m\"name\"") && withoutStyles(colored) == value.text + "\n")
    #expect(try shown(call("\"a\""), .value) == "a\n")
  }

  @Test func theHeadingsOfAPartAreBold() throws {
    let columns = OutputFormat.customColumns(try CustomColumns("NAME:.name"))
    #expect(
      try shown(Presentation(shown: ["l": [["name": "a"]]]), columns, path: ".l") == "\u{1B}[1mNAME\u{1B}[0m\na\n")
  }

  @Test func theDoctorsWordsHaveTheirColours() throws {
    let findings = [
      Examined("dns", .ok, "a"), Examined("tcp", .warning, "b"), Examined("tls", .wrong, "c", hint: "ok is not seen"),
      Examined("http", .skipped, "d"),
    ]
    let presentation = Presentation(checkup: findings, of: "s")
    let plain = try shown(presentation, .text, isTerminal: false)
    #expect(!plain.contains("\u{1B}"))
    let colored = try shown(presentation)
    #expect(withoutStyles(colored) == plain)
    for word in ["32mok", "33mwarning", "31mwrong"] { #expect(colored.contains("\u{1B}[\(word)\u{1B}[0m ")) }
    #expect(colored.contains("\u{1B}[2mskipped"))
    #expect(colored.unicodeScalars.count { $0 == "\u{1B}" } == 8, "nothing else has any")
  }

  @Test func alwaysIsAlsoForAPipe() throws {
    #expect(try shown(Presentation(shown: value), .json, isTerminal: false, color: .always).contains("\u{1B}[1;34m"))
  }

  @Test(arguments: [true, false]) func noControlCharacterOfAServerGetsThrough(isTerminal: Bool) throws {
    let hostile = "\u{1B}[2J\u{07}\u{9B}31m\u{7F}\u{202E}\"\\"
    let pages = [Presentation(other: [.init(hostile): .string(hostile)]), call("# \(hostile)\n`\(hostile)`")]
    var resource = Presentation(.null, text: hostile, file: Array(hostile.utf8))
    resource.markup = .markdown
    for presentation in pages + [resource] {
      for format in [.json, .text] as [OutputFormat] {
        let text = withoutStyles(try shown(presentation, format, isTerminal: isTerminal, color: .always))
        #expect(
          !text.unicodeScalars.contains {
            ($0.value < 0x20 && $0 != "\n") || (0x7F...0x9F).contains($0.value) || $0.value == 0x202E
          })
      }
    }
  }

  // MARK: Markdown

  @Test(
    arguments: [
      ("# Title\ntext", "\u{1B}[1m# Title\u{1B}[0m\ntext\n"),
      ("a **strong** word", "a \u{1B}[1m**strong**\u{1B}[0m word\n"),
      ("run `ls` and ``a`b``", "run \u{1B}[36m`ls`\u{1B}[0m and \u{1B}[36m``a`b``\u{1B}[0m\n"),
      ("- one\n  2. two", "\u{1B}[36m-\u{1B}[0m one\n  \u{1B}[36m2.\u{1B}[0m two\n"),
      (
        "```swift\n# no **heading**\n```\n**b**",
        "\u{1B}[2m```swift\u{1B}[0m\n\u{1B}[36m# no **heading**\u{1B}[0m\n\u{1B}[2m```\u{1B}[0m\n\u{1B}[1m**b**\u{1B}[0m\n"
      ),
    ])
  func marksAreStyled(text: String, expected: String) throws { #expect(try shown(call(text)) == expected) }

  @Test(
    arguments: [
      "2 ** 3 ** 4", "a*b*c", "`open", "**open", "#!/bin/sh", "#", "####### seven", "-1", "- ", "1.5", "****",
      "** a **", "``",
      "x `` y",
    ])
  func whatMarksNothingStaysAsItIs(text: String) throws {
    let shown = try shown(call(text))
    #expect(shown == text + "\n" || withoutStyles(shown) == text + "\n" && text == "- ")
  }

  /// Whatever the text is, nothing of it is lost, and no mark either.
  @Test func nothingOfTheTextIsLost() throws {
    let pieces = ["#", " ", "**", "*", "`", "```", "~~~", "\n", "-", "1.", "a", "é", "\t", "👩‍👩‍👧", "    ", "\\", ")"]
    var state: UInt64 = 7
    for _ in 0..<2_000 {
      var text = "x"
      for _ in 0..<12 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        text += pieces[Int(state >> 33) % pieces.count]
      }
      let presentation = call(text)
      #expect(withoutStyles(try shown(presentation)) == safeText(presentation.text))
    }
  }

  @Test func aLineThatWouldTakeLongIsShownAsItIs() throws {
    let long =
      String(repeating: "`", count: 3) + (1..<3_000).map { String(repeating: "`", count: $0 % 90) + "x" }.joined()
    #expect(try shown(call("\(long)\n# b")) == "\(long)\n\u{1B}[1m# b\u{1B}[0m\n")
  }

  @Test func aPipeGetsTheTextAndSoDoesWhoWantsNoColour() throws {
    let text = "# Title\n**b** `c`\n"
    #expect(try shown(call(text), isTerminal: false) == text)
    #expect(try shown(call(text), environment: ["NO_COLOR": "1"]) == text)
    #expect(try shown(call(text), .value) == text)
  }

  @Test func onlyResourcesThatSayTheyAreMarkdownAreStyled() throws {
    func read(_ type: String) -> Presentation {
      Presentation(read: ["contents": [["uri": "a:b", "mimeType": .string(type), "text": "# Title\n"]]])
    }
    #expect(try shown(read("text/markdown")) == "\u{1B}[1m# Title\u{1B}[0m\n")
    #expect(try shown(read("text/x-python")) == "# Title\n")
  }

  // MARK: The program

  @Test func theProgramColoursForATerminalAlone() throws {
    let plain = try mcpctl("call", "echo", "message=hi", "-o", "json")
    #expect(!plain.output.contains("\u{1B}"))
    let forced = try mcpctl("call", "echo", "message=hi", "-o", "json", "--color", "always")
    #expect(withoutStyles(forced.output) == plain.output && forced.output != plain.output)
    #expect(try mcpctl("call", "echo", "message=hi", "--color", "sometimes").code == 64)
  }
}
