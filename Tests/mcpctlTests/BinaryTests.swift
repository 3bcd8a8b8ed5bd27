// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import JSONKit
import TestSupport
import Testing

@testable import mcpctl

/// The program under test: MCPCTL_BINARY, else the one built beside the tests.
let binary: String = {
  let console = Console.system()
  return console.environment("MCPCTL_BINARY") ?? repository + "/.build/debug/mcpctl"
}()

/// The package's folder.
let repository = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")

/// Runs the built program.
func mcpctl(
  _ words: String..., input: String = "", environment: [String: String] = [:], deadline: Int = 30
) throws -> ProgramRun {
  try run([binary] + words, input: input, environment: environment, deadline: deadline)
}

/// The built binary against its built-in server, as a person would use it.
@Suite struct BinaryTests {
  @Test func aCallPrintsTheResult() throws {
    let run = try mcpctl("call", "calculator", "a=1", "b=2")
    #expect(run.output == "3\n")
    #expect(run.error == "")
    #expect(run.code == 0)
  }

  @Test func aToolErrorIsOnStandardErrorAndEndsWith3() throws {
    let run = try mcpctl("call", "calculator", "operation=divide", "a=1", "b=0")
    #expect(run.error == "division by zero\n")
    #expect(run.output == "")
    #expect(run.code == 3)
    #expect(try mcpctl("call", "--ignore-tool-error", "calculator", "operation=divide", "a=1", "b=0").code == 0)
  }

  @Test func badArgumentsAreNamedAndEndWith65() throws {
    let run = try mcpctl("call", "calculator", "a=x", "b=2")
    #expect(run.code == 65)
    #expect(run.error.contains("a: 'x' is not a number"))
    #expect(run.error.contains("a=NUMBER b=NUMBER"))
  }

  @Test func anUnknownToolEndsWith8AndANearMiss() throws {
    let run = try mcpctl("call", "nosuch")
    #expect(run.code == 8)
    #expect(run.error.hasSuffix("hint: it has calculator, echo, weather, sleep\n"))
    #expect(try mcpctl("call", "calculater").error.contains("did you mean 'calculator'?"))
  }

  @Test func jsonIsOneResultObjectOfTheSpecification() throws {
    let run = try mcpctl("call", "calculator", "a=1", "b=2", "-o", "json")
    let result = try JSON(parsing: run.output)
    #expect(result["content"]?[0]?["text"] == "3")
    #expect(result["structuredContent"]?["result"] == 3)
  }

  @Test func withJSONAToolErrorIsAWholeResultAndOneLineOfReport() throws {
    let run = try mcpctl("call", "calculator", "operation=divide", "a=1", "b=0", "-o", "json")
    #expect(try JSON(parsing: run.output)["isError"] == true)
    let report = try JSON(parsing: run.error)["error"]
    #expect(report?["code"] == "tool_error")
    #expect(report?["exit"] == 3)
    #expect(run.code == 3)
  }

  @Test func withJSONEveryKindOfFailureIsOneLineOfJSON() throws {
    for words in [["call", "nosuch"], ["call"], ["-s", "nowhere", "ping"], ["call", "calculator", "a=x"]] {
      let run = try run([binary] + words + ["-o", "json"])
      #expect(try JSON(parsing: run.error)["error"]?["exit"]?.int == Int(run.code))
      #expect(run.error.split(separator: "\n").count == 1)
    }
  }

  @Test func helpOfAToolShowsItsArguments() throws {
    let run = try mcpctl("call", "calculator", "--help")
    #expect(run.code == 0)
    #expect(run.output.contains("mcpctl call calculator a=NUMBER b=NUMBER"))
    #expect(try JSON(parsing: mcpctl("call", "calculator", "--help", "-o", "json").output)["properties"] != nil)
  }

  @Test func argumentsComeFromStandardInputToo() throws {
    #expect(try mcpctl("call", "calculator", input: #"{"a":20,"b":22}"#).output == "42\n")
    #expect(try mcpctl("call", "calculator", "--args", "-", "b=1", input: #"{"a":20,"b":22}"#).output == "21\n")
    #expect(try mcpctl("call", "calculator", "a:=5", #"{"b":6}"#).output == "11\n")
    #expect(try mcpctl("call", "calculator").code == 65)
  }

