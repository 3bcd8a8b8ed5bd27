// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore
import TestSupport
import Testing

@testable import MCPServeKit

/// Questions to modern clients over HTTP; what is said is in the transcripts.
struct RoundTests {
  private func call(_ site: Site, _ params: JSONObject) async throws -> HTTPPeer.Answer {
    let request = modern("tools/call", params)
    return try await site.peer().ask("POST", "/mcp", request.headers, body: request.body)
  }

  @Test func aClientThatCannotBeAskedGetsABadRequest() async throws {
    try await withSite(try makeAskingFixture()) { site in
      let answer = try await call(site, ["name": "where"])
      #expect(answer.status == 400)
      #expect(answer.json?["error"]?["code"] == -32021)
      #expect(answer.json?["error"]?["data"] == ["requiredCapabilities": ["roots": [:]]])
    }
  }

  @Test func aStateOpensInAnotherServerWithTheSameKeys() async throws {
    let keys = StateKeys()
    let services = try (0..<2).map { _ in Service(try makeAskingFixture(), stateKeys: keys) }
    let stranger = Service(try makeAskingFixture())
    let first = try await result(services[0], ["name": "wizard"])
    let state = try #require(first["requestState"])
    let responses: JSON = ["step1": ["action": "accept", "content": ["name": "Ada"]]]
    let next: JSONObject = ["name": "wizard", "requestState": state, "inputResponses": responses]
    #expect(try await result(services[1], next)["inputRequests"]?["step2"] != nil)
    await #expect(throws: RPCError.self) { _ = try await result(stranger, next) }
  }

  @Test func onlySomeMethodsCanAsk() async throws {
    let context = RequestContext(
      id: .number(1), revision: .latest, method: .complete,
      meta: ["io.modelcontextprotocol/clientCapabilities": ["roots": [:]]],
      inquirer: RoundInquirer(service: Service(try makeAskingFixture())))
    let error = await #expect(throws: QuestionError.self) { _ = try await context.listRoots() }
    #expect(error?.code == .unreachable)
  }

  @Test func aHandlerMayPassOnWhatAnotherServerAsks() async throws {
    struct Relay: RequestHandler {
      func handle(_ request: Request, in context: RequestContext) async throws -> Reply {
        .inputRequired(InputRequired(["a": ["method": "roots/list", "params": [:]]], state: "theirs"))
      }
    }
    let service = Service(Relay(), as: Implementation(name: "relay", version: "1"))
    let reply = try await result(service, ["name": "t"])
    #expect(reply["requestState"] == "theirs" && reply["inputRequests"]?["a"] != nil)
    for (method, revision) in [(Method.toolsList, Revision.latest), (.toolsCall, .latestLegacy)] {
      let outcome = Dialect(revision).outcome(.inputRequired(InputRequired([:], state: "s")), to: method, from: [:])
      #expect(throws: RPCError.self) { try outcome.get() }
    }
  }

  /// What a service answers a call.
  private func result(_ service: Service, _ params: JSONObject) async throws -> JSONObject {
    var params = params
    params["_meta"] = [
      "io.modelcontextprotocol/protocolVersion": "2026-07-28",
      "io.modelcontextprotocol/clientCapabilities": ["elicitation": [:], "roots": [:]],
    ]
    let request = Request(id: .number(1), method: .toolsCall, params: params)
    let context = try service.modernContext(of: request, .latest, from: nil, NoSink())
    return try await service.outcome(of: request, in: context).get()
  }
}
