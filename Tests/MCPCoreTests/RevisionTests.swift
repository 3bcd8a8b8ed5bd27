// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore
import Testing

@Suite struct ClaimTests {
  private func params(_ meta: JSONObject) -> JSONObject { ["_meta": .object(meta)] }

  @Test func aRequestWithoutARevisionIsLegacy() throws {
    #expect(try Claim(of: [:]) == .legacy)
    #expect(try Claim(of: params(["progressToken": 1])) == .legacy)
  }

  @Test func aRequestThatNamesItsRevisionIsModern() throws {
    let meta: JSONObject = [MetaKey.protocolVersion: "2026-07-28", MetaKey.clientCapabilities: [:]]
    #expect(try Claim(of: params(meta)) == .modern(.v20260728))
  }

  @Test(
    arguments: [
      [MetaKey.protocolVersion: 5, MetaKey.clientCapabilities: [:]],
      [MetaKey.protocolVersion: "2026-07-28"],
      [MetaKey.protocolVersion: "2026-07-28", MetaKey.clientCapabilities: []],
    ] as [JSONObject])
  func aMalformedModernRequestIsNeverTakenForLegacy(_ meta: JSONObject) {
    let error = #expect(throws: RPCError.self) { try Claim(of: params(meta)) }
    #expect(error?.code == .invalidParams)
  }

  @Test(arguments: ["2030-01-01", "2025-11-25"])
  func anUnservedRevisionIsRefusedWithTheServedOnes(_ version: String) {
    let meta: JSONObject = [MetaKey.protocolVersion: .string(version), MetaKey.clientCapabilities: [:]]
    let error = #expect(throws: RPCError.self) { try Claim(of: params(meta)) }
    #expect(error?.code == .unsupportedProtocolVersion)
    #expect(error?.data == ["supported": ["2026-07-28"], "requested": .string(version)])
  }
}

@Suite struct NegotiationTests {
  private func negotiate(_ version: String, served: [Revision] = Revision.allCases) throws -> Revision {
    try Negotiation(["protocolVersion": .string(version), "capabilities": [:]], served: served).revision
  }

  @Test(arguments: Revision.legacy) func aServedRevisionIsAgreedTo(_ revision: Revision) throws {
    #expect(try negotiate(revision.rawValue) == revision)
  }

  @Test(arguments: ["2026-07-28", "2099-01-01", ""])
  func anyOtherIsAnsweredWithTheNewestThatHasAHandshake(_ version: String) throws {
    #expect(try negotiate(version) == .v20251125)
    #expect(try negotiate(version, served: [.v20241105, .v20250326]) == .v20250326)
  }

  @Test func aClientThatSaysTooMuchOfItselfIsRefused() throws {
    func negotiate(_ bytes: Int) throws -> Negotiation {
      let text = JSON.string(String(repeating: "x", count: bytes))
      return try Negotiation(["protocolVersion": "2025-11-25", "capabilities": ["experimental": text]])
    }
    #expect(try negotiate(Negotiation.limit - 100).revision == .v20251125)
    let error = #expect(throws: RPCError.self) { try negotiate(Negotiation.limit) }
    #expect(error?.code == .invalidParams)
  }

  @Test func aMissingMemberIsNamed() {
    #expect(throws: RPCError.invalidParams("protocolVersion must be a string")) { try Negotiation([:]) }
    #expect(throws: RPCError.invalidParams("capabilities must be an object")) {
      try Negotiation(["protocolVersion": "2025-11-25"])
    }
  }

  @Test func aModernOnlyServerNamesWhatItServes() {
    let error = #expect(throws: RPCError.self) { try negotiate("2025-11-25", served: [.v20260728]) }
    #expect(error?.message.contains("2026-07-28") == true)
  }
}

@Suite struct DialectTests {
  private let server: JSON = ["name": "s", "version": "1"]

  private func spoken(_ result: JSONObject, _ revision: Revision, _ method: Method = .toolsCall) throws -> JSON {
    .object(try Dialect(revision).outcome(.complete(result), to: method, from: server).get())
  }

