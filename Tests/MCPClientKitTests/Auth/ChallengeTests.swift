// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import MCPClientKit

@Suite struct ChallengeTests {
  private func parse(_ values: String...) -> [AuthenticationChallenge] { AuthenticationChallenge.parse(values) }

  @Test func aBearerChallengeSaysWhereToAskAndWhatFor() throws {
    let found = parse(
      #"Bearer error="invalid_token", resource_metadata="https://a.example/.well-known/x", scope="files:read  files:write""#
    )
    let challenge = try #require(found.first)
    #expect(found.count == 1 && challenge.isBearer)
    #expect(challenge.resourceMetadata == "https://a.example/.well-known/x")
    #expect(challenge.scopes == ["files:read", "files:write"])
    #expect(challenge.error == "invalid_token")
  }

  @Test func severalChallengesAreToldApart() {
    let found = parse(
      #"Basic realm="a, b=\"c\"", charset=UTF-8, Negotiate abc123==, BEARER , Digest qop = "auth" ,nonce=x"#,
      "bearer scope=one")
    #expect(found.map(\.scheme) == ["Basic", "Negotiate", "BEARER", "Digest", "bearer"])
    #expect(found[0].parameters == ["realm": #"a, b="c""#, "charset": "UTF-8"])
    #expect(found[1].token68 == "abc123==")
    #expect(found[2].parameters.isEmpty && found[2].token68 == nil)
    #expect(found[3].parameters == ["qop": "auth", "nonce": "x"])
    #expect(found[4].scopes == ["one"])
  }

  @Test(arguments: ["", ",,", "\"", "=", "Bearer=x", "Bea rer\u{7F}", "(x)"]) func whatIsNoChallengeIsNone(
    value: String
  ) {
    #expect(parse(value).allSatisfy { $0.parameters.isEmpty })
    #expect(!parse(value).contains { $0.scheme.isEmpty })
  }

  @Test func whatComesBeforeAFaultCounts() {
    #expect(parse(#"Bearer scope="a", error="open"#).first?.scopes == ["a"])
    #expect(parse("Bearer scope=a, error=\"x\u{1}y\"").first?.parameters == ["scope": "a"])
  }

  @Test func theFirstOfTwoParametersIsMeant() {
    #expect(parse(#"Bearer scope="a", SCOPE="b""#).first?.scopes == ["a"])
    #expect(parse("Bearer scope=\"\"").first?.scopes == nil)
  }

  @Test func asMuchAsTheLimitIsRead() {
    #expect(parse(Array(repeating: "A x=1", count: 17).joined(separator: ", ")).count == 16)
    let many = "A " + (1...33).map { "p\($0)=1" }.joined(separator: ", ")
    #expect(parse(many).first?.parameters.count == 32)
    let fits = "A x=" + String(repeating: "y", count: (16 << 10) - 4)
    #expect(parse(fits).count == 1)
    #expect(parse(fits + "y").isEmpty)
    #expect(parse(fits, "B").count == 1)
  }
}
