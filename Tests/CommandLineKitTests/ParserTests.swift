// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import Testing

@Suite struct ParserTests {
  @Test func wordsFillArgumentsInOrderAndTheLastTakesTheRest() throws {
    let call: SampleCall = try reading("call add a=1 b=2 c:=3")
    #expect(call.tool == "add")
    #expect(call.arguments == ["a=1", "b=2", "c:=3"])
  }

  @Test(arguments: [
    "call -o json add", "call add -ojson", "call -o=json add", "call add --output json", "call --output=json add",
  ])
  func anOptionIsReadInEverySpelling(line: String) throws {
    let call: SampleCall = try reading(line)
    #expect(call.global.output == .json)
    #expect(call.tool == "add")
  }

  @Test func switchesGroupAndTheLastOfAGroupMayTakeAValue() throws {
    let call: SampleCall = try reading("call -qvvsprod add")
    #expect(call.global.quiet)
    #expect(call.global.verbose == 2)
    #expect(call.global.server == "prod")
  }

  @Test func aRepeatedOptionKeepsEveryValueInOrder() throws {
    let call: SampleCall = try reading("-H a call -H b add --header=c")
    #expect(call.global.header == ["a", "b", "c"])
  }

  @Test func optionsOfAParentAreHandedDownThroughEveryLevel() throws {
    let list: SampleList = try reading("-s prod -v tools ls --count 1 -v")
    #expect(list.global.server == "prod")
    #expect(list.global.verbose == 2)
  }

  @Test func anOptionOfTheParentThatTheCommandDoesNotKnowIsCheckedAndDropped() throws {
    let _: SampleVersion = try reading("-s prod version")
    #expect(complaint(about: "-o jso version") == "-o: 'jso' is not one of text, json, yaml; did you mean 'json'?")
    #expect(complaint(about: "version -s prod") == "no option '-s'")
  }

  @Test func theLastOfTwoValuesCountsUnlessTheOptionIsExclusive() throws {
    let call: SampleCall = try reading("call add -o json -o yaml")
    #expect(call.global.output == .yaml)
    #expect(complaint(about: "-s a call add -s b") == "-s is given twice")
    #expect(complaint(about: "-s a --server b call add") == "--server is given twice")
  }

  @Test func wordsAfterTwoDashesBelongToTheTrailingField() throws {
    let call: SampleCall = try reading("call add -- server --quiet -- x")
    #expect(call.program == ["server", "--quiet", "--", "x"])
    #expect(!call.global.quiet)
  }

  @Test func twoDashesEndOptionsWhereThereIsNoTrailingField() throws {
    let list: SampleList = try reading("ls --count 1 -- --pattern")
    #expect(list.pattern == "--pattern")
  }

  @Test(arguments: ["-", "-1", "-2.5e3"]) func aDashAloneAndNegativeNumbersAreWords(word: String) throws {
    let call: SampleCall = try reading("call \(word)")
    #expect(call.tool == word)
  }

  @Test func aliasesReachTheCommand() throws {
    let list: SampleList = try reading("tool list --count 4")
    #expect(list.count == 4)
  }

  @Test func otherSpellingsOfAChoiceAreAcceptedButNotOffered() throws {
    let call: SampleCall = try reading("call add -o yml")
    #expect(call.global.output == .yaml)
    #expect(SampleFormat.choices == ["text", "json", "yaml"])
  }

