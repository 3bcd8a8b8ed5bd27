// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import Synchronization
import Testing

@testable import MCPClientKit

/// The way from a refusal to a token, against a server that keeps the rules.
@Suite struct LoginTests {
  @Test func aLoginFollowsTheMetadataAndProvesWhoAsks() async throws {
    try await GuardedWorld.running { world in
      let user = User()
      let grant = try await world.authorizer(user: user).logIn()
      #expect(
        world.lines == [
          "POST /mcp", "GET /.well-known/oauth-protected-resource/mcp",
          "GET /.well-known/oauth-authorization-server/as",
          "POST /as/register", "POST /as/token",
        ])
      #expect(grant.issuer == world.origin + "/as" && grant.scopes == ["read"] && grant.server == world.url)

      let page = try #require(user.pages.first)
      #expect(page.hasPrefix("\(world.origin)/as/authorize?"))
      let question = try #require(user.questions.first)
      #expect(question["response_type"] == "code" && question["client_id"] == "client-1")
      #expect(question["resource"] == world.url && question["scope"] == "read")
      #expect(question["code_challenge_method"] == "S256" && (question["state"]?.count ?? 0) >= 43)
      #expect(question["redirect_uri"]?.hasPrefix("http://127.0.0.1:") == true)

      let registration = try JSON(parsing: try #require(world.asked("POST /as/register").first).body)
      #expect(registration["application_type"] == "native" && registration["client_name"] == "tests")
      #expect(registration["grant_types"] == ["authorization_code", "refresh_token"])
      #expect(registration["token_endpoint_auth_method"] == "none")
      #expect(registration["redirect_uris"] == [.string(question["redirect_uri"] ?? "")])

      let form = try #require(world.asked("POST /as/token").first).form
      #expect(form["grant_type"] == "authorization_code" && form["code"] == "code-1")
      #expect(form["resource"] == world.url && form["redirect_uri"] == question["redirect_uri"])
      let verifier = try #require(form["code_verifier"])
      #expect(verifier.count >= 43)
      #expect(Base64.url.text(try digest(of: Array(verifier.utf8))) == question["code_challenge"])
    }
  }

  @Test func theTokenGoesWithEveryRequestAndInNoURL() async throws {
    try await GuardedWorld.running { world in
      let authorizer = try world.authorizer()
      try await authorizer.logIn()
      let before = world.seen.count
      try await Client.connected(to: .http(world.url), options: ClientOptions(authorizer: authorizer)) { client in
        _ = try await client.request(.toolsCall, ["name": "any"])
        _ = try await client.request(.toolsCall, ["name": "any"])
      }
      let sent = world.seen.dropFirst(before)
      #expect(sent.count == 3 && sent.allSatisfy { $0.headers.values(of: "Authorization") == ["Bearer access-2"] })
      #expect(world.seen.allSatisfy { !$0.query.contains("access-") })
    }
  }

