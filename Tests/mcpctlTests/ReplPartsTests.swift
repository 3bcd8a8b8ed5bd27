// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import JSONKit
import Testing

@testable import MCPClientKit
@testable import mcpctl

/// Completion of lines, as far as it is decided without a server.
@Suite struct CompleterTests {
  private let surface: Surface = {
    let surface = Surface()
    _ = surface.take(
      [
        [
          "name": "calc", "description": "Works.",
          "inputSchema": [
            "type": "object", "required": ["b"],
            "properties": [
              "a": ["type": "integer", "default": 7], "b": ["enum": ["one", "two words"]], "flag": ["type": "boolean"],
              "list": ["type": "array", "items": ["enum": ["x", "y"]]],
              "deep": ["type": "object", "properties": ["c": ["const": "z"]]],
              "some": ["type": "string", "examples": ["e1", "e2"]],
            ],
          ],
        ]
      ], as: .tools)
    _ = surface.take(
      [["name": "greet", "arguments": [["name": "name", "required": true], ["name": "language"]]]], as: .prompts)
    _ = surface.take([["uri": "a://one"]], as: .resources)
    _ = surface.take([["uriTemplate": "a://t/{name}.txt"]], as: .resourceTemplates)
    return surface
  }()

  private func complete(_ text: String, after before: String = "") -> ([String], Completer.Question?) {
    let completer = Completer(surface: surface, variables: ["total"]) { begun in
      ["file1", "folder/"].filter { $0.hasPrefix(begun) }
    }
    let (candidates, question) = completer.candidates(TypedLine(text, after: before))
    return (candidates.map(\.text), question)
  }

  @Test(arguments: [
    ("call c", ["calc"]), ("calc ", ["b=", "a=", "flag=", "list=", "deep=", "some="]),
    ("call calc b=one ", ["a=", "flag=", "list=", "deep=", "some="]),
    ("call calc b=", ["b=one", "b=two words"]), ("x = calc flag=", ["flag=true", "flag=false"]), ("calc a=", ["a=7"]),
    ("calc list=", ["list=x", "list=y"]), ("calc list[]=", ["list[]=x", "list[]=y"]), ("calc deep[c]=", ["deep[c]=z"]),
    ("calc some=", ["some=e1", "some=e2"]), ("calc b=@f", ["b=@file1", "b=@folder/"]), ("calc b=$to", ["b=$total"]),
    ("ping; call c", ["calc"]), ("calc --pa", ["--path"]), ("prompt ", ["greet"]),
    ("prompt greet ", ["name=", "language="]),
    ("read a://o", ["a://one"]), ("\\dt ", ["calc"]), ("\\timing o", ["on", "off"]), ("nosuch ", []),
    ("call calc | .", []), ("tools/list --col", ["--columns"]), ("tools ls --pa", ["--path"]),
    ("mcpctl tools --pa", ["--path"]), ("\\sessions --sto", ["--store"]), ("\\dt --pa", ["--path"]),
    ("tools ls --serv", []), ("mcpctl call c", ["calc"]),
  ])
  func whatFitsIsOffered(line: String, expected: [String]) {
    let typed = TypedLine(line)
    if typed.isOpaque { #expect(expected.isEmpty) } else { #expect(complete(line).0 == expected) }
  }

  @Test func theServerIsAskedForValuesOfPromptsAndTemplates() {
    #expect(
      complete("prompt greet name=Ada language=G").1
        == .init(
          reference: .prompt("greet"), argument: "language", prefix: "G", lead: "language=", chosen: ["name": "Ada"]))
    #expect(
      complete("read a://t/A").1
        == .init(reference: .resource("a://t/{name}.txt"), argument: "name", prefix: "A", lead: "a://t/", tail: ".txt"))
    #expect(complete("prompt greet nothing=G").1 == nil)
  }

  /// In the grammar of arguments `name=@file` reads a file, and `@@` begins a text with `@`.
  @Test func whatAServerNamesIsTextAndNothingElse() {
    let surface = Surface()
    _ = surface.take(
      [
        [
          "name": "t",
          "inputSchema": [
            "properties": ["b": ["enum": ["@/etc/passwd", "$x; y"]], "c=@/etc/x": [:], "--yes": [:], "d:": [:]]
          ],
        ], ["name": "\\! evil"],
      ], as: .tools)
    let completer = Completer(surface: surface, variables: ["v"]) { [$0 + "file"] }
    func offered(_ line: String) -> [String] {
      completer.candidates(TypedLine(line)).0.map(\.quoted.text)
    }
    #expect(offered("t b=") == ["b=@@/etc/passwd", "b='$x; y'"])
    #expect(offered("t b=@@") == ["b=@@/etc/passwd"])
    #expect(offered("t b=@") == ["b=@file"])
    #expect(offered("t ") == ["b="])
    #expect(offered("t b=$") == ["b=$v"])
    #expect(offered("\\! ev") == [] && offered("call ") == ["t"])
    #expect(complete("prompt greet name=@@A").1?.prefix == "@A")
    #expect(complete("prompt greet name=@A").1 == nil)
  }

  @Test func theWordBeforeTheCursorIsKnown() {
    let line = TypedLine("ping; call calc a=1 b='two w")
    #expect(line.words == ["call", "calc", "a=1"])
    #expect((line.begun, line.start, line.quote) == ("b=two w", 20, "'"))
    #expect(TypedLine("f {\"a\": ").isOpaque)
    #expect(TypedLine("\"a\": 1} b", after: "f {").begun == "b")
    #expect(TypedLine("größe ").start == 8)
  }
}