  @Test func aDryRunSendsNothing() throws {
    let run = try mcpctl("call", "calculator", "a=1", "b=2", "--dry-run")
    #expect(try JSON(parsing: run.output)["params"] == ["name": "calculator", "arguments": ["a": 1, "b": 2]])
  }

  @Test func withoutASchemaTheServerHasTheLastWord() throws {
    let run = try mcpctl("call", "calculator", "a=1", "b=2", "--no-schema")
    #expect(run.code == 3)
    #expect(try mcpctl("call", "calculator", "a:=1", "b:=2", "--no-schema").output == "3\n")
  }

  static let answers: [([String], String)] = [
    (["tools", "ls", "-o", "name"], "calculator\n"), (["resources", "ls"], "sample://about\t"),
    (["resources", "templates"], "sample://greeting/{name}"), (["prompts", "ls"], "greet\t"),
    (["resources", "read", "sample://about"], "built into mcpctl"),
    (["prompts", "get", "greet", "name=Ada"], "user: Greet Ada"),
    (["tools", "get", "echo"], "mcpctl call echo message=STRING"),
    (["tool", "list", "-o", "jsonl"], #"{"name":"calculator""#),
    (["rpc", "tools/list", "--path", ".tools[].name"], "echo\n"), (["ping"], "builtin answered"),
    (["info"], "2026-07-28 (modern)"), (["version"], "mcpctl \(Version.number)"), (["--version"], "mcpctl"),
    (["help", "exit-codes"], "EX_USAGE"), (["tools", "call", "echo", "message=hi"], #"{"echo":"hi"}"#),
  ]

  @Test(arguments: answers)
  func everyCommandAnswers(words: [String], part: String) throws {
    let run = try run([binary] + words)
    #expect(run.code == 0, "\(run.error)")
    #expect(run.output.contains(part))
    #expect(run.error == "")
  }

  @Test func aBinaryResourceGoesToAPipeOrAFileAsBytes() throws {
    let run = try mcpctl("resources", "read", "sample://pixel.png", "--path", ".contents[0].blob")
    let expected = try #require(Base64.bytes(lenient: run.output.trimmed))
    let path = "/tmp/mcpctl-test-\(expected.count)-\(UInt64.random(in: 0 ... .max)).png"
    #expect(try mcpctl("resources", "read", "sample://pixel.png", "--out", path).code == 0)
    #expect(try Console.system().readFile(path, 1 << 20) == expected)
    _ = try TestSupport.run(["rm", path])
  }

  static let failures: [([String], Int32)] = [
    (["tools", "ls", "-s", "builtin", "--", "true"], 64), (["call", "echo", "-s", "nowhere", "message=x"], 8),
    (["resources", "read", "sample://abuot"], 8), (["prompts", "get", "greet"], 65), (["prompts", "get", "gret"], 8),
    (["rpc", "no/such/method"], 6), (["ping", "--", "/nonexistent/server"], 5),
    (["ping", "--", "false"], 5), (["call", "sleep", "seconds=60", "--timeout", "200ms"], 7), (["bogus"], 64),
    (["tools"], 64), (["serve", "--port", "70000"], 64), (["serve", "--transport", "pigeon"], 64),
    (["serve", "--transport", "http", "--host", "203.0.113.1", "--port", "0", "--log-level", "off"], 2),
    (["info", "--path", ".nothing"], 1),
    (["ping", "-H", "a: b"], 64),
    (["-s", "http://x/", "--bearer-env", "MCPCTL_NO_SUCH", "ping"], 78), (["help", "no-such-topic"], 64),
  ]

  @Test(arguments: failures)
  func everyFailureHasItsCode(words: [String], code: Int32) throws {
    let run = try run([binary] + words)
    #expect(run.code == code, "\(run.error)")
    #expect(run.error.hasPrefix("mcpctl: "))
    #expect(run.output == "")
  }

  @Test func servingAnswersALineFromAPipeAndEnds() throws {
    let run = try mcpctl("serve", input: #"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"# + "\n")
    #expect(run.code == 0)
    #expect(run.error == "")
    #expect(try JSON(parsing: run.output)["result"]?["tools"]?[0]?["name"] == "calculator")
  }

  @Test(arguments: ["auto", "legacy", "2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"])
  func aStartedServerIsCalledInEveryRevision(revision: String) throws {
    let server = ["--protocol", revision, "--", binary, "serve", "--transport", "stdio"]
    let call = try run([binary, "call", "echo", "message=hi"] + server)
    #expect(call.output.contains("hi"))
    #expect(call.code == 0, "\(call.error)")
    let negotiated = try run([binary, "info", "--path", ".protocolVersion"] + server).output
    let expected = revision == "auto" ? "2026-07-28" : revision == "legacy" ? "2025-11-25" : revision
    #expect(negotiated == expected + "\n")
  }

  @Test(arguments: [
    (["tools", "--", "call", "ca"], "calculator\tAdds"),
    (["arguments", "--", "call", "weather", "location=x", ""], "units=\t"),
    (["prompt-arguments", "--", "prompts", "get", "greet", "name=x", ""], "language=\t"),
    (["prompt-arguments", "--", "prompts", "get", "greet", "language=F"], "language=French\t\n"),
    (["resources", "--", "resources", "read", ""], "sample://about\t"), (["help", "--", "help", "ex"], "exit-codes\t"),
  ])
  func theProgramCompletesNamesItself(words: [String], line: String) throws {
    let run = try run([binary, "__complete"] + words)
    #expect(run.output.hasPrefix(line))
    #expect(run.error == "")
  }

  @Test(arguments: [["-s", "127.0.0.1:1", "call", ""], ["call", "", "--", "never-started"]])
  func completionStaysSilentWhereNothingCanBeAsked(words: [String]) throws {
    let run = try run([binary, "__complete", "tools", "--"] + words)
    #expect(run.output == "" && run.error == "" && run.code == 0)
  }

  @Test func theEnvironmentNamesAServer() throws {
    #expect(try mcpctl("ping", environment: ["MCPCTL_SERVER": "nowhere"]).code == 8)
    #expect(try mcpctl("ping", "-s", "builtin", environment: ["MCPCTL_SERVER": "nowhere"]).code == 0)
  }

  @Test(arguments: [2, 15] as [Int32]) func aSignalCancelsTheCall(signal: Int32) throws {
    let program = try RunningProgram([binary, "call", "sleep", "seconds=60", "-vv"])
    #expect(program.line(holding: "tools/call") != nil)
    program.signal(signal)
    let run = program.finish(deadline: 30)
    #expect(run.code == 128 + signal, "\(run.error)")
    #expect(run.error.contains("notifications/cancelled"))
  }

  @Test(.enabled(if: isInstalled("script"))) func onATerminalTheServerIsNamedAndProgressIsDrawn() throws {
    let run = try run(["script", "-qec", "'\(binary)' call sleep seconds=0.05", "/dev/null"])
    #expect(run.output.contains("# server: builtin (none was named)"))
    #expect(run.output.contains("[##########..........] 50% asleep"))
    #expect(run.output.contains("slept 0.05 s"))
    let quiet = try TestSupport.run(["script", "-qec", "'\(binary)' call -q echo message=hi", "/dev/null"])
    #expect(withoutStyles(quiet.output) == "{\"echo\":\"hi\"}\r\n")
  }

  @Test(.enabled(if: isInstalled("script"))) func onATerminalAServersControlCharactersAreWrittenOut() throws {
    let run = try run(["script", "-qec", "'\(binary)' -q prompts get greet name:='\"\\u001b[2J\"'", "/dev/null"])
    #expect(run.output.contains("\\x1b[2J"))
    #expect(!run.output.contains("\u{1B}[2J"))
  }

  @Test func aReaderThatLeavesIsNoFailure() throws {
    let run = try run(["bash", "-c", "'\(binary)' tools ls -o json | head -c 1; echo ${PIPESTATUS[0]}"])
    #expect(run.output.hasSuffix("0\n"))
    #expect(run.error == "")
  }

  @Test func aFullDiskIsAFailure() throws {
    let run = try run(["bash", "-c", "'\(binary)' tools ls > /dev/full"])
    #expect(run.code == 2)
    #expect(run.error.contains("cannot write the result: No space left on device"))
  }
}
