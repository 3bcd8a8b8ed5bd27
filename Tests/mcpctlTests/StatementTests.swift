// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import JSONKit
import Testing

@testable import mcpctl

/// What a REPL takes lines for.
@Suite struct StatementTests {
  /// The statements of `text`, their words as text with `values` for variables.
  private func words(_ text: String, _ values: [String: JSON] = [:]) throws -> [[String]] {
    var variables = Variables()
    for (name, value) in values { try variables.set(name, to: value) }
    return try statements(text).map { try $0.words.map { try variables.expand($0) } }
  }

  private func statements(_ text: String) throws -> [Statement] {
    guard case .statements(let statements) = try StatementReader.read(text) else {
      Issue.record("'\(text)' is unfinished")
      return []
    }
    return statements
  }

  @Test(arguments: [
    ("call calculator a=1 b=2", [["call", "calculator", "a=1", "b=2"]]),
    ("  tools ;; ping  ; ", [["tools"], ["ping"]]),
    ("tools\nping", [["tools"], ["ping"]]),
    ("# nothing\n  # still nothing\ntools", [["tools"]]),
    ("call a=1 # why\ntools", [["call", "a=1"], ["tools"]]), ("echo message=#1", [["echo", "message=#1"]]),
    ("echo message='a  b'", [["echo", "message=a  b"]]),
    (#"echo message="a \"b\" \n""#, [["echo", #"message=a "b" \n"#]]),
    (#"echo message=a\ b\;c"#, [["echo", "message=a b;c"]]),
    ("echo message='it;is' x=''", [["echo", "message=it;is", "x="]]),
    ("f ''", [["f", ""]]),
    ("rpc tools/list {\"a\": {\"b\": \"} ;\"}}", [["rpc", "tools/list", "{\"a\": {\"b\": \"} ;\"}}"]]),
    ("f tags:=[1, \"a b\"] a[b]=1 c[]=2", [["f", "tags:=[1, \"a b\"]", "a[b]=1", "c[]=2"]]),
    ("f {\n\"a\": 1\n}", [["f", "{\n\"a\": 1\n}"]]),
    ("f a=1 \\\n b=2", [["f", "a=1", "b=2"]]),
    ("f url=http://x/?a=1&b=2|3", [["f", "url=http://x/?a=1&b=2|3"]]),
    ("f price=$5 a=\\$x b='$x'", [["f", "price=$5", "a=$x", "b=$x"]]),
    ("\\! ls | wc -l; date", [["\\!", "ls | wc -l; date"]]),
    ("\\d+ name; \\x", [["\\d+", "name"], ["\\x"]]),
    ("", []), ("# only this", []),
  ])
  func linesBecomeWords(line: String, expected: [[String]]) throws {
    #expect(try words(line) == expected)
  }

  @Test(arguments: ["echo 'a", "echo \"a", "f {\"a\": 1", "f a:=[1,", "f {\"a\": \"}\"", "f a=1 \\", "f \"a\\"])
  func whatIsOpenGoesOn(line: String) throws {
    #expect(try StatementReader.read(line) == .unfinished)
  }

  @Test(arguments: ["tools | nonsense", "tools |", "tools | .a[", "f a=$x[what]"])
  func whatCannotBeMeantIsRefused(line: String) {
    #expect(throws: UsageError.self) { try StatementReader.read(line) }
  }

  @Test func variablesStandInWords() throws {
    let values: [String: JSON] = ["x": ["a": [1, "two"]], "s": "a b", "_": ["n": 1.50]]
    #expect(
      try words("f a=$x.a[1] b=\"<$s>\" c:=$s d:=$x.a", values) == [
        ["f", "a=two", "b=<a b>", "c:=\"a b\"", "d:=[1,\"two\"]"]
      ])
    #expect(try words("f {\"a\": $s, \"b\": \"$s\"}", values) == [["f", "{\"a\": \"a b\", \"b\": \"$s\"}"]])
    #expect(try words("f a=$s. b=$_.n", values) == [["f", "a=a b.", "b=1.5"]])
    #expect(throws: UsageError.self) { try words("f a=$y", values) }
    #expect(throws: UsageError.self) { try words("f a=$x.b", values) }
  }

  @Test func assignmentsFiltersAndBackground() throws {
    let kept = try statements("x = call f a=1 | .content[0].text | !jq -r '.a;.b' | wc")[0]
    #expect(kept.assigns == "x")
    #expect(kept.words.map(\.literal) == ["call", "f", "a=1"])
    #expect(kept.filters == [.path(".content[0].text"), .shell("jq -r '.a;.b' | wc")])
    let behind = try statements("sleep seconds=1 &; tools")
    #expect(behind.map(\.isBackground) == [true, false])
    #expect(behind[0].text == "sleep seconds=1")
    #expect(try statements("f a & b")[0].isBackground == false)
    #expect(try statements("1x = f")[0].assigns == nil)
  }

  @Test(arguments: [
    ("mcpctl tools ls", ["tools", "ls"]), ("x = mcpctl call f", ["call", "f"]), ("mcpctl", ["mcpctl"]),
    ("call mcpctl", ["call", "mcpctl"]), ("mcpctl -s x tools ls", ["-s", "x", "tools", "ls"]),
  ])
  func aLineOfTheShellCanBePasted(line: String, expected: [String]) throws {
    #expect(try statements(line)[0].withoutProgram.words.map(\.literal) == expected)
  }
}

/// Lines in the words of the command line.
@Suite struct LineWordsTests {
  private func shell(_ line: String) throws -> [String] {
    try LineWords { ["calculator", "config", "odd/name"].contains($0) }.shell(
      line.split(separator: " ").map(String.init))
  }

