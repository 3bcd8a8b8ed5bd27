// SPDX-License-Identifier: Apache-2.0
import EventIO
import Observability
import Synchronization

/// The public keys of one issuer as they were known last, fetched again when they are old or one is missing.
///
/// When the issuer cannot be reached, the keys known last go on for a while: it must not take the server down with it.
final class KeyRing: Sendable {
  struct Times: Sendable {
    /// How long keys are used before they are fetched again.
    var fresh: Duration = .seconds(600)
    /// How long they are used when they cannot be.
    var kept: Duration = .seconds(86_400)
    /// The least time between two fetches, whatever tokens ask for.
    var pause: Duration = .seconds(10)
  }

  /// The keys that may have signed a token.
  struct Finding: Sendable {
    let keys: [VerificationKey]
    /// Counts the fetches that succeeded; 0 when none did, and then it is not known whether the token is good.
    let version: Int
  }

  private struct State {
    var set: JSONWebKeySet?
    var version = 0
    var loaded: ContinuousClock.Instant?
    var tried: ContinuousClock.Instant?
    var loading: Task<Void, Never>?
  }

  private let name: String
  private let times: Times
  private let logger: Logger
  private let source: @Sendable () async throws -> JSONWebKeySet
  private let now: @Sendable () -> ContinuousClock.Instant
  private let state = Mutex(State())

  init(
    _ name: String, times: Times = Times(), logger: Logger = .silent,
    now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
    source: @escaping @Sendable () async throws -> JSONWebKeySet
  ) {
    self.name = name
    self.times = times
    self.logger = logger
    self.now = now
    self.source = source
  }

  /// The keys for a token; nil when they should be fetched first.
  func keysAtHand(for token: JSONWebToken) -> Finding? {
    let now = now()
    return state.withLock { state in
      if let loaded = state.loaded, now - loaded > times.kept { state.set = nil }
      let keys = state.set?.candidates(for: token) ?? []
      let isOld = state.loaded.map { now - $0 >= times.fresh } ?? true
      let mayLoad = state.tried.map { now - $0 >= times.pause } ?? true
      guard state.loading == nil || !(isOld || keys.isEmpty) else { return nil }
      if isOld || keys.isEmpty, mayLoad { return nil }
      return Finding(keys: keys, version: state.set == nil ? 0 : state.version)
    }
  }

  /// The keys for a token, fetched first when that may help.
  func keys(for token: JSONWebToken) async -> Finding {
    if let known = keysAtHand(for: token) { return known }
    await load()
    return keysAtHand(for: token) ?? Finding(keys: [], version: 0)
  }

  /// Whether what was verified with a version of the keys would be still.
  func isCurrent(_ version: Int) -> Bool {
    let now = now()
    return state.withLock { state in
      guard state.version == version, state.set != nil, let loaded = state.loaded else { return false }
      if now - loaded < times.fresh { return true }
      return state.loading == nil && state.tried.map { now - $0 < times.pause } ?? false
    }
  }

  /// Fetches the keys once for all that wait for them. The task is not cancelled with one that waits; its deadlines end it.
  private func load() async {
    let loading = state.withLock { state in
      if let loading = state.loading { return loading }
      state.tried = now()
      let loading = Task { await fetch() }
      state.loading = loading
      return loading
    }
    await loading.value
  }

  private func fetch() async {
    do {
      let set = try await source()
      let now = now()
      state.withLock { state in
        (state.set, state.loaded, state.loading) = (set, now, nil)
        state.version += 1
      }
    } catch {
      state.withLock { $0.loading = nil }
      logger.warning("keys cannot be fetched", [("issuer", name), ("error", "\(error)")])
    }
  }
}