/// Values of earlier lines, which may have been refused.
@Suite struct EarlierValueTests {
  private let schema = InputSchema([
    "type": "object", "additionalProperties": false,
    "properties": [
      "a": ["type": "number", "minimum": 0], "s": ["type": "string"], "b": ["enum": ["one", "two"]],
      "list": ["type": "array", "minItems": 2, "items": ["type": "integer"]],
    ],
  ])

  @Test(arguments: [
    ("a", "1", true), ("a", "x", false), ("a", "-1", false), ("a", "@file", true), ("s", "x", true), ("s", "@@x", true),
    ("b", "two", true), ("b", "three", false), ("list", "1", true), ("list", "x", false), ("aa", "1", false),
  ])
  func onlyWhatTheSchemaTakesIsOfferedAgain(name: String, value: String, fits: Bool) {
    #expect(schema.takes(value, for: name) == fits)
  }
}

/// Words that are neither commands nor tools.
@Suite struct MisspellingTests {
  @Test(arguments: [
    ("tols", "did you mean the command 'tools'?"), ("quit()", "did you mean the command 'quit'?"),
    ("pign", "did you mean the command 'ping'?"), ("session", "did you mean the command '\\sessions'?"),
    ("calculater", "did you mean 'calculator'?"), ("eco", "did you mean 'echo'?"),
    ("calc", "did you mean 'calculator'?"),
    ("clear", "Ctrl-L clears the screen"), ("connect", "`\\c` connects to a server"),
    ("xyzzy", "it has calculator, echo; `help` lists the commands"),
  ])
  func toolsAndCommandsAreSuggestedTogether(word: String, hint: String) {
    let guess = Misspelling(word: word, tools: ["calculator", "echo"])
    #expect(guess.hint(orOf: "it has calculator, echo") == hint)
  }
}

/// The file of lines.
@Suite struct HistoryTests {
  @Test func linesComeBackAsTheyWere() {
    let texts = ["tools", "call x {\n\"a\": 1\n}", "echo a\\ b", "call x \\\n a=1", "echo 'a\n#@ b'"]
    let entries = texts.map { History.Entry(text: $0) } + texts.map { History.Entry(text: $0, servers: "a+b") }
    #expect(History.decode(Array(entries.map(History.encode).joined().utf8)) == entries)
  }

