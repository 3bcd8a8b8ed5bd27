// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import Observability
import TestSupport
import Testing

@testable import MCPServeKit

/// Who was let in once is not looked at again while a connection repeats itself: what ends that.
@Suite struct RepeatedCallerTests {
  /// A request with its head spelled out, so that it is the same byte for byte each time.
  private func request(_ fields: String, body: String = legacy("tools/list")) -> String {
    "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAccept: application/json\r\n"
      + "\(fields)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
  }

  private func status(_ peer: HTTPPeer, _ fields: String) async throws -> Int {
    try await peer.send(request(fields))
    return try await peer.answer().status
  }

  private func bearer(_ secret: String) -> String { "Authorization: Bearer \(secret)\r\n" }

  @Test func aKeyThatIsTakenAwayOpensNothingMore() async throws {
    let authorization = try Authorization(keyRules())
    try await withSite(authorization: authorization) { site in
      let (ada, bob) = (try site.peer(), try site.peer())
      for _ in 0..<3 {
        #expect(try await status(ada, bearer(Keys.ada)) == 200)
        #expect(try await status(bob, bearer(Keys.bob)) == 200)
      }
      try authorization.replace(with: keyRules { $0.keys.removeAll { $0.name == "ada" } })
      for _ in 0..<3 {
        #expect(try await status(ada, bearer(Keys.ada)) == 401)
        #expect(try await status(bob, bearer(Keys.bob)) == 200)
      }
      try authorization.replace(with: keyRules())
      #expect(try await status(ada, bearer(Keys.ada)) == 200)
    }
  }

  @Test func aTokenThatExpiresOpensNothingMore() async throws {
    let signer = try await Signer(.p256, id: "one")
    var rules = AuthorizationRules()
    rules.issuers = [TokenIssuer(TokenTests.issuer, keys: .text(Signer.set(signer)))]
    rules.resource = TokenTests.audience
    rules.leeway = .zero
    try await withSite(authorization: try Authorization(rules)) { site in
      let peer = try site.peer()
      // What is fetched is at hand from now on.
      #expect(try await status(peer, bearer("a.b.c")) == 401)
      let end = Timestamp.now.milliseconds / 1000 + 2
      let token = try await signer.token(
        "ES256", TokenTests.claims(["exp": .number(JSONNumber(end)), "nbf": nil]))
      var statuses: Set<Int> = []
      var last = 0
      let giveUp = ContinuousClock.now + .seconds(20)
      while last != 401, ContinuousClock.now < giveUp {
        let sent = Timestamp.now.milliseconds
        last = try await status(peer, bearer(token))
        statuses.insert(last)
        // The clock that counts may differ by as much from the one that dates, since the latter is being set.
        #expect(last == 401 || sent < end * 1000 + 20, "it was let in after its end")
      }
      #expect(last == 401)
      // A machine that took two seconds to sign has nothing to show.
      #expect(statuses.isSubset(of: [200, 401]))
    }
  }

  @Test func anotherHeaderOnTheSameConnectionIsAnotherCaller() async throws {
    let rules = try keyRules { $0.access = [AccessRule("add", in: .tools, for: ["key:ada"])] }
    try await withSite(authorization: try Authorization(rules)) { site in
      let peer = try site.peer()
      let call = legacy("tools/call", ["name": "add", "arguments": ["a": 1]])
      func ask(_ fields: String) async throws -> Int {
        try await peer.send(request(fields, body: call))
        return try await peer.answer().status
      }
      let almost = String(Keys.ada.dropLast()) + "F"
      for _ in 0..<3 {
        #expect(try await ask(bearer(Keys.ada)) == 200)
        #expect(try await ask(bearer(Keys.bob)) == 403)
        #expect(try await ask(bearer(almost)) == 401)
        #expect(try await ask("") == 401)
        #expect(try await ask("X-API-Key: \(Keys.ada)\r\n") == 200)
        #expect(try await ask(bearer(Keys.ada) + "X-API-Key: \(Keys.bob)\r\n") == 400)
        #expect(try await ask(bearer(Keys.bob) + bearer(Keys.ada)) == 400)
        #expect(try await ask("Authorization: bearer  \(Keys.ada)\r\n") == 200)
      }
    }
  }

  @Test func oneConnectionsCallerIsNotTheNexts() async throws {
    try await withSite(authorization: try Authorization(keyRules())) { site in
      let (ada, nobody) = (try site.peer(), try site.peer())
      #expect(try await status(ada, bearer(Keys.ada)) == 200)
      #expect(try await status(nobody, "") == 401)
      #expect(try await status(nobody, bearer(Keys.ada + "x")) == 401)
      #expect(try await status(ada, bearer(Keys.ada)) == 200)
      // Two requests in one piece, the second of somebody else.
      try await ada.send(request(bearer(Keys.ada)) + request(bearer("nobody-0123456789ab")))
      #expect(try await ada.answer().status == 200)
      #expect(try await ada.answer().status == 401)
    }
  }
}