  @Test func eachLoginHasItsOwnStateAndProof() async throws {
    try await GuardedWorld.running { world in
      let user = User()
      let authorizer = try world.authorizer(user: user)
      try await authorizer.logIn()
      try await authorizer.logIn()
      for name in ["state", "code_challenge"] { #expect(Set(user.questions.compactMap { $0[name] }).count == 2) }
      #expect(world.asked("POST /as/register").count == 1, "the client is known by then")
      #expect(Set(user.questions.compactMap { $0["redirect_uri"] }).count == 1, "and comes back where it said")
    }
  }

  @Test func aPageForEverythingIsNoMetadata() async throws {
    var settings = GuardedWorld.Settings()
    settings.documents["/.well-known/oauth-protected-resource"] = GuardedWorld.resource
    settings.documents["/.well-known/oauth-protected-resource/mcp"] = "<!doctype html>"
    settings.documents["/as/.well-known/openid-configuration"] = GuardedWorld.metadata
    settings.documents["/.well-known/oauth-authorization-server/as"] = "<!doctype html>"
    try await GuardedWorld.running(settings) { world in try await world.authorizer().logIn() }
  }

  @Test func metadataAreTakenFromWhereTheChallengeSays() async throws {
    var settings = GuardedWorld.Settings()
    settings.challenge = #"Basic realm="a", Bearer scope="write extra", resource_metadata="ORIGIN/here""#
    settings.documents["/here"] = settings.documents.removeValue(forKey: "/.well-known/oauth-protected-resource/mcp")
    try await GuardedWorld.running(settings) { world in
      let user = User()
      try await world.authorizer(user: user).logIn()
      #expect(world.lines[1] == "GET /here")
      #expect(user.questions.first?["scope"] == "write extra", "what the challenge names is what is asked for")
    }
  }

  @Test(arguments: [
    "/.well-known/oauth-authorization-server/as", "/.well-known/openid-configuration/as",
    "/as/.well-known/openid-configuration",
  ]) func metadataOfTheIssuerAreLookedForInOrder(path: String) async throws {
    var settings = GuardedWorld.Settings()
    settings.documents = [
      "/.well-known/oauth-protected-resource": GuardedWorld.resource, path: GuardedWorld.metadata,
    ]
    try await GuardedWorld.running(settings) { world in
      try await world.authorizer().logIn()
      let order = AuthorizationServer.places(for: "/as", try AuthorizationRules(nil))
      let asked = order.prefix(through: try #require(order.firstIndex(of: path)))
      #expect(
        world.lines.filter { $0.hasPrefix("GET") } == [
          "GET /.well-known/oauth-protected-resource/mcp", "GET /.well-known/oauth-protected-resource",
        ] + asked.map { "GET \($0)" })
      // Of 2025-06-18 only the first counts.
      let old = try world.authorizer { $0.revision = .v20250618 }
      if path.contains("openid") {
        await #expect(throws: ClientError.self) { try await old.logIn() }
      } else {
        try await old.logIn()
      }
    }
  }

  @Test func in20250326TheServersHostIsItsAuthorizationServer() async throws {
    var settings = GuardedWorld.Settings()
    settings.documents = [
      "/.well-known/oauth-authorization-server": GuardedWorld.metadata.replacing("ORIGIN/as\"", with: "ORIGIN\"")
    ]
    try await GuardedWorld.running(settings) { world in
      for revision in [Revision.v20250326, nil] {
        let user = User()
        let grant = try await world.authorizer(user: user) { $0.revision = revision }.logIn()
        #expect(grant.issuer == world.origin)
        #expect(user.questions.first?["resource"] == nil, "that revision knows no resource")
      }
      let asked = try #require(world.asked("GET /.well-known/oauth-authorization-server").first)
      #expect(asked.headers["MCP-Protocol-Version"] == "2025-03-26")
      #expect(world.lines.prefix(2) == ["POST /mcp", "GET /.well-known/oauth-authorization-server"])
      for revision in [Revision.v20250618, .v20251125, .v20260728] {
        let strict = try world.authorizer { $0.revision = revision }
        await #expect(throws: ClientError.self) { try await strict.logIn() }
      }
    }
  }

  @Test func in20250326TheUsualEndpointsWillDo() async throws {
    var settings = GuardedWorld.Settings()
    settings.documents = [:]
    try await GuardedWorld.running(settings) { world in
      let user = User()
      try await world.authorizer(user: user) { $0.revision = .v20250326 }.logIn()
      #expect(world.lines.suffix(2) == ["POST /register", "POST /token"])
      #expect(user.pages.first?.hasPrefix("\(world.origin)/authorize?") == true)
    }
  }

  @Test func whatWorksOfflineIsAskedForWhereItIsOffered() async throws {
    var settings = GuardedWorld.Settings()
    settings.documents["/.well-known/oauth-authorization-server/as"] = GuardedWorld.metadata.replacing(
      "{\"issuer\"", with: #"{"scopes_supported": ["read", "offline_access", "other"], "issuer""#)
    try await GuardedWorld.running(settings) { world in
      let user = User()
      try await world.authorizer(user: user).logIn()
      #expect(user.questions.first?["scope"] == "read offline_access")
      #expect(user.questions.first?["prompt"] == "consent")
    }
  }

  @Test func withoutAnyHintNoScopeIsAskedFor() async throws {
    var settings = GuardedWorld.Settings()
    settings.documents["/.well-known/oauth-protected-resource/mcp"] =
      #"{"resource": "ORIGIN", "authorization_servers": ["ORIGIN/as"]}"#
    try await GuardedWorld.running(settings) { world in
      let user = User()
      let grant = try await world.authorizer(user: user).logIn()
      #expect(user.questions.first?["scope"] == nil)
      #expect(grant.resource == world.origin, "the resource is what the server calls itself")
      let chosen = User()
      try await world.authorizer(user: chosen) { $0.scopes = ["mine"] }.logIn()
      #expect(chosen.questions.first?["scope"] == "mine")
    }
  }

  @Test func aMachineShowsItsSecretAndAsksNobody() async throws {
    try await GuardedWorld.running { world in
      let store = MemoryCredentialStore()
      func change(_ options: inout AuthorizationOptions) {
        (options.clientID, options.clientSecret, options.isForMachine) = ("bot", "s3:cret", true)
        options.issuer = world.origin + "/as"
      }
      // Whom the server names would get the secret otherwise.
      let unnamed = try world.authorizer(store, user: nil) { options in
        change(&options)
        options.issuer = nil
      }
      await #expect(throws: ClientError.self) { try await unnamed.logIn() }
      #expect(world.asked("POST /as/token").isEmpty)
      try await world.authorizer(store, user: nil, change).logIn()
      let asked = try #require(world.asked("POST /as/token").first)
      #expect(asked.form["grant_type"] == "client_credentials" && asked.form["resource"] == world.url)
      #expect(asked.headers["Authorization"] == "Basic \(Base64.standard.text(Array("bot:s3%3Acret".utf8)))")
      #expect(asked.form["client_secret"] == nil)
      // A token that is refused is got anew, the same way.
      let authorizer = try world.authorizer(store, user: nil)
      world.forgetTokens()
      let options = ClientOptions(authorizer: authorizer)
      try await Client.connected(to: .http(world.url), options: options) { _ in }
      #expect(world.asked("POST /as/token").count == 2)
    }
  }

  @Test func nothingIsDoneForAServerThatLetsEverybodyIn() async throws {
    try await ScriptedHTTP.serving({ exchange in try await exchange.modern { _ in } }) { _, url in
      let authorizer = try Authorizer(for: url, store: MemoryCredentialStore())
      let error = await #expect(throws: ClientError.self) { try await authorizer.logIn() }
      #expect(error?.code == .nothingToAuthorize)
    }
  }

  @Test func aServerOfTheOldTransportIsAskedByGET() async throws {
    try await ScriptedHTTP.serving({ exchange in
      exchange.http.method == .get
        ? await exchange.response.send(401, headers: ["WWW-Authenticate": "Bearer resource_metadata=\"x:y\""])
        : await exchange.response.send(405)
    }) { _, url in
      let authorizer = try Authorizer(for: url, store: MemoryCredentialStore())
      let error = await #expect(throws: ClientError.self) { try await authorizer.logIn() }
      #expect(error?.message.contains("metadata URL") == true)
    }
  }
}