  @Test(arguments: [
    "login password=x", "login Password:=\"x\"", "call x api_key=1", "call x {\"accessToken\": 1}", "f a[secret]=1",
    "f {\"clientSecret\" : 1}", " tools", "\ttools", "", "tools; \\set token abc", "\\c https://ada:pw@host/mcp",
    "\\c -H 'Authorization: Bearer x' https://host",
  ])
  func secretsStayOut(line: String) { #expect(History.isPrivate(line)) }

  @Test(arguments: [
    "tools", "call x a=1", "echo message=password", "read a://b?c=d", "call secret a=1", "x = login user=1",
  ])
  func otherLinesAreKept(line: String) { #expect(!History.isPrivate(line)) }

  @Test func sessionsAddToOneFileThatIsCut() throws {
    let folder = TemporaryFolder()
    let history = try #require(History { $0 == "XDG_STATE_HOME" ? folder.path("state") : nil })
    #expect(try history.load() == [])
    try history.append(.init(text: "one"))
    let other = try #require(History { $0 == "XDG_STATE_HOME" ? folder.path("state") : nil })
    try other.append(.init(text: "two\nlines", servers: "prod"))
    #expect(try history.load() == [.init(text: "one"), .init(text: "two\nlines", servers: "prod")])
    let path = folder.path("state/mcpctl/history")
    let many = (0..<2 * History.limit).map { "line \($0)\n" }
    try Console.system().writeFile(path, Array(many.joined().utf8))
    let kept = try history.load()
    #expect((kept.count, kept.last?.text) == (History.limit, "line 19999"))
    #expect(try Console.system().readFile(path, 1 << 20).filter { $0 == UInt8(ascii: "\n") }.count == History.limit)
  }
}

/// What is advised, in words of the REPL.
@Suite struct ShellWordsTests {
  @Test(arguments: [
    ("`mcpctl tools ls` lists all", "`tools` lists all"), ("`mcpctl tasks ls --all`", "`tasks --all`"),
    ("it is: `mcpctl info` shows; see `mcpctl help answers`", "it is: `info` shows; see `help answers`"),
    ("`mcpctl resources templates` lists all", "`resources templates` lists all"),
    ("`mcpctl sessions ls` lists them", "`\\sessions` lists them"),
    ("`mcpctl auth login URL` gets a token", "`\\! mcpctl auth login URL` gets a token"),
    ("give it to `mcpctl repl`", "give it to `mcpctl repl`"), ("mcpctl tools ls", "mcpctl tools ls"),
    ("a ` alone", "a ` alone"), ("`mcpctl ", "`mcpctl "),
  ])
  func aHintNamesWhatCanBeTypedHere(shell: String, here: String) { #expect(ShellWords.here(shell) == here) }

  @Test func allOfAnErrorIsSaidSo() {
    let failure = Failure(
      .notFound, "x", "no `mcpctl tools ls`", hint: "`mcpctl prompts ls`", details: ["`mcpctl ping`"])
    let said = ShellWords.here(failure) as? Failure
    #expect(said?.message == "no `tools`" && said?.hint == "`prompts`" && said?.details == ["`ping`"])
    let usage = ShellWords.here(UsageError("no", usage: "mcpctl call TOOL")) as? UsageError
    #expect(usage?.usage == "call TOOL")
  }
}

@Suite struct StatusLineTests {
  @Test func nothingShowsWhileItIsQuick() {
    let start = ContinuousClock.now
    var line = StatusLine("sleep", at: start)
    #expect(line.text(at: start + .milliseconds(149), columns: 80) == nil)
    #expect(line.text(at: start + .milliseconds(1250), columns: 80) == "/ sleep 1.2 s")
    line.notice = "cancelling"
    #expect(line.text(at: start + .milliseconds(1300), columns: 80) == "- sleep 1.3 s cancelling")
  }

  @Test func whatIsLeftOfTheTimeShowsOnceHalfHasGone() throws {
    let start = ContinuousClock.now
    func text(_ line: inout StatusLine, _ milliseconds: Int) -> String? {
      line.text(at: start + .milliseconds(milliseconds), columns: 80).map { String($0.dropFirst(2)) }
    }
    var line = StatusLine("sleep", at: start)
    #expect(text(&line, 70_000) == "sleep 70.0 s", "nobody counts")
    line.expect(.init(idle: .seconds(60), total: .seconds(100)), at: start)
    #expect(text(&line, 30_000) == "sleep 30.0 s")
    #expect(text(&line, 30_100) == "sleep 30.1 s, given up in 30 s")
    #expect(text(&line, 59_900) == "sleep 59.9 s, given up in 1 s")
    #expect(text(&line, 60_000) == "sleep 60.0 s")
    line.advance(try #require(Progress(["progress": 1])), at: start + .seconds(50))
    #expect(text(&line, 60_000) == "sleep 60.0 s 1", "progress puts it off")
    #expect(text(&line, 85_000) == "sleep 85.0 s, given up in 15 s 1", "but not for ever")
    line.notice = "cancelling"
    #expect(text(&line, 86_000) == "sleep 86.0 s cancelling")
  }

  @Test func itNeverWraps() {
    var line = StatusLine(String(repeating: "日", count: 60) + "\u{1B}[2J\n", at: .now)
    let text = line.text(at: .now + .seconds(1), columns: 40) ?? ""
    #expect(text.unicodeScalars.reduce(0) { $0 + ($1.value >= 0x1100 ? 2 : 1) } <= 39)
    #expect(!text.contains("\u{1B}"))
  }

  @Test(arguments: [
    ("calc*", true), ("*or", true), ("c?lc*", true), ("lat", true), ("*x*", false), ("c", true), ("?", false),
  ])
  func patternsFitNames(pattern: String, fits: Bool) { #expect(nameFits("calculator", [pattern]) == fits) }
}
