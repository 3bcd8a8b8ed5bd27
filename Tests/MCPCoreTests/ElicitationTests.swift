// SPDX-License-Identifier: Apache-2.0
import JSONKit
import Testing

@testable import MCPCore

struct ElicitationTests {
  typealias Field = Elicitation.Field

  private func property(_ text: String) throws -> JSON { try JSON(parsing: text) }

  @Test(arguments: [
    #"{"type":"string"}"#, #"{"type":"string","format":"date-time","minLength":1,"maxLength":9,"title":"T"}"#,
    #"{"type":"number","minimum":0.5,"maximum":2,"description":"D","default":1.5}"#,
    #"{"type":"integer","minimum":1,"default":2}"#, #"{"type":"boolean","default":true}"#,
    #"{"type":"string","enum":["a","b"],"default":"b"}"#,
    #"{"type":"string","enum":["a","b"],"enumNames":["A","B"]}"#,
    #"{"type":"string","oneOf":[{"const":"a","title":"A"},{"const":"b","title":"B"}],"default":"a"}"#,
    #"{"type":"array","items":{"type":"string","enum":["a","b"]},"minItems":1,"maxItems":2,"default":["a"]}"#,
    #"{"type":"array","items":{"anyOf":[{"const":"a","title":"A"}]}}"#,
  ])
  func everyFieldIsWrittenAsItWasRead(_ text: String) throws {
    let field = try Field("f", json: property(text))
    #expect(try Field("f", json: field.json(in: .v20251125)) == field)
    let written = field.json(in: .v20251125)
    #expect(written.object.map { Set($0.names) } == (try property(text)).object.map { Set($0.names) })
    for member in try property(text).object?.members ?? [] { #expect(written[member.name] == member.value) }
  }

  @Test(arguments: [
    #"{"type":"object"}"#, #"{"type":"array","items":{"type":"object"}}"#, #"{"type":"array"}"#,
    #"{"type":["string"]}"#,
    #"{}"#, #"{"type":"string","enum":[]}"#, #"{"type":"string","enum":[1]}"#,
    #"{"type":"string","oneOf":[{"title":"A"}]}"#, #"{"type":"integer","minimum":2,"maximum":1}"#,
    #"{"type":"integer","default":"x"}"#, #"{"type":"string","enum":["a"],"default":"b"}"#,
  ])
  func whatFormsDoNotHaveIsRefused(_ text: String) throws {
    let json = try property(text)
    #expect(throws: InvalidShape.self) { try Field("f", json: json) }
    #expect(throws: InvalidShape.self) {
      try Elicitation.Form("m", schema: ["type": "object", "properties": ["f": json]])
    }
  }

