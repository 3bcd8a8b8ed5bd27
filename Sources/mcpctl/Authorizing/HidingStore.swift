// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import MCPClientKit

/// A store of credentials that keeps what passes through it out of whatever is said.
struct HidingStore: CredentialStore {
  let store: any CredentialStore
  let talk: Talk

  /// The folder tokens are kept in; nil where there is no place for it.
  static func folder(_ console: Console) -> String? {
    UserFolder.state.path(console.environment).map { "\($0)/auth" }
  }

  /// The store in the user's folder.
  init?(_ console: Console, _ talk: Talk) {
    guard let folder = Self.folder(console) else { return nil }
    (store, self.talk) = (FileCredentialStore(folder: folder), talk)
  }

  private func hidden(_ grant: Grant) -> Grant {
    for secret in [grant.accessToken, grant.refreshToken, grant.client.secret] { secret.map(talk.hide) }
    return grant
  }

  func grant(for server: String) async throws(ClientError) -> Grant? {
    let grant = try await store.grant(for: server)
    return grant.map(hidden)
  }

  func keep(_ grant: Grant) async throws(ClientError) { try await store.keep(hidden(grant)) }

  func removeGrant(for server: String) async throws(ClientError) { try await store.removeGrant(for: server) }

  func grants() async throws(ClientError) -> [Grant] { try await store.grants().map(hidden) }

  func registration(for issuer: String) async throws(ClientError) -> ClientRegistration? {
    let registration = try await store.registration(for: issuer)
    registration?.secret.map(talk.hide)
    return registration
  }

  func keep(_ registration: ClientRegistration, for issuer: String) async throws(ClientError) {
    registration.secret.map(talk.hide)
    try await store.keep(registration, for: issuer)
  }

  func removeRegistration(for issuer: String) async throws(ClientError) {
    try await store.removeRegistration(for: issuer)
  }

  func alone<Value: Sendable>(
    with server: String, _ body: @Sendable () async throws(ClientError) -> Value
  ) async throws(ClientError) -> Value { try await store.alone(with: server, body) }
}
