// SPDX-License-Identifier: Apache-2.0
import EventIO
import MCPCore
public import Observability
import Synchronization

/// The rules a service follows. They may be replaced while it serves; whoever was let in by the old ones is looked at again.
public final class Authorization: Sendable {
  /// One set of rules, with what was made of it.
  final class State: Sendable {
    let rules: AuthorizationRules
    let version: Int
    let limiter: RateLimiter
    fileprivate let rings: [TokenIssuer: KeyRing]
    fileprivate let authenticators: [any Authenticator]
    private let hierarchy: ScopeHierarchy

    fileprivate init(
      _ rules: AuthorizationRules, after former: State?, others: [any Authenticator], logger: Logger
    ) throws(AuthorizationError) {
      try rules.check()
      self.rules = rules
      version = (former?.version ?? 0) + 1
      hierarchy = ScopeHierarchy(rules.impliedScopes)
      if let former, former.limiter.limits == rules.limits {
        limiter = former.limiter
      } else {
        limiter = RateLimiter(rules.limits)
      }
      var rings: [TokenIssuer: KeyRing] = [:]
      for issuer in rules.issuers {
        let source = KeySource(issuer: issuer)
        rings[issuer] = former?.rings[issuer] ?? KeyRing(issuer.name, logger: logger) { try await source.load() }
      }
      self.rings = rings
      var authenticators: [any Authenticator] = rules.keys.isEmpty ? [] : [KeyAuthenticator(keys: rules.keys)]
      authenticators += others
      if !rings.isEmpty {
        let named = Dictionary(uniqueKeysWithValues: rings.map { ($0.key.name, $0.value) })
        authenticators.append(TokenAuthenticator(named, leeway: rules.leeway))
      }
      self.authenticators = authenticators
    }

    /// Whether whoever was let in may ask for anything at any time.
    var isOpen: Bool { rules.access.isEmpty && limiter.limits.isEmpty }

    /// Whether there is nobody who could know a caller.
    var asksNobody: Bool { authenticators.isEmpty && !rules.acceptsCertificates }

    /// A principal with everything its scopes imply.
    func complete(_ principal: Principal) -> Principal {
      principal.with(scopes: hierarchy.everything(in: principal.scopes))
    }
  }

  private let others: [any Authenticator]
  private let logger: Logger
  private let state: Mutex<State>
  private let latest: Atomic<Int>

  /// - Parameters:
  ///   - authenticators: asked besides those for keys and tokens.
  ///   - logger: is told when keys cannot be fetched.
  /// - Throws: `AuthorizationError` naming what cannot be followed.
  public init(
    _ rules: AuthorizationRules, authenticators: [any Authenticator] = [], logger: Logger = .silent
  ) throws(AuthorizationError) {
    others = authenticators
    self.logger = logger
    state = Mutex(try State(rules, after: nil, others: authenticators, logger: logger))
    latest = Atomic(1)
  }

  /// The rules that are followed now.
  public var rules: AuthorizationRules { current.rules }

  /// Follows other rules from the next request on. What is known of issuers and limits that are in both is kept.
  /// - Throws: `AuthorizationError` naming what cannot be followed; then nothing has changed.
  public func replace(with rules: AuthorizationRules) throws(AuthorizationError) {
    try state.withLock { state throws(AuthorizationError) in
      state = try State(rules, after: state, others: others, logger: logger)
      latest.store(state.version, ordering: .releasing)
    }
  }

  var current: State { state.withLock { $0 } }

  /// Counts the rules there have been: cheap to ask with every request.
  var version: Int { latest.load(ordering: .acquiring) }
}

extension Authorization.State {
  /// The verdict of all authenticators; nil when one has to be waited for.
  func verdictAtHand(on credentials: Credentials) -> Verdict? {
    var verdicts: [Verdict] = []
    for authenticator in authenticators {
      guard let verdict = authenticator.verdictAtHand(on: credentials) else { return nil }
      if case .accepted = verdict { return verdict }
      verdicts.append(verdict)
    }
    return Self.summary(verdicts, credentials)
  }

  func verdict(on credentials: Credentials) async -> Verdict {
    var verdicts: [Verdict] = []
    for authenticator in authenticators {
      let verdict: Verdict
      if let known = authenticator.verdictAtHand(on: credentials) {
        verdict = known
      } else {
        verdict = await authenticator.verdict(on: credentials)
      }
      if case .accepted = verdict { return verdict }
      verdicts.append(verdict)
    }
    return Self.summary(verdicts, credentials)
  }

  /// Nobody accepted: who could not tell counts first, then who knows the kind of credentials best.
  private static func summary(_ verdicts: [Verdict], _ credentials: Credentials) -> Verdict {
    for verdict in verdicts { if case .unavailable = verdict { return verdict } }
    let looksLikeToken = credentials.secret.utf8.count { $0 == UInt8(ascii: ".") } == 2
    return (looksLikeToken ? verdicts.last : verdicts.first) ?? .refused("no credentials are accepted here")
  }
}
