// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import Testing

@testable import MCPClientKit

/// What is refused on the way to a token, and that nothing was sent by then.
@Suite struct LoginRefusalTests {
  private static let resourcePath = "/.well-known/oauth-protected-resource/mcp"
  private static let metadataPath = "/.well-known/oauth-authorization-server/as"

  /// Logs in to a server with other documents, and says why that failed.
  private func refusal(
    resource: String = GuardedWorld.resource, metadata: String = GuardedWorld.metadata, revision: Revision? = nil,
    user: User = User(), _ settings: GuardedWorld.Settings = .init(), _ check: (GuardedWorld) -> Void = { _ in }
  ) async throws -> ClientError? {
    var settings = settings
    settings.documents[Self.resourcePath] = resource
    settings.documents[Self.metadataPath] = metadata
    var refusal: ClientError?
    try await GuardedWorld.running(settings) { world in
      do throws(ClientError) {
        try await world.authorizer(user: user) { $0.revision = revision }.logIn()
      } catch {
        refusal = error
      }
      check(world)
    }
    return refusal
  }

  @Test(arguments: ["ORIGIN", "ORIGIN/as/", "ORIGIN/AS", "https://other.example/as"])
  func metadataOfAnotherIssuerAreRefused(issuer: String) async throws {
    let metadata = GuardedWorld.metadata.replacing("\"issuer\": \"ORIGIN/as\"", with: "\"issuer\": \"\(issuer)\"")
    let user = User()
    let error = try await refusal(metadata: metadata, user: user) { world in
      #expect(!world.lines.contains { $0.hasPrefix("POST /as") })
    }
    #expect(error?.code == .unauthorized && error?.message.contains("are those of") == true)
    #expect(user.pages.isEmpty)
  }

  @Test(arguments: ["ORIGIN/mcp/deeper", "ORIGIN/mc", "https://example.com/mcp", "ORIGIN/mcp#x", "mcp", ""])
  func metadataOfAnotherResourceAreRefused(resource: String) async throws {
    let document = GuardedWorld.resource.replacing("\"ORIGIN/mcp\"", with: "\"\(resource)\"")
    let error = try await refusal(resource: document) { world in
      #expect(!world.lines.contains { $0.contains("authorization-server") })
    }
    #expect(error?.code == .unauthorized)
  }

  @Test(arguments: [#"{"resource": "ORIGIN/mcp"}"#, #"{"resource": "ORIGIN/mcp", "authorization_servers": []}"#])
  func metadataWithoutAnAuthorizationServerAreRefused(document: String) async throws {
    #expect(try await refusal(resource: document)?.code == .unauthorized)
  }

  @Test func whoDoesNotKnowS256IsRefused() async throws {
    let silent = GuardedWorld.metadata.replacing(",\n \"code_challenge_methods_supported\": [\"S256\"]", with: "")
    #expect(silent != GuardedWorld.metadata)
    let user = User()
    for revision in [nil, Revision.v20251125, .v20260728] {
      let error = try await refusal(metadata: silent, revision: revision, user: user)
      #expect(error?.message.contains("S256") == true)
    }
    #expect(user.pages.isEmpty)
    #expect(try await refusal(metadata: silent, revision: .v20250618) == nil, "2025-06-18 does not demand it")
    let plain = GuardedWorld.metadata.replacing("[\"S256\"]", with: "[\"plain\"]")
    #expect(try await refusal(metadata: plain, revision: .v20250618)?.message.contains("S256") == true)
  }

  @Test(arguments: [
    "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "http://as.example/x", "-x", "https://a@b/",
  ])
  func aPageThatIsNotHTTPSIsNotShown(page: String) async throws {
    let metadata = GuardedWorld.metadata.replacing("ORIGIN/as/authorize", with: page)
    let user = User()
    let error = try await refusal(metadata: metadata, user: user)
    #expect(error?.code == .unauthorized && error?.message.contains("authorization_endpoint") == true)
    #expect(user.pages.isEmpty)
  }

  @Test(arguments: ["http://as.example/token", "https://169.254.169.254/token", "file:///x"])
  func aTokenEndpointThatIsNotHTTPSIsRefused(endpoint: String) async throws {
    let error = try await refusal(metadata: GuardedWorld.metadata.replacing("ORIGIN/as/token", with: endpoint))
    #expect(error?.message.contains("token_endpoint") == true)
    let server = try await refusal(resource: GuardedWorld.resource.replacing("ORIGIN/as", with: endpoint))
    #expect(server?.message.contains("the authorization server") == true)
  }

  @Test func metadataDoNotRedirectToAnotherPlace() async throws {
    try await GuardedWorld.running { other in
      for path in [Self.resourcePath, Self.metadataPath] {
        var settings = GuardedWorld.Settings()
        settings.redirects[path] = other.origin + path
        let error = try await refusal(settings)
        #expect(error?.message.contains("redirects to another origin") == true)
      }
      #expect(other.seen.isEmpty)
      var settings = GuardedWorld.Settings()
      settings.redirects[Self.metadataPath] = Self.metadataPath
      #expect(try await refusal(settings)?.message.contains("redirects more than") == true)
    }
  }

  @Test func metadataAreReadUpToALimit() async throws {
    func padded(_ length: Int) -> String { GuardedWorld.resource + String(repeating: " ", count: length) }
    let room = AuthorizationHTTP.limit - GuardedWorld.resource.utf8.count - 2 * ("http://127.0.0.1:65535".count)
    #expect(try await refusal(resource: padded(room)) == nil)
    #expect(try await refusal(resource: padded(room + 1000))?.code == .invalidResponse)
  }

  @Test(arguments: [
    #"{"token_type": "Bearer"}"#, #"{"access_token": "a\r\nX: y", "token_type": "Bearer"}"#,
    #"{"access_token": "", "token_type": "Bearer"}"#, #"{"access_token": "a", "token_type": "mac"}"#,
    #"{"access_token": "a"}"#,
  ]) func whatIsNoBearerTokenIsNotKept(answer: String) async throws {
    var settings = GuardedWorld.Settings()
    let json = try JSON(parsing: answer)
    settings.tokenAnswer = { _ in (200, json) }
    #expect(try await refusal(settings) != nil)
  }

  @Test func whatTheTokenEndpointSaysIsPassedOnWithoutControlCharacters() async throws {
    var settings = GuardedWorld.Settings()
    settings.tokenAnswer = { _ in (400, ["error": "invalid_grant", "error_description": "no\u{1B}[31m way"]) }
    let error = try await refusal(settings)
    #expect(error?.message.contains("invalid_grant: no[31m way") == true)
  }
}