  @Test func theEnvironmentSuppliesWhatTheWordsLeaveOut() throws {
    let environment = ["SAMPLE_TIMEOUT": "2m"]
    #expect(try reading("call add", as: SampleCall.self, environment: environment).timeout == .seconds(120))
    #expect(try reading("call add --timeout 1s", as: SampleCall.self, environment: environment).timeout == .seconds(1))
    #expect(
      complaint(about: "call add", environment: ["SAMPLE_TIMEOUT": "soon"])
        == "SAMPLE_TIMEOUT: 'soon' is not a duration; write 500ms, 30s, 2m or 1h")
  }

  @Test(arguments: [
    ("cal add", "no command 'cal'; did you mean 'call'?"),
    ("xyzzy", "no command 'xyzzy'; commands: call, ls, tools, version"),
    ("call", "<tool> is missing: Tool to call."),
    ("call add --tiemout 3", "no option '--tiemout'; did you mean '--timeout'?"),
    ("call add -qx", "no option '-x' in '-qx'"),
    ("call add --quiet=yes", "--quiet is a switch and takes no value"),
    ("call add --timeout", "--timeout needs a value: --timeout DURATION"),
    ("call --server --quiet add", "--server needs a value: --server TARGET"),
    ("ls", "--count is missing: How many."),
    ("ls --count three", "--count: 'three' is not a whole number"),
    ("ls --count 1 a b", "'b' is one word too many"),
    ("call add --max-body 1x", "--max-body: '1x' is not a size; write 512, 64k, 10MiB or 1GB"),
  ])
  func aMistakeIsNamedWithItsRemedy(line: String, message: String) {
    #expect(complaint(about: line) == message)
  }

  @Test func anErrorCarriesTheUsageLineOfTheCommandItIsAbout() {
    let error = #expect(throws: UsageError.self) { try parse(["tools", "ls", "--nope"], as: SampleRoot.self) }
    #expect(error?.usage == "sample tools ls [options] [<pattern>]")
  }

  @Test func helpIsRecognisedAnywhereAndForgivesMissingWords() throws {
    for words in [["call", "--help"], ["-h", "call"], ["call", "-qh", "add"]] {
      let invocation = try parse(words, as: SampleRoot.self)
      #expect(invocation.wantsHelp)
      #expect(invocation.path == ["sample", "call"])
    }
    #expect(try parse(["--help"], as: SampleRoot.self).path == ["sample"])
  }
}

@Suite struct QuantityTests {
  @Test(arguments: [
    ("1500ms", 1500), ("30s", 30_000), ("2m", 120_000), ("1h", 3_600_000), ("1m30s", 90_000), ("2.5", 2500), ("0", 0),
  ])
  func durationsAreRead(word: String, milliseconds: Int) throws {
    #expect(try Duration(argument: word) == .milliseconds(milliseconds))
  }

  @Test(arguments: ["", "s", "5x", "1s2", "-1s", "1..2s", "1e3s", "9999999999999s"])
  func whatIsNoDurationIsRefused(word: String) {
    #expect(throws: ValueFault.self) { try Duration(argument: word) }
  }

  @Test(arguments: [("512", 512), ("64k", 65_536), ("10MiB", 10_485_760), ("1GB", 1_000_000_000), ("1.5k", 1536)])
  func sizesAreRead(word: String, bytes: Int) throws { #expect(try ByteCount(argument: word).bytes == bytes) }

  @Test func defaultsAreShownAsTheyWouldBeTyped() {
    #expect(Duration.seconds(1800).shown == "30m")
    #expect(Duration.milliseconds(1500).shown == "1500ms")
    #expect(ByteCount(10 << 20).shown == "10MiB")
  }
}

@Suite struct NearMissTests {
  @Test(arguments: [("cal", "call"), ("calc", "calculator"), ("calcualtor", "calculator"), ("ecoh", "echo")])
  func aSlipFindsWhatWasMeant(word: String, meant: String) {
    #expect(
      nearMiss(of: word, in: ["echo", "call", "calculator", "weather"].filter { $0 != "call" || meant == "call" })
        == meant)
  }

  @Test func aStrangerFindsNothingButHasANearest() {
    #expect(nearMiss(of: "nosuch", in: ["calculator", "weather"]) == nil)
    #expect(nearest(to: "nosuch", in: ["calculator", "echo"]) == "echo")
    #expect(nearest(to: "nosuch", in: []) == nil)
  }
}