  @Test func aModernResultSaysItIsCompleteAndWhoAnswered() throws {
    #expect(
      try spoken(["content": []], .v20260728).text
        == #"{"content":[],"resultType":"complete","_meta":{"io.modelcontextprotocol/serverInfo":{"name":"s","version":"1"}}}"#
    )
  }

  @Test func aModernListSaysHowLongItStaysFresh() throws {
    let reply = Reply.complete(["tools": []], cache: .init(lifetime: .seconds(2), isPublic: true))
    let result = try Dialect(.v20260728).outcome(reply, to: .toolsList, from: server).get()
    #expect(result["ttlMs"] == 2000)
    #expect(result["cacheScope"] == "public")
  }

  @Test(arguments: Revision.legacy) func aLegacyResultHasNoneOfThat(_ revision: Revision) throws {
    #expect(try spoken(["content": []], revision).text == #"{"content":[]}"#)
  }

  @Test func structuredContentIsKeptWhereItIsAllowed() throws {
    let object: JSONObject = ["content": [], "structuredContent": ["a": 1]]
    let array: JSONObject = ["content": [], "structuredContent": [1]]
    for revision in Revision.allCases {
      let keepsObject = revision >= .v20250618
      #expect((try spoken(object, revision)["structuredContent"] != nil) == keepsObject)
      #expect((try spoken(array, revision)["structuredContent"] != nil) == (revision == .v20260728))
    }
  }

  @Test func contentAnOlderPeerCannotReadBecomesText() throws {
    let blocks: JSON = [
      ["type": "audio", "data": "", "mimeType": "audio/wav"],
      ["type": "resource_link", "uri": "a:b", "name": "n"],
    ]
    func types(_ revision: Revision) throws -> [String?]? {
      try spoken(["content": blocks], revision)["content"]?.array?.map { $0["type"]?.string }
    }
    #expect(try types(.v20241105) == ["text", "text"])
    #expect(try types(.v20250326) == ["audio", "text"])
    #expect(try types(.v20250618) == ["audio", "resource_link"])
  }

  @Test func badArgumentsAreTheToolsErrorOrTheProtocolsErrorByRevision() {
    for revision in Revision.allCases {
      let outcome = Dialect(revision).outcome(.invalidArguments(["a is required"]), to: .toolsCall, from: server)
      switch outcome {
      case .success(let result):
        #expect(revision >= .v20251125)
        #expect(result["isError"] == true)
      case .failure(let error):
        #expect(revision < .v20251125)
        #expect(error == .invalidParams("a is required"))
      }
    }
  }

  @Test func aMissingResourceHasTheCodeOfItsRevision() {
    for revision in Revision.allCases {
      let error = Dialect(revision).error(.resourceNotFound("a:b"), to: .resourcesRead)
      #expect(error.code == (revision == .v20260728 ? .invalidParams : .legacyResourceNotFound))
      #expect(error.data == ["uri": "a:b"])
    }
  }

  @Test func initializeIsAnsweredFromADiscovery() {
    let discovery: JSONObject = [
      "supportedVersions": ["2026-07-28"], "capabilities": ["tools": [:], "completions": [:], "extensions": [:]],
      "instructions": "hi",
    ]
    let first = Dialect(.v20241105).initializeResult(from: discovery, by: server)
    #expect(
      JSON.object(first).text
        == #"{"protocolVersion":"2024-11-05","capabilities":{"tools":{}},"serverInfo":{"name":"s","version":"1"},"instructions":"hi"}"#
    )
    #expect(Dialect(.v20251125).initializeResult(from: discovery, by: server)["capabilities"]?["completions"] == [:])
  }

  @Test func aModernRequestSaysWhoAsks() {
    let request = Request(id: .number(1), method: .toolsCall, params: ["name": "x", "_meta": ["progressToken": 1]])
    let client = Implementation(name: "c", version: "2")
    let modern = Dialect(.v20260728).request(request, from: client, capabilities: [:])
    #expect(modern.params["_meta"]?["progressToken"] == 1)
    #expect((try? Claim(of: modern.params)) == .modern(.v20260728))
    #expect(Dialect(.v20251125).request(request, from: client, capabilities: [:]) == request)
  }
}
