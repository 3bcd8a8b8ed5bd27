// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import JSONKit
import MCPClientKit
import MCPCore
import TestSupport
import Testing

@testable import mcpctl

/// `mcpctl complete`, the phases of -v, and answers where nobody is.
@Suite(.timeLimit(.minutes(2))) struct SuggestTests {
  @Test(arguments: [
    ("greet:language=Fr", "greet", "language", "Fr", false), ("greet:language=", "greet", "language", "", false),
    ("a:b:c=d=e", "a:b", "c", "d=e", true), ("s://g/{name}:name=A:b", "s://g/{name}", "name", "A:b", true),
    ("s://g?q={q}:q=x", "s://g?q={q}", "q", "x", true),
  ])
  func theFirstWordIsTakenApart(
    word: String, owner: String, argument: String, beginning: String, isTemplate: Bool
  ) throws {
    let subject = try SuggestCommand.Subject(argument: word)
    #expect(subject.owner == owner && subject.argument == argument && subject.beginning == beginning)
    #expect(subject.isTemplate == isTemplate)
  }

  @Test(arguments: ["greet", "greet:language", ":a=b", "greet=x", "a:=b"]) func otherWordsAreRefused(word: String) {
    #expect(throws: ValueFault.self) { try SuggestCommand.Subject(argument: word) }
  }

  @Test(arguments: ["2026-07-28", "2025-06-18"]) func valuesOfPromptsAndTemplatesAreSuggested(revision: String) throws {
    #expect(try mcpctl("complete", "greet:language=F", "--protocol", revision).output == "French\n")
    let names = try mcpctl("complete", "sample://greeting/{name}:name=A", "-o", "jsonl", "--protocol", revision)
    #expect(names.output.hasPrefix("\"Ada\"\n\"Alan\"\n"))
    let whole = try mcpctl("complete", "greet:language=", "name=Ada", "-o", "json", "--protocol", revision)
    #expect(try JSON(parsing: whole.output)["completion"]?["total"] == 6)
  }

  @Test func whatIsNotThereIsSaid() throws {
    let prompt = try mcpctl("complete", "gret:language=F")
    #expect(prompt.code == 8 && prompt.error.contains("did you mean 'greet'?"))
    let argument = try mcpctl("complete", "greet:langage=F")
    #expect(argument.code == 8 && argument.error.contains("has no argument 'langage'"))
    #expect(argument.error.contains("did you mean 'language'?"))
    let template = try mcpctl("complete", "sample://greting/{name}:name=")
    #expect(template.code == 8 && template.error.contains("has no template"))
    #expect(try mcpctl("complete", "greet:language=Zz").code == 0, "nothing fits, which is an answer")
  }

  // -v

  @Test func phasesStandBelowTheirRequestAndToTheRight() throws {
    let start = ContinuousClock.now
    let waterfall = Waterfall()
    #expect(waterfall.lines.isEmpty)
    func at(_ milliseconds: Int) -> ContinuousClock.Instant { start.advanced(by: .milliseconds(milliseconds)) }
    var phases = RequestTiming.Phases()
    (phases.resolved, phases.connected, phases.firstByte) = (.milliseconds(10), .milliseconds(20), .milliseconds(40))
    waterfall.add(RequestTiming(method: .toolsCall, start: at(60), end: at(100), phases: nil))
    waterfall.add(RequestTiming(method: .discover, start: at(0), end: at(50), phases: phases))
    #expect(
      waterfall.lines == [
        "phase            at         took",
        "server/discover  0.0 ms     50 ms      ################",
        "  name           0.0 ms     10 ms      ###",
        "  connect        10 ms      10 ms         ###",
        "  first byte     20 ms      20 ms            ######",
        "  answer         40 ms      10 ms                  ###",
        "tools/call       60 ms      40 ms                         #############",
        "in all                      100 ms",
      ])
  }

  @Test func verboseCallsEndWithTheirPhases() throws {
    let (server, url) = try ServeTests.start("--transport", "http-stream")
    defer {
      server.signal(15)
      _ = server.finish()
    }
    let call = try mcpctl("-s", url, "call", "calculator", "a=1", "b=2", "-v")
    #expect(call.output == "3\n")
    for part in ["# trace ", "# server/discover", "#   connect", "#   first byte", "# tools/call", "# in all"] {
      #expect(call.error.contains(part), "\(part) in \(call.error)")
    }
    let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    let traced = try mcpctl("-s", url, "ping", "-vv", environment: ["TRACEPARENT": parent])
    #expect(traced.error.contains("# trace 0af7651916cd43dd8448eb211c80319c"))
    #expect(try !mcpctl("-s", url, "ping").error.contains("phase"))
    // Where it fails, it says how far it came.
    #expect(try mcpctl("-s", "127.0.0.1:1", "ping", "-v", "--retry", "0").error.contains("# server/discover"))
  }

  // Answers

  @Test(arguments: ["2026-07-28", "2025-11-25"]) func aToolThatAsksRunsWhereNobodyIs(revision: String) throws {
    let server = ["--protocol", revision, "--", repository + "/.build/debug/EverythingServer"]
    let sampled = try run(
      [binary, "call", "test_sampling", "prompt=France?", "--sampling-cmd", "grep -q France && echo Paris"] + server)
    #expect(sampled.output == "LLM response: Paris\n", "\(sampled.error)")
    let failing = try run([binary, "call", "test_sampling", "prompt=x", "--sampling-cmd", "exit 1"] + server)
    #expect(failing.code == 3 || failing.code == 6, "\(failing.error)")
    let unasked = try run([binary, "call", "test_sampling", "prompt=x"] + server)
    #expect(unasked.code != 0 && unasked.error.contains("--sampling-cmd CMD or --answer FILE"), "\(unasked.error)")
    let folder = TemporaryFolder()
    let answers = try folder.write(#"{"elicitation": [{"content": {"username": "ada", "email": "a@b.c"}}]}"#, to: "a")
    let elicited = try run([binary, "call", "test_elicitation", "message=Who?", "--answer", answers] + server)
    #expect(elicited.code == 0, "\(elicited.error)")
  }

  @Test func theServerIsToldTheRoots() throws {
    let server = ["--protocol", "2026-07-28", "--", repository + "/.build/debug/EverythingServer"]
    let run = try run(
      [binary, "call", "test_input_required_result_list_roots", "--root", "/tmp", "--root", "/"] + server)
    #expect(run.output == "The client has 2 roots: file:///tmp, file:///\n", "\(run.error)")
  }
}