  @Test func patternsAreNeverSent() throws {
    let field = try Field("f", json: property(#"{"type":"string","pattern":"^a"}"#))
    #expect(field.json(in: .v20251125) == ["type": "string"])
  }

  @Test(
    arguments: [
      (Field.Kind.text(length: 2...3), ["ab", "abc"], ["a", "abcd", 1]),
      (.text(format: .email), ["a@b"], ["a", "@b", "a@", "a b@c", "a@b@c"]),
      (.text(format: .uri), ["https://x/y", "urn:a"], ["x", "/y", "1a:b", "a:", "a: b"]),
      (.text(format: .date), ["2026-07-28", "2024-02-29"], ["2026-7-28", "2026-02-29", "2026-13-01", "26-01-01"]),
      (
        .text(format: .dateTime), ["2026-07-28T12:00:00Z", "2026-07-28t23:59:60.5+01:30"],
        ["2026-07-28", "2026-07-28T12:00Z", "2026-07-28T24:00:00Z", "2026-07-28T12:00:00", "2026-07-28T12:00:00.Z"]
      ),
      (.number(in: 0...1), [0, 1, 0.5], [2, -0.1, "0"]), (.integer(in: 1...5), [1, 5, 2.0], [0, 6, 1.5, "1"]),
      (.boolean, [true], ["true", 1]), (.one(["a", "b"]), ["a"], ["c", ["a"]]),
      (.some(["a", "b"], count: 1...1), [["a"]], ["a", [], ["a", "b"], ["c"]]),
    ] as [(Field.Kind, [JSON], [JSON])])
  func answersAreChecked(_ kind: Field.Kind, _ good: [JSON], _ bad: [JSON]) {
    let field = Field("f", kind)
    for value in good { #expect(field.fault(in: value) == nil, "\(value.text)") }
    for value in bad { #expect(field.fault(in: value)?.hasPrefix("f must") == true, "\(value.text)") }
  }

  @Test func defaultsFillWhatIsLeftOutAndNothingElseStays() {
    let form = Elicitation.Form("m", .init("a", .integer, default: 1), .init("b", isRequired: true), .init("c"))
    let content = form.completing(["b": "x", "c": nil, "d": 1])
    #expect(content == ["a": 1, "b": "x"])
    #expect(form.faults(in: content).isEmpty)
    #expect(form.faults(in: form.completing(["a": "x"])) == ["a must be an integer", "b is required"])
  }

  @Test(arguments: [
    "password", "Password", "user_password", "dbPasswd", "apiKey", "API_KEY", "api-key", "secret", "clientSecret",
    "token",
    "accessToken", "refresh_token", "tokenValue", "pin", "card PIN", "otp", "privateKey", "credit card", "cvv",
    "passphrase", "awsCredentials",
  ])
  func aFormNeverAsksForASecret(_ name: String) {
    #expect(throws: InvalidShape.self) { try Elicitation.Form("m", .init(name)).check() }
    #expect(throws: InvalidShape.self) { try Elicitation.Form("m", .init("x", title: name)).check() }
  }

  @Test(arguments: [
    "name", "email", "maxTokens", "token_limit", "tokens", "pinned", "opinion", "key", "keyboard", "shipping", "monkey",
    "ok",
    "passenger", "compass",
  ])
  func aFormMayAskForTheRest(_ name: String) throws { try Elicitation.Form("m", .init(name)).check() }

  @Test func aNameIsUsedOnce() {
    #expect(throws: InvalidShape.self) { try Elicitation.Form("m", .init("a"), .init("a")).check() }
  }

  @Test func olderFormsLeaveOutWhatTheyCannotAsk() throws {
    let form = Elicitation.Form("m", .init("a"), .init("b", .some(["x"])))
    #expect(try Dialect(.v20250618).form(form)["requestedSchema"]?["properties"]?.object?.names == ["a"])
    #expect(try Dialect(.v20251125).form(form)["requestedSchema"]?["properties"]?.object?.names == ["a", "b"])
    let demanding = Elicitation.Form("m", .init("b", .some(["x"]), isRequired: true))
    #expect(throws: QuestionError.self) { try Dialect(.v20250618).form(demanding) }
  }

  @Test(
    arguments: [
      ([:], [], []), (["elicitation": [:]], [.v20250618, .v20251125, .v20260728], []),
      (["elicitation": ["url": [:]]], [.v20250618], [.v20251125, .v20260728]),
      (["elicitation": ["form": [:], "url": [:]]], [.v20250618, .v20251125, .v20260728], [.v20251125, .v20260728]),
    ] as [(JSONObject, [Revision], [Revision])])
  func anEmptyDeclarationMeansFormsAlone(_ capabilities: JSONObject, _ forms: [Revision], _ pages: [Revision]) {
    let declaring = { (capability: ClientCapability) in
      Revision.allCases.filter { capability.isDeclared(in: capabilities, $0) }
    }
    #expect(declaring(.form) == forms)
    #expect(declaring(.url) == pages)
  }

  @Test(arguments: [#"{}"#, #"{"action":"maybe"}"#, #"{"action":"accept","content":1}"#])
  func aMalformedAnswerIsRefused(_ text: String) throws {
    let json = try #require(try JSON(parsing: text).object)
    #expect(throws: InvalidShape.self) { try Elicitation.Answer(json: json) }
  }
}
