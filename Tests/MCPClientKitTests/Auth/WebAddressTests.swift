// SPDX-License-Identifier: Apache-2.0
import EventIO
import Testing

@testable import MCPClientKit

@Suite struct WebAddressTests {
  @Test(arguments: [
    ("HTTPS://Example.COM/mcp", "https://example.com/mcp"), ("https://example.com:443/", "https://example.com"),
    ("https://example.com/Server/MCP/", "https://example.com/Server/MCP"), ("http://[::1]:80/x", "http://[::1]/x"),
    ("https://example.com:8443/mcp?x=1", "https://example.com:8443/mcp?x=1"),
  ]) func aServerHasOneCanonicalURI(text: String, canonical: String) {
    #expect(WebAddress(text)?.canonical == canonical)
  }

  @Test(arguments: [
    "", "example.com", "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "ftp://example.com/",
    "https://", "https:///x", "https://a@b/", "https://a:b@c/", "https://exa mple.com",
    "https://example.com\\@evil.example",
    "https://example.com/#x", "https://example.com:99999/", "https://example.com:/", "https://[::1", "https://[evil]/",
    "https://example.com/\u{0}", "https://example.com/\r\nX: y", "https://ex\u{E4}mple.com/", "https://a:1:2/",
    "http://example.com:0/",
  ]) func whatCouldMeanTwoPlacesIsNone(text: String) {
    #expect(WebAddress(text) == nil)
  }

  @Test func thisMachineIsKnown() {
    for text in [
      "http://localhost/", "http://LOCALHOST:8000", "http://127.0.0.1/", "http://127.1.2.3/", "http://[::1]/",
    ] {
      #expect(WebAddress(text)?.isLoopback == true, "\(text)")
    }
    for text in ["http://127.0.0.1.example/", "http://localhost.example/", "http://10.0.0.1/", "http://[::2]/"] {
      #expect(WebAddress(text)?.isLoopback == false, "\(text)")
    }
  }

  @Test func aResourceCoversWhatIsBelowIt() throws {
    let server = try #require(WebAddress("https://example.com/a/mcp"))
    for text in [
      "https://example.com/a/mcp", "https://EXAMPLE.com/a/mcp/", "https://example.com/a", "https://example.com",
    ] {
      #expect(try #require(WebAddress(text)).covers(server), "\(text)")
    }
    for text in [
      "https://example.com/a/mcp/x", "https://example.com/a/m", "http://example.com/a/mcp", "https://example.com:444/a",
      "https://evil.example/a/mcp", "https://example.com/a?x",
    ] { #expect(try !#require(WebAddress(text)).covers(server), "\(text)") }
  }

  private func http(_ server: String) throws -> AuthorizationHTTP {
    AuthorizationHTTP(server: try #require(WebAddress(server)), client: try HTTPClient(), revision: .latest, trace: nil)
  }

  @Test func onlyHTTPSIsAskedAndThisMachineOnlyForItself() throws {
    let (far, near) = (try http("https://example.com/mcp"), try http("http://127.0.0.1:8000/mcp"))
    for text in ["https://as.example/", "https://10.0.0.1/"] {
      #expect(throws: Never.self) { try far.checked(text, "it") }
      #expect(throws: Never.self) { try near.checked(text, "it") }
    }
    for text in [
      "http://as.example/", "https://169.254.169.254/x", "javascript:alert(1)", "file:///x", "https://0.0.0.0/",
    ] {
      #expect(throws: ClientError.self) { try far.checked(text, "it") }
      #expect(throws: ClientError.self) { try near.checked(text, "it") }
    }
    for text in ["http://localhost:9000/as", "https://127.0.0.1/"] {
      #expect(throws: ClientError.self) { try far.checked(text, "it") }
      #expect(throws: Never.self) { try near.checked(text, "it") }
    }
  }

  @Test func aTokenIsNotSentOverPlainHTTP() {
    let error = #expect(throws: ClientError.self) {
      try Authorizer(for: "http://example.com/mcp", store: MemoryCredentialStore())
    }
    #expect(error?.message.contains("not https") == true)
  }

  @Test func metadataAreLookedForInOrder() throws {
    let (new, old) = (try AuthorizationRules(nil), try AuthorizationRules(.v20250618))
    #expect(
      AuthorizationServer.places(for: "/tenant", new) == [
        "/.well-known/oauth-authorization-server/tenant", "/.well-known/openid-configuration/tenant",
        "/tenant/.well-known/openid-configuration",
      ])
    #expect(
      AuthorizationServer.places(for: "", new) == [
        "/.well-known/oauth-authorization-server", "/.well-known/openid-configuration",
      ])
    #expect(AuthorizationServer.places(for: "/tenant", old) == ["/.well-known/oauth-authorization-server/tenant"])
    #expect(throws: ClientError.self) { try AuthorizationRules(.v20241105) }
  }
}
