// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore
import Observability
import Testing

@testable import MCPServeKit

struct StateSealTests {
  private let answers: JSONObject = ["step1": ["action": "accept", "content": ["name": "Ada"]]]

  private func seal(
    _ keys: StateKeys = StateKeys(), server: String = "s", limit: Int = 10_000, at seconds: Int = 0
  ) -> StateSeal {
    var seal = StateSeal(keys: keys, server: server, lifetime: .seconds(600), limit: limit)
    seal.now = { Timestamp(milliseconds: seconds * 1000) }
    return seal
  }

  private func context(
    _ method: Method = .toolsCall, _ params: JSONObject = ["name": "t", "arguments": ["a": 1]],
    principal: String? = "ada"
  ) -> RequestContext {
    RequestContext(
      id: .number(1), revision: .latest, method: method, params: params,
      principal: principal.map { Principal($0) })
  }

  private func fault(_ body: () throws -> JSONObject) -> String {
    let error = #expect(throws: RPCError.self) { _ = try body() }
    #expect(error?.code == .invalidParams)
    return error?.message ?? ""
  }

  @Test func aStateCarriesTheAnswersAndShowsNone() throws {
    let seal = seal()
    let state = try seal.seal(answers, for: context())
    #expect(!state.contains("Ada"))
    #expect(state.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
    #expect(try seal.open(.string(state), for: context()) == answers)
    #expect(try seal.seal(answers, for: context()) != state)
  }

  @Test func aStateExpires() throws {
    let keys = StateKeys()
    let state = JSON.string(try seal(keys).seal(answers, for: context()))
    #expect(try seal(keys, at: 599).open(state, for: context()) == answers)
    #expect(fault { try seal(keys, at: 600).open(state, for: context()) }.contains("expired"))
  }

  @Test func aStateIsOfNoOtherRequest() throws {
    let seal = seal()
    let state = JSON.string(try seal.seal(answers, for: context()))
    let others = [
      context(.promptsGet), context(principal: "eve"), context(principal: nil),
      context(.toolsCall, ["name": "t", "arguments": ["a": 2]]),
      context(.toolsCall, ["name": "u", "arguments": ["a": 1]]),
      context(.toolsCall, ["name": "t"]), context(.toolsCall, ["name": "t", "arguments": ["a": 1], "more": 1]),
    ]
    for other in others { #expect(fault { try seal.open(state, for: other) }.contains("not of this request")) }
  }

  @Test func whatBelongsToARoundAloneDoesNotBind() throws {
    let seal = seal()
    let state = JSON.string(try seal.seal(answers, for: context()))
    let next = context(
      .toolsCall,
      [
        "requestState": state, "arguments": ["a": 1], "inputResponses": [:], "_meta": ["progressToken": 1], "name": "t",
      ])
    #expect(try seal.open(state, for: next) == answers)
  }

  @Test func anotherServerOpensItWithTheSameKeyAndName() throws {
    let (old, new) = (StateKeys.Key.random(), StateKeys.Key.random())
    let state = JSON.string(try seal(StateKeys(old)).seal(answers, for: context()))
    #expect(try seal(StateKeys(new, old)).open(state, for: context()) == answers)
    #expect(fault { try seal(StateKeys(new)).open(state, for: context()) }.contains("not of this request"))
    #expect(fault { try seal(StateKeys(old), server: "other").open(state, for: context()) }.contains("not of this"))
  }

  @Test func everyChangedCharacterIsSeen() throws {
    let seal = seal()
    let state = Array(try seal.seal(answers, for: context()).utf8)
    for index in state.indices {
      var changed = state
      changed[index] = changed[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
      let text = String(decoding: changed, as: UTF8.self)
      #expect(fault { try seal.open(.string(text), for: context()) }.contains("changed"))
    }
    for text in ["", "1.", "2.AAAA", "1.?"] { _ = fault { try seal.open(.string(text), for: context()) } }
  }

  @Test func aStateHasALongestLength() throws {
    let length = try seal().seal(answers, for: context()).utf8.count
    let state = try seal(limit: length).seal(answers, for: context())
    #expect(throws: RPCError.self) { try seal(limit: length - 1).seal(answers, for: context()) }
    let long = JSON.string(state + "A")
    #expect(fault { try seal(limit: length).open(long, for: context()) }.contains("longer"))
  }

  @Test func keysHave32BytesAndSayNothing() {
    #expect(StateKeys.Key([UInt8](repeating: 1, count: 31)) == nil)
    #expect(StateKeys.Key([UInt8](repeating: 1, count: 32)) != nil)
    #expect("\(StateKeys(.random(), .random()))" == "2 secret keys")
  }

  @Test(arguments: 0..<70) func base64IsReadBackAndHasOneSpelling(_ count: Int) {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ count) }
    let text = Base64.url.text(bytes)
    #expect(Base64.url.bytes(text[...]) == bytes)
    #expect(Base64.url.bytes((text + "=")[...]) == nil)
    #expect(Base64.url.bytes("AB") == nil && Base64.url.bytes("A") == nil && Base64.url.bytes("AA") == [0])
  }
}
