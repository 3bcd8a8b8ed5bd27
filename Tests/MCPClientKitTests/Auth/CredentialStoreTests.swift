// SPDX-License-Identifier: Apache-2.0
import EventIO
import Glibc
import JSONKit
import MCPCore
import TestSupport
import Testing

@testable import MCPClientKit

@Suite struct CredentialStoreTests {
  private static let client = ClientRegistration(
    id: "c", secret: "s3cret", method: .basic, origin: .dynamic, redirectURI: "http://127.0.0.1:1/callback",
    scopes: ["a"], expiresAt: 7)
  private static let grant = Grant(
    server: "https://example.com/mcp", resource: "https://example.com", issuer: "https://as.example",
    tokenEndpoint: "https://as.example/token", revocationEndpoint: "https://as.example/revoke", client: client,
    isForMachine: true, accessToken: "t0p", refreshToken: "r3fresh", scopes: ["a", "b"], expiresAt: 99)

  /// Runs `body` with a folder below which there is nothing yet.
  private func withFolder(_ body: (String) async throws -> Void) async throws {
    var template = Array("/tmp/mcpctl-store-XXXXXX".utf8CString)
    let made = try #require(mkdtemp(&template))
    let path = String(cString: made)
    do { try await body("\(path)/state/mcpctl/auth") } catch { Issue.record(error) }
    for folder in ["/state/mcpctl/auth", "/state/mcpctl", "/state", ""] {
      for name in PrivateFolder(path + folder).names { unlink("\(path)\(folder)/\(name)") }
      rmdir(path + folder)
    }
  }

  private func mode(_ path: String) -> mode_t? {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & 0o7777 : nil
  }

  @Test func whatIsKeptComesBackWhole() async throws {
    try await withFolder { folder in
      let store = FileCredentialStore(folder: folder)
      #expect(try store.grant(for: Self.grant.server) == nil && store.grants().isEmpty)
      #expect(mode(folder) == nil, "nothing is made by looking")
      try store.keep(Self.grant)
      try store.keep(Self.client, for: "https://as.example")
      let other = FileCredentialStore(folder: folder)
      #expect(try other.grant(for: Self.grant.server) == Self.grant)
      #expect(try other.registration(for: "https://as.example") == Self.client)
      #expect(
        try other.registration(for: "https://as.example/") == nil && other.grant(for: "https://example.com") == nil)
      #expect(try other.grants() == [Self.grant])
      try other.removeGrant(for: Self.grant.server)
      try other.removeRegistration(for: "https://as.example")
      try other.removeRegistration(for: "https://as.example")
      #expect(try store.grants().isEmpty && store.registration(for: "https://as.example") == nil)
    }
  }

  @Test func onlyTheUserCanReadIt() async throws {
    try await withFolder { folder in
      let store = FileCredentialStore(folder: folder)
      try store.keep(Self.grant)
      #expect(mode(folder) == 0o700)
      let names = PrivateFolder(folder).names
      #expect(names.count == 1 && mode("\(folder)/\(names[0])") == 0o600)
      #expect(!names[0].contains("example"), "the name does not tell which server it is")
      chmod("\(folder)/\(names[0])", 0o644)
      let error = #expect(throws: ClientError.self) { try store.grant(for: Self.grant.server) }
      #expect(error?.code == .credentialStore && error?.message.contains("chmod 600") == true)
      chmod(folder, 0o755)
      try store.keep(Self.grant)
      #expect(mode(folder) == 0o700 && mode("\(folder)/\(names[0])") == 0o600)
      #expect(try store.grant(for: Self.grant.server) == Self.grant)
    }
  }

  @Test func aBrokenFileIsNoGrant() async throws {
    try await withFolder { folder in
      let store = FileCredentialStore(folder: folder)
      try store.keep(Self.grant)
      let files = PrivateFolder(folder)
      let name = try #require(files.names.first)
      for text in ["", "{", "[]", #"{"server": 1}"#] {
        try files.replace(name, with: Array(text.utf8))
        #expect(try store.grant(for: Self.grant.server) == nil && store.grants().isEmpty)
      }
      // Nor is the grant of another server in its place.
      var other = Self.grant
      other.server = "https://other.example/mcp"
      try files.replace(name, with: Array(other.json.text.utf8))
      #expect(try store.grant(for: Self.grant.server) == nil)
      try files.replace(name, with: [UInt8](repeating: 0x20, count: (256 << 10) + 1))
      #expect(throws: ClientError.self) { try store.grant(for: Self.grant.server) }
    }
  }

  @Test func aLinkIsNotFollowed() async throws {
    try await withFolder { folder in
      let store = FileCredentialStore(folder: folder)
      try store.keep(Self.grant)
      let name = try #require(PrivateFolder(folder).names.first)
      rename("\(folder)/\(name)", "\(folder)/moved")
      symlink("\(folder)/moved", "\(folder)/\(name)")
      #expect(throws: ClientError.self) { try store.grant(for: Self.grant.server) }
    }
  }

  @Test func oneAtATimeHasTheGrant() async throws {
    try await withFolder { folder in
      try await withThrowingTaskGroup(of: Void.self) { group in
        // Each has a store of its own, as another process would.
        for _ in 0..<8 {
          group.addTask {
            let store = FileCredentialStore(folder: folder)
            try await store.alone(with: "https://example.com") { () async throws(ClientError) in
              var grant = try store.grant(for: Self.grant.server) ?? Self.grant
              let count = grant.expiresAt ?? 0
              await Task.yield()
              grant.expiresAt = count + 1
              try store.keep(grant)
            }
          }
        }
        try await group.waitForAll()
      }
      #expect(try FileCredentialStore(folder: folder).grant(for: Self.grant.server)?.expiresAt == 99 + 8)
    }
  }

  @Test func whatIsSecretIsNotPrinted() {
    let shown = "\(Self.grant) \(Self.client) \([Self.grant]) \(String(describing: Optional(Self.grant)))"
    for secret in ["t0p", "r3fresh", "s3cret"] { #expect(!shown.contains(secret)) }
    #expect(shown.contains("https://example.com/mcp"))
  }
}
