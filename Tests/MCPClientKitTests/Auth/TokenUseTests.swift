// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import Synchronization
import Testing

@testable import MCPClientKit

/// What becomes of a token once it is there.
@Suite struct TokenUseTests {
  /// A clock a test moves.
  private final class Clock: Sendable {
    private let seconds = Mutex(1_800_000_000)
    var now: Int { seconds.withLock { $0 } }
    func advance(by more: Int) { seconds.withLock { $0 += more } }
  }

  private func call(_ world: GuardedWorld, _ authorizer: Authorizer) async throws {
    try await Client.connected(to: .http(world.url), options: ClientOptions(authorizer: authorizer)) { client in
      _ = try await client.request(.toolsCall, ["name": "any"])
    }
  }

  @Test func aTokenThatIsAlmostOverIsRenewedFirst() async throws {
    try await GuardedWorld.running { world in
      let clock = Clock()
      let store = MemoryCredentialStore()
      let authorizer = try world.authorizer(store) { $0.now = { clock.now } }
      try await authorizer.logIn()
      clock.advance(by: 3589)
      try await call(world, authorizer)
      #expect(world.asked("POST /as/token").count == 1)
      clock.advance(by: 1)
      try await call(world, authorizer)
      let asked = world.asked("POST /as/token")
      #expect(
        asked.count == 2 && asked[1].form["refresh_token"] == "refresh-2" && asked[1].form["resource"] == world.url)
      #expect(asked[1].form["client_id"] == "client-1")
      #expect(store.grant(for: world.url)?.refreshToken == "refresh-3", "the next one is kept")
      #expect(!world.asked("POST /mcp").suffix(2).contains { $0.headers["Authorization"] == "Bearer access-2" })
    }
  }

  @Test func aRefusedTokenIsRenewedOnce() async throws {
    try await GuardedWorld.running { world in
      let authorizer = try world.authorizer()
      try await authorizer.logIn()
      world.forgetTokens()
      try await call(world, authorizer)
      #expect(world.asked("POST /as/token").count == 2)
    }
  }

  @Test func aServerThatRefusesEveryTokenIsNotAskedForEver() async throws {
    try await GuardedWorld.running { world in
      let user = User()
      let authorizer = try world.authorizer(user: user)
      try await authorizer.logIn()
      world.change { $0.refusesAll = true }
      let before = world.seen.count
      let error = await #expect(throws: ClientError.self) { try await call(world, authorizer) }
      #expect(error?.code == .unauthorized && error?.httpStatus == 401)
      #expect(world.lines.dropFirst(before) == ["POST /mcp", "POST /as/token", "POST /mcp"])
      #expect(user.pages.count == 1, "nobody is asked to log in again by a call")
    }
  }

  @Test func aRefusedRefreshIsNotTriedAgain() async throws {
    try await GuardedWorld.running { world in
      let authorizer = try world.authorizer()
      try await authorizer.logIn()
      world.change {
        $0.refusesAll = true; $0.tokenAnswer = { _ in (400, ["error": "invalid_grant"]) }
      }
      for _ in 0..<3 { await #expect(throws: ClientError.self) { try await call(world, authorizer) } }
      #expect(world.asked("POST /as/token").count == 2)
    }
  }

  @Test func withoutATokenTheChallengeIsTheAnswer() async throws {
    try await GuardedWorld.running { world in
      let user = User()
      let authorizer = try world.authorizer(user: user)
      let error = await #expect(throws: ClientError.self) { try await call(world, authorizer) }
      #expect(error?.code == .unauthorized && error?.challenges.first?.parameters["realm"] == "x")
      #expect(world.lines == ["POST /mcp"] && user.pages.isEmpty)
    }
  }

  @Test(arguments: [1, 8]) func manyAtOnceRenewOnce(authorizers: Int) async throws {
    try await GuardedWorld.running { world in
      let store = MemoryCredentialStore()
      try await world.authorizer(store).logIn()
      world.forgetTokens()
      let those = try (0..<authorizers).map { _ in try world.authorizer(store) }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<8 { group.addTask { try await call(world, those[number % authorizers]) } }
        try await group.waitForAll()
      }
      #expect(world.asked("POST /as/token").count == 2)
    }
  }

  @Test func aRenewalThatIsGivenUpIsKeptAllTheSame() async throws {
    try await GuardedWorld.running { world in
      let (starts, start) = AsyncStream.makeStream(of: Void.self)
      let store = MemoryCredentialStore()
      let authorizer = try world.authorizer(store)
      try await authorizer.logIn()
      world.change { settings in
        settings.tokenAnswer = { _ in
          start.yield()
          return nil
        }
      }
      let grant = try #require(store.grant(for: world.url))
      let renewing = Task { try await authorizer.renew(grant) }
      for await _ in starts { break }
      renewing.cancel()
      _ = await renewing.result
      #expect(store.grant(for: world.url)?.refreshToken == "refresh-3")
    }
  }

  @Test func moreScopesAreAskedForWithTheOldOnes() async throws {
    var settings = GuardedWorld.Settings()
    settings.neededScope = "write"
    try await GuardedWorld.running(settings) { world in
      let user = User(of: world)
      let authorizer = try world.authorizer(user: user)
      try await authorizer.logIn()
      try await call(world, authorizer)
      #expect(user.questions.map { $0["scope"] } == ["read", "write read"])
      try await call(world, authorizer)
      #expect(user.pages.count == 2)
    }
  }

  @Test func aUserIsNotAskedForTheSameScopesTwice() async throws {
    var settings = GuardedWorld.Settings()
    (settings.neededScope, settings.granted) = ("write", "read")
    try await GuardedWorld.running(settings) { world in
      let user = User(of: world)
      let authorizer = try world.authorizer(user: user)
      try await authorizer.logIn()
      for _ in 0..<3 {
        let error = await #expect(throws: ClientError.self) { try await call(world, authorizer) }
        #expect(error?.httpStatus == 403)
        #expect(error.map(authorizer.scopes(toGetPast:)) == ["read", "write"])
      }
      #expect(user.pages.count == 2)
      // A server that wants something else each time is given up on as well.
      for scope in ["a", "b", "c", "d", "e"] {
        world.change { $0.neededScope = scope }
        await #expect(throws: ClientError.self) { try await call(world, authorizer) }
      }
      #expect(user.pages.count == 4)
    }
  }

  @Test func whatWasGrantedIsNotAskedForAgain() async throws {
    var settings = GuardedWorld.Settings()
    settings.neededScope = "write"
    settings.tokenAnswer = { _ in (200, ["access_token": "x", "token_type": "bearer"]) }
    try await GuardedWorld.running(settings) { world in
      let user = User()
      let authorizer = try world.authorizer(user: user) { $0.scopes = ["write"] }
      let grant = try await authorizer.logIn()
      #expect(grant.scopes == ["write"], "what was asked for counts as granted where nothing is said")
      let refusal = ClientError(
        status: 403, headers: ["WWW-Authenticate": "Bearer error=insufficient_scope, scope=write"], body: [], from: "it"
      )
      #expect(try await authorizer.resolve(refusal, sent: 1) == false)
      #expect(user.pages.count == 1)
    }
  }

  @Test func withoutAUserTooFewScopesAreTheAnswer() async throws {
    var settings = GuardedWorld.Settings()
    settings.neededScope = "write"
    try await GuardedWorld.running(settings) { world in
      let store = MemoryCredentialStore()
      try await world.authorizer(store).logIn()
      let authorizer = try world.authorizer(store, user: nil)
      let error = await #expect(throws: ClientError.self) { try await call(world, authorizer) }
      #expect(error?.httpStatus == 403 && error?.message.contains("it wants the scopes write") == true)
    }
  }

  @Test func theTokenGoesNowhereElse() async throws {
    try await GuardedWorld.running { other in
      try await GuardedWorld.running { world in
        let authorizer = try world.authorizer()
        try await authorizer.logIn()
        for url in [
          other.url, "https\(world.url.dropFirst(4))",
          "http://localhost\(world.url.dropFirst("http://127.0.0.1".count))",
          "\(world.origin)@example.com/mcp", "x",
        ] { #expect(try await authorizer.credential(for: url) == nil, "\(url)") }
        #expect(try await authorizer.credential(for: world.url) != nil)
        world.change { $0.redirects["/mcp"] = other.url }
        await #expect(throws: ClientError.self) { try await call(world, authorizer) }
        #expect(other.seen.isEmpty, "a redirect to somebody else is not followed")
        // A client of one server does not send the token of another.
        await #expect(throws: ClientError.self) { try await call(other, authorizer) }
        #expect(other.seen.allSatisfy { !$0.headers.contains("Authorization") })
      }
    }
  }

  @Test func aHeaderOfOnesOwnGoesBeforeTheToken() async throws {
    try await GuardedWorld.running { world in
      let authorizer = try world.authorizer()
      try await authorizer.logIn()
      let options = ClientOptions(http: .init(headers: [.init("authorization", "Bearer mine")]), authorizer: authorizer)
      await #expect(throws: ClientError.self) { try await Client.connect(to: .http(world.url), options: options) }
      #expect(world.seen.last?.headers.values(of: "Authorization") == ["Bearer mine"])
      #expect(world.asked("POST /as/token").count == 1)
    }
  }

  /// A grant nobody had to ask for.
  private func grant(for url: String) -> Grant {
    Grant(
      server: url, resource: url, issuer: url, tokenEndpoint: url, revocationEndpoint: nil,
      client: ClientRegistration(id: "c", origin: .dynamic), isForMachine: false, accessToken: "t0p", refreshToken: nil,
      scopes: [], expiresAt: nil)
  }

  private func authorizer(for url: String) throws -> Authorizer {
    let store = MemoryCredentialStore()
    store.keep(grant(for: url))
    return try Authorizer(for: url, store: store)
  }

  @Test func theTokenGoesWithEveryRequestOfASession() async throws {
    try await ScriptedHTTP.serving({ exchange in
      if exchange.http.method == .get {
        await exchange.startEvents()
        return await exchange.untilDisconnected()
      }
      try await exchange.legacy { request in await exchange.answer(request.answer(["tools": []])) }
    }) { server, url in
      let options = ClientOptions(protocolChoice: .legacy, authorizer: try authorizer(for: url))
      try await Client.connected(to: .http(url), options: options) { client in
        _ = await client.current.connection.conversation.transport.listen()
        _ = try await client.listTools()
      }
      #expect(Set(server.requests.map(\.method.rawValue)) == ["GET", "POST", "DELETE"])
      for request in server.requests { #expect(request.headers["Authorization"] == "Bearer t0p", "\(request.method)") }
    }
  }

  @Test func theTokenGoesWithBothHalvesOfTheOldTransport() async throws {
    try await ScriptedHTTP.serving({ exchange in
      guard exchange.http.method == .get else { return await exchange.response.send(401) }
      await exchange.startEvents()
      try await exchange.response.write(ServerSentEvent(event: "endpoint", data: "/messages").encoded())
      await exchange.untilDisconnected()
    }) { server, url in
      let options = ClientOptions(authorizer: try authorizer(for: url))
      let target = ServerTarget.http(url, transport: .sse)
      let error = await #expect(throws: ClientError.self) { try await Client.connect(to: target, options: options) }
      #expect(error?.code == .unauthorized)
      #expect(server.requests.map(\.path) == ["/mcp", "/messages"])
      for request in server.requests { #expect(request.headers["Authorization"] == "Bearer t0p") }
    }
  }

  @Test func aTokenThatCameMeanwhileIsTaken() async throws {
    try await GuardedWorld.running { world in
      let store = MemoryCredentialStore()
      let authorizer = try world.authorizer(store)
      #expect(try await authorizer.grant() == nil)
      try await world.authorizer(store).logIn()
      try await call(world, authorizer)
    }
  }

  @Test func loggingOutGivesTheTokensBack() async throws {
    try await GuardedWorld.running { world in
      let store = MemoryCredentialStore()
      let authorizer = try world.authorizer(store)
      try await authorizer.logIn()
      #expect(try await authorizer.logOut() == nil)
      #expect(world.asked("POST /as/revoke").map { $0.form["token"] } == ["refresh-2", "access-2"])
      #expect(store.grants().isEmpty)
      #expect(try await authorizer.credential(for: world.url) == nil)
      #expect(try await authorizer.logOut() == nil, "once more does no harm")
    }
  }
}
