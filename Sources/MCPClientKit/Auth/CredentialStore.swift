// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Keeps what authorization brought: a grant for each server, and a registration for each issuer.
public protocol CredentialStore: Sendable {
  /// The grant for a server, by its canonical URI; nil when there is none.
  func grant(for server: String) async throws(ClientError) -> Grant?
  /// Keeps `grant` in place of the one there was for its server.
  func keep(_ grant: Grant) async throws(ClientError)
  /// Forgets the grant for a server.
  func removeGrant(for server: String) async throws(ClientError)
  /// All grants.
  func grants() async throws(ClientError) -> [Grant]
  /// What the issuer knows this client by; nil when it does not.
  func registration(for issuer: String) async throws(ClientError) -> ClientRegistration?
  /// Keeps a registration in place of the one there was for its issuer.
  func keep(_ registration: ClientRegistration, for issuer: String) async throws(ClientError)
  /// Forgets what the issuer knows this client by.
  func removeRegistration(for issuer: String) async throws(ClientError)
  /// Runs `body` while nobody else changes the grant for `server`, in this process or another: of several who renew a
  /// token at once, one does and the others use what it got.
  func alone<Value: Sendable>(
    with server: String, _ body: @Sendable () async throws(ClientError) -> Value
  ) async throws(ClientError) -> Value
}

/// A store that lasts as long as it is held.
public final class MemoryCredentialStore: CredentialStore {
  private struct State {
    var grants: [String: Grant] = [:]
    var registrations: [String: ClientRegistration] = [:]
    var busy: Set<String> = []
    var waiting: [String: [CheckedContinuation<Void, Never>]] = [:]
  }

  private let state = Mutex(State())

  /// Makes an empty store.
  public init() {}

  /// The grant for a server.
  public func grant(for server: String) -> Grant? { state.withLock { $0.grants[server] } }
  /// Keeps a grant.
  public func keep(_ grant: Grant) { state.withLock { $0.grants[grant.server] = grant } }
  /// Forgets a grant.
  public func removeGrant(for server: String) { state.withLock { _ = $0.grants.removeValue(forKey: server) } }
  /// All grants, by server.
  public func grants() -> [Grant] { state.withLock { $0.grants.values.sorted { $0.server < $1.server } } }
  /// What an issuer knows the client by.
  public func registration(for issuer: String) -> ClientRegistration? { state.withLock { $0.registrations[issuer] } }
  /// Keeps a registration.
  public func keep(_ registration: ClientRegistration, for issuer: String) {
    state.withLock { $0.registrations[issuer] = registration }
  }
  /// Forgets a registration.
  public func removeRegistration(for issuer: String) {
    state.withLock { _ = $0.registrations.removeValue(forKey: issuer) }
  }

  /// Runs `body` when those before it are done.
  public func alone<Value: Sendable>(
    with server: String, _ body: @Sendable () async throws(ClientError) -> Value
  ) async throws(ClientError) -> Value {
    await withCheckedContinuation { continuation in
      let isFree = state.withLock { state in
        if state.busy.insert(server).inserted { return true }
        state.waiting[server, default: []].append(continuation)
        return false
      }
      if isFree { continuation.resume() }
    }
    defer {
      let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
        if state.waiting[server]?.isEmpty == false { return state.waiting[server]?.removeFirst() }
        state.busy.remove(server)
        state.waiting[server] = nil
        return nil
      }
      next?.resume()
    }
    return try await body()
  }
}
