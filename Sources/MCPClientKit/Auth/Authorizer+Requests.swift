// SPDX-License-Identifier: Apache-2.0
import EventIO
import Synchronization

/// What goes with requests, and what to do when it did not suffice.
extension Authorizer {
  /// What a request to `url` is to say of who sends it.
  struct Credential: Sendable {
    let header: String
    /// Which of the grants that came one after the other it is.
    let generation: Int
  }

  /// The credential for a request to `url`; nil without a grant, and for a URL of another origin. A token that is over is
  /// renewed first.
  ///
  /// Spec: 2026-07-28, basic/authorization, "Access Token Usage".
  func credential(for url: String) async throws(ClientError) -> Credential? {
    guard WebAddress(url)?.origin == address.origin, let grant = try await grant() else { return nil }
    if grant.isOver(at: options.now()), grant.isRenewable, !isUnrenewable(grant) {
      do throws(ClientError) { _ = try await renew(grant) } catch {
        if error.code == .cancelled { throw error }  // else the server tells what it thinks of the old one
      }
    }
    return state.withLock { state in
      state.grant.map { Credential(header: "Bearer \($0.accessToken)", generation: state.generation) }
    }
  }

  /// The access token as it would be sent now; nil without one that is still good as far as anybody here knows.
  public func currentToken() async throws(ClientError) -> String? {
    _ = try await credential(for: address.text)
    guard let grant = try await grant(), !grant.isOver(at: options.now()) else { return nil }
    return grant.accessToken
  }

  /// What to do about a refused request: gets another token, or more scopes for it, where there is a way.
  ///
  /// - Parameter generation: the credential that was refused; nil when none was sent.
  /// - Returns: whether the request is worth sending again.
  /// - Throws: why nothing came of asking the user.
  func resolve(_ refusal: ClientError, sent generation: Int?) async throws(ClientError) -> Bool {
    switch refusal.httpStatus {
    case 401?: return try await resolveUnauthorized(sent: generation)
    case 403? where refusal.challenges.contains { $0.isBearer && $0.error == "insufficient_scope" }:
      return try await stepUp(refusal.challenges, sent: generation)
    default: return false
    }
  }

  /// What a token needs after a server refused ours for its scopes: what it has, and what was asked for; empty when the
  /// server does not say, and its metadata have to.
  public func scopes(toGetPast refusal: ClientError) -> [String] {
    let challenged = refusal.challenges.first { $0.isBearer && $0.error == "insufficient_scope" }?.scopes ?? []
    if challenged.isEmpty { return [] }
    let had = state.withLock { $0.grant?.scopes } ?? []
    return had + challenged.filter { !had.contains($0) }
  }

  private func resolveUnauthorized(sent generation: Int?) async throws(ClientError) -> Bool {
    guard let generation, let grant = try await grant() else { return try await isReplaced(nil) }
    if state.withLock({ $0.generation }) != generation { return true }  // somebody was faster
    guard grant.isRenewable, !isUnrenewable(grant) else { return try await isReplaced(grant) }
    do throws(ClientError) { _ = try await renew(grant) } catch {
      if error.code != .unauthorized { throw error }
      return false
    }
    return true
  }

  /// Whether another process got a grant meanwhile.
  private func isReplaced(_ grant: Grant?) async throws(ClientError) -> Bool {
    guard let stored = try await store.grant(for: server), stored.accessToken != grant?.accessToken else {
      return false
    }
    adopt(stored)
    return true
  }

  /// Spec: 2026-07-28, basic/authorization, "Step-Up Authorization Flow".
  private func stepUp(
    _ challenges: [AuthenticationChallenge], sent generation: Int?
  ) async throws(ClientError) -> Bool {
    guard let generation, let grant = try await grant() else { return false }
    if state.withLock({ $0.generation }) != generation { return true }
    if try await isReplaced(grant) { return true }
    var options = options
    options.scopes = []
    if grant.isForMachine || grant.client.origin == .preregistered {
      (options.clientID, options.clientSecret) = (grant.client.id, grant.client.secret)
      (options.issuer, options.isForMachine) = (grant.issuer, grant.isForMachine)
      options.redirectURI = grant.client.redirectURI
    } else if grant.client.origin == .metadataDocument {
      options.clientMetadataURL = grant.client.id
    }
    guard options.showPage != nil || grant.isForMachine else { return false }
    // What was granted, or asked for before, will not help now.
    let challenged = challenges.first { $0.isBearer && $0.scopes != nil }?.scopes ?? []
    guard challenged.isEmpty || !Set(challenged).isSubset(of: grant.scopes) else { return false }
    guard state.withLock({ $0.tried.count < 3 && $0.tried.insert(Set(challenged)).inserted }) else { return false }
    trace?(.note("\(server) wants more scopes: \(challenged.joined(separator: " "))"))
    let wider = try await logIn(challenges, options, after: grant)
    return Set(wider.scopes) != Set(grant.scopes)
  }

  private func isUnrenewable(_ grant: Grant) -> Bool { state.withLock { $0.unrenewable == grant.accessToken } }

  /// Gets another access token for `old`, unless somebody did already; once at a time, over all processes.
  func renew(_ old: Grant) async throws(ClientError) -> Grant {
    // Whoever waits may give up; what the issuer hands out meanwhile must not get lost.
    let renewing = Task { [self] in
      do throws(ClientError) { return Result<Grant, ClientError>.success(try await renewAlone(old)) } catch {
        return .failure(error)
      }
    }
    let renewed = try await renewing.value.get()
    adopt(renewed)
    return renewed
  }

  private func renewAlone(_ old: Grant) async throws(ClientError) -> Grant {
    try await store.alone(with: server) { () async throws(ClientError) in
      guard let grant = try await store.grant(for: server) else {
        throw ClientError(.unauthorized, "somebody logged out of \(server) meanwhile")
      }
      if grant.accessToken != old.accessToken, !grant.isOver(at: options.now()) { return grant }
      do throws(ClientError) {
        let renewed = try await withHTTP { http throws(ClientError) in try await ask(for: grant, http) }
        try await store.keep(renewed)
        return renewed
      } catch {
        if error.code == .unauthorized { state.withLock { $0.unrenewable = grant.accessToken } }
        trace?(.note("the token for \(server) was not renewed: \(error.message)"))
        throw error
      }
    }
  }

  private func ask(for grant: Grant, _ http: AuthorizationHTTP) async throws(ClientError) -> Grant {
    let place = try http.checked(grant.tokenEndpoint, "the token endpoint")
    let fields =
      grant.isForMachine
      ? Grant.machineRequest(grant.scopes)
      : [("grant_type", "refresh_token"), ("refresh_token", grant.refreshToken ?? "")]
    let tokens = try await TokenEndpoint(address: place, client: grant.client, http: http).tokens(
      fields, resource: grant.resource)
    var renewed = grant
    renewed.accessToken = tokens.accessToken
    renewed.refreshToken = tokens.refreshToken ?? grant.refreshToken
    renewed.scopes = tokens.scopes ?? grant.scopes
    renewed.expiresAt = tokens.lifetime.map { options.now() + $0 }
    return renewed
  }
}
