// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import Testing

@testable import MCPClientKit

/// What an authorization server knows the client by.
@Suite struct RegistrationTests {
  private static let metadataPath = "/.well-known/oauth-authorization-server/as"
  private static let takesDocuments = GuardedWorld.metadata.replacing(
    "{\"issuer\"", with: #"{"client_id_metadata_document_supported": true, "issuer""#)
  private static let document =
    #"{"client_id": "ORIGIN/me.json", "client_name": "tests", "redirect_uris": ["https://x.example/", "http://127.0.0.1/cb"]}"#

  private func settings(_ metadata: String = GuardedWorld.metadata, document: String? = nil) -> GuardedWorld.Settings {
    var settings = GuardedWorld.Settings()
    settings.documents[Self.metadataPath] = metadata
    settings.documents["/me.json"] = document
    return settings
  }

  @Test func anIdOfOnesOwnGoesFirst() async throws {
    try await GuardedWorld.running(settings(Self.takesDocuments, document: Self.document)) { world in
      let user = User()
      let authorizer = try world.authorizer(user: user) { options in
        (options.clientID, options.clientMetadataURL) = ("mine", world.origin + "/me.json")
        (options.clientSecret, options.issuer) = ("secret", world.origin + "/as")
      }
      try await authorizer.logIn()
      #expect(user.questions.first?["client_id"] == "mine")
      #expect(world.asked("POST /as/register").isEmpty && world.asked("GET /me.json").isEmpty)
      #expect(world.asked("POST /as/token").first?.headers["Authorization"]?.hasPrefix("Basic ") == true)
    }
  }

  @Test func anIdOfAnotherIssuerIsNotShown() async throws {
    try await GuardedWorld.running { world in
      let user = User()
      let authorizer = try world.authorizer(user: user) {
        ($0.clientID, $0.clientSecret, $0.issuer) = ("mine", "secret", "https://other.example")
      }
      let error = await #expect(throws: ClientError.self) { try await authorizer.logIn() }
      #expect(error?.message.contains("other.example") == true)
      #expect(user.pages.isEmpty && world.asked("POST /as/token").isEmpty)
    }
  }

  @Test func anIdStaysWithTheIssuerItWasUsedWith() async throws {
    try await GuardedWorld.running { world in
      let store = MemoryCredentialStore()
      let user = User()
      try await world.authorizer(store, user: user) { $0.clientID = "mine" }.logIn()
      world.change { settings in
        settings.documents["/.well-known/oauth-protected-resource/mcp"] = GuardedWorld.resource.replacing(
          "/as\"", with: "/new\"")
        settings.documents["/.well-known/oauth-authorization-server/new"] = GuardedWorld.metadata.replacing(
          "\"issuer\": \"ORIGIN/as\"", with: "\"issuer\": \"ORIGIN/new\"")
      }
      let again = try world.authorizer(store, user: user) { $0.clientID = "mine" }
      let error = await #expect(throws: ClientError.self) { try await again.logIn() }
      #expect(error?.message.contains("/new") == true && user.pages.count == 1)
      try await world.authorizer(store, user: user) { ($0.clientID, $0.issuer) = ("mine", world.origin + "/new") }
        .logIn()
    }
  }

  @Test func aMetadataDocumentGoesBeforeRegistration() async throws {
    try await GuardedWorld.running(settings(Self.takesDocuments, document: Self.document)) { world in
      let user = User()
      try await world.authorizer(user: user) { $0.clientMetadataURL = world.origin + "/me.json" }.logIn()
      #expect(user.questions.first?["client_id"] == world.origin + "/me.json")
      #expect(user.questions.first?["redirect_uri"]?.hasSuffix("/cb") == true)
      #expect(world.asked("POST /as/register").isEmpty)
      world.change { $0.documents[Self.metadataPath] = GuardedWorld.metadata }
      try await world.authorizer(user: user) { $0.clientMetadataURL = world.origin + "/me.json" }.logIn()
      #expect(world.asked("POST /as/register").count == 1, "where such documents are not taken, the client registers")
    }
  }

  @Test(arguments: [
    document.replacing("me.json", with: "you.json"), document.replacing("client_name", with: "name"),
    document.replacing(", \"http://127.0.0.1/cb\"", with: ""), "[]",
  ]) func aMetadataDocumentThatWouldNotBeTakenIsNoticed(document: String) async throws {
    try await GuardedWorld.running(settings(Self.takesDocuments, document: document)) { world in
      let user = User()
      let authorizer = try world.authorizer(user: user) { $0.clientMetadataURL = world.origin + "/me.json" }
      await #expect(throws: ClientError.self) { try await authorizer.logIn() }
      #expect(user.pages.isEmpty)
    }
  }

  @Test func aRefusedRegistrationNamesTheRemedy() async throws {
    var settings = settings()
    settings.registrationAnswer = (400, ["error": "invalid_client_metadata", "error_description": "go away"])
    try await GuardedWorld.running(settings) { world in
      let authorizer = try world.authorizer()
      let error = await #expect(throws: ClientError.self) { try await authorizer.logIn() }
      #expect(error?.message.contains("invalid_client_metadata: go away") == true)
      #expect(error?.message.contains("--client-id") == true)
    }
    let closed = GuardedWorld.metadata.replacing("registration_endpoint", with: "other")
    try await GuardedWorld.running(self.settings(closed)) { world in
      let authorizer = try world.authorizer()
      let error = await #expect(throws: ClientError.self) { try await authorizer.logIn() }
      #expect(error?.message.contains("--client-id") == true)
    }
  }

  @Test func aSecretThatWasGivenIsUsedAsAgreed() async throws {
    let metadata = GuardedWorld.metadata.replacing(
      "{\"issuer\"", with: #"{"token_endpoint_auth_methods_supported": ["client_secret_post"], "issuer""#)
    var settings = settings(metadata)
    settings.registrationAnswer = (201, ["client_id": "c", "client_secret": "s", "client_secret_expires_at": 0])
    try await GuardedWorld.running(settings) { world in
      try await world.authorizer().logIn()
      let asked = try JSON(parsing: try #require(world.asked("POST /as/register").first).body)
      #expect(asked["token_endpoint_auth_method"] == "client_secret_post")
      let form = try #require(world.asked("POST /as/token").first).form
      #expect(form["client_id"] == "c" && form["client_secret"] == "s")
    }
  }

  @Test func aRegistrationBelongsToOneIssuer() async throws {
    try await GuardedWorld.running { world in
      let store = MemoryCredentialStore()
      let user = User()
      try await world.authorizer(store, user: user).logIn()
      // The server is guarded by another one from now on.
      world.change { settings in
        settings.documents["/.well-known/oauth-protected-resource/mcp"] = GuardedWorld.resource.replacing(
          "/as\"", with: "/new\"")
        settings.documents["/.well-known/oauth-authorization-server/new"] = GuardedWorld.metadata.replacing(
          "\"issuer\": \"ORIGIN/as\"", with: "\"issuer\": \"ORIGIN/new\"")
      }
      try await world.authorizer(store, user: user).logIn()
      let ids = user.questions.compactMap { $0["client_id"] }
      #expect(world.asked("POST /as/register").count == 2 && Set(ids).count == 2)
      #expect(store.registration(for: world.origin + "/as")?.id == ids[0])
      #expect(store.registration(for: world.origin + "/new")?.id == ids[1])
      #expect(store.grants().map(\.issuer) == [world.origin + "/new"])
    }
  }

  @Test func aClientIsRegisteredAnewWhereTheOldOneWillNotDo() async throws {
    var settings = settings()
    settings.registrationAnswer = (201, ["client_id": "c", "scope": "read"])
    try await GuardedWorld.running(settings) { world in
      var (tried, first) = (MemoryCredentialStore(), 0)
      // Another program may take the port between two logins, and then it rightly is registered anew.
      for _ in 1...5 {
        tried = MemoryCredentialStore()
        try await world.authorizer(tried).logIn()
        first = world.asked("POST /as/register").count
        try await world.authorizer(tried).logIn()
        if world.asked("POST /as/register").count == first { break }
      }
      let store = tried
      #expect(world.asked("POST /as/register").count == first)
      try await world.authorizer(store) { $0.scopes = ["read", "write"] }.logIn()
      #expect(world.asked("POST /as/register").count == first + 1, "it was registered for fewer scopes")
      var known = try #require(store.registration(for: world.origin + "/as"))
      // Somebody else has the port it was registered with.
      try await RedirectListener.listening(at: nil) { _, taken throws(ClientError) in
        known.redirectURI = taken
        store.keep(known, for: world.origin + "/as")
        do { try await world.authorizer(store).logIn() } catch { Issue.record(error) }
      }
      #expect(world.asked("POST /as/register").count == first + 2)
      var old = known
      old.expiresAt = 1
      store.keep(old, for: world.origin + "/as")
      try await world.authorizer(store).logIn()
      #expect(world.asked("POST /as/register").count == first + 3, "its secret was over")
    }
  }

  @Test func aForgottenClientIsRegisteredAnewTheNextTime() async throws {
    try await GuardedWorld.running { world in
      let store = MemoryCredentialStore()
      try await world.authorizer(store).logIn()
      world.change { $0.tokenAnswer = { _ in (401, ["error": "invalid_client"]) } }
      let authorizer = try world.authorizer(store)
      await #expect(throws: ClientError.self) { try await authorizer.logIn() }
      world.change { $0.tokenAnswer = nil }
      try await authorizer.logIn()
      #expect(world.asked("POST /as/register").count == 2)
    }
  }
}