  @Test(arguments: [
    ("tools", "tools ls"), ("tools -o json", "tools ls -o json"), ("tools ls", "tools ls"),
    ("tools calculator", "tools get calculator"),
    ("tools get x", "tools get x"), ("resources", "resources ls"), ("templates", "resources templates"),
    ("read a://b", "resources read a://b"),
    ("prompts", "prompts ls"), ("prompt greet name=Ada", "prompts get greet name=Ada"), ("call x a=1", "call x a=1"),
    ("calculator a=1", "call calculator a=1"), ("nosuch a=1", "call nosuch a=1"), ("config a=1", "call config a=1"),
    ("odd/name a=1", "call odd/name a=1"), ("ping", "ping"), ("info", "info"),
    ("tools/list", "tools ls"), ("tools/list -o name", "tools ls -o name"), ("tools/call x a=1", "call x a=1"),
    ("resources/list", "resources ls"), ("resources/templates/list", "resources templates"),
    ("resources/read uri=a://b -o json", "resources read a://b -o json"),
    ("resources/read a://b", "resources read a://b"),
    ("prompts/get greet name=Ada", "prompts get greet name=Ada"),
    ("tools/list cursor=2", "rpc tools/list {\"cursor\":\"2\"}"),
    ("tools/call name=x arguments:={\"a\":1}", "rpc tools/call {\"name\":\"x\",\"arguments\":{\"a\":1}}"),
    ("made/up {\"a\":1} -o raw", "rpc made/up {\"a\":1} -o raw"), ("made/up", "rpc made/up"),
    ("notifications/roots/list_changed", "rpc --notify notifications/roots/list_changed"),
  ])
  func linesBecomeCommandLines(line: String, expected: String) throws {
    #expect(try shell(line).joined(separator: " ") == expected)
  }

  @Test func otherCommandsArePointedToTheShell() {
    #expect(throws: UsageError.self) { try shell("serve --port 1") }
  }

  @Test(arguments: [
    ["call", "x", "--timeout", "5s"], ["call", "x", "-v"], ["call", "x", "-s", "y"], ["call", "x", "--answer=f"],
    ["call", "x", "--", "y"],
  ])
  func whatConcernsTheSessionIsRefused(words: [String]) throws {
    let call = try #require(CommandModel(RootCommand.self).command(at: ["call"]))
    #expect(throws: UsageError.self) { try LineWords.refuseConnectionOptions(words, of: call) }
    try LineWords.refuseConnectionOptions(
      ["call", "x", "a=-1", "-o", "json", "--path", ".a", "--task", "-y"], of: call)
  }

  @Test func theWorstCodeCounts() {
    let codes: [ExitCode] = [.success, .toolError, .badArguments, .negative]
    #expect(codes.reduce(ExitCode.success) { $0.orWorse($1) } == .badArguments)
    #expect(Set(ExitCode.table.map(\.code.severity)).count == ExitCode.table.count)
  }
}
