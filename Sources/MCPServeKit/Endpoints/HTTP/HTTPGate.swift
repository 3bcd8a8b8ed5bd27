// SPDX-License-Identifier: Apache-2.0
import EventIO
import MCPCore
import Observability
import Synchronization

/// Lets the requests of one head in, or not. Whoever was let in once is not asked again while the head repeats, the rules are
/// the same, and the credentials last.
final class HTTPGate: Sendable {
  enum Admission {
    case granted(Principal?)
    case refused(HTTPAnswer)
  }

  private struct Grant {
    let principal: Principal?
    let version: Int
    let end: Moment
  }

  private let authorization: Authorization
  private let presented: PresentedCredentials
  private let head: HTTPHead
  private let client: SocketAddress
  private let names: ResourceNames?
  private let logger: Logger
  private let grant = Mutex<Grant?>(nil)

  /// - Parameters:
  ///   - client: where the requests come from.
  ///   - names: what the server is called by; nil while that is not known.
  init(
    _ authorization: Authorization, _ head: HTTPHead, from client: SocketAddress, _ names: ResourceNames?,
    logger: Logger
  ) {
    self.client = client
    self.authorization = authorization
    self.head = head
    self.names = names
    self.logger = logger
    presented = PresentedCredentials(head.headers)
  }

  /// Counts the rules there have been.
  var version: Int { authorization.version }

  /// Whether a request may come in; nil when it takes waiting to find out.
  func admissionAtHand() -> Admission? {
    let version = authorization.version
    let known = grant.withLock { grant -> Admission? in
      guard let grant, grant.version == version, grant.end > .now else { return nil }
      return .granted(grant.principal)
    }
    if let known { return known }
    // Before anybody looks at a clock to tell how long the credentials last: a grant must not outlive them.
    let asked = Moment.now
    let state = authorization.current
    // What is sent is for somebody else, such as a proxy.
    if state.rules.letsAnybodyIn, state.asksNobody { return grant(nil, for: .seconds(3600), since: asked, state) }
    guard case .secret(let secret) = presented else { return withoutSecret(state) }
    return state.verdictAtHand(on: credentials(secret, state)).map { admit($0, state, since: asked) }
  }

  /// The same, with all the waiting it takes.
  func admission() async -> Admission {
    if let known = admissionAtHand() { return known }
    let asked = Moment.now
    let state = authorization.current
    guard case .secret(let secret) = presented else { return withoutSecret(state) }
    return admit(await state.verdict(on: credentials(secret, state)), state, since: asked)
  }

  private func credentials(_ secret: String, _ state: Authorization.State) -> Credentials {
    Credentials(secret: secret, audiences: names?.audiences(at: head.path, state.rules) ?? [])
  }

  private func withoutSecret(_ state: Authorization.State) -> Admission {
    let challenge = challenge(state)
    switch presented {
    case .malformed(let why):
      let text = challenge.text(.invalidRequest, why, scopes: state.rules.requiredScopes)
      return refuse(.badRequest, why, text)
    case .none, .secret:
      if let principal = state.rules.principal(of: head.certificate) {
        return admit(.accepted(principal, for: .seconds(3600)), state, since: .now)
      }
      if state.rules.letsAnybodyIn { return grant(nil, for: .seconds(3600), since: .now, state) }
      return refuse(
        .unauthorized, "this server needs a token, as Authorization: Bearer",
        challenge.text(scopes: state.rules.requiredScopes))
    }
  }

  private func admit(
    _ verdict: Verdict, _ state: Authorization.State, since asked: Moment
  ) -> Admission {
    let needed = state.rules.requiredScopes
    switch verdict {
    case .accepted(let principal, let lifetime):
      let principal = state.complete(principal)
      guard principal.has(needed) else {
        return refuse(
          .forbidden, "this server needs the scope \(needed.joined(separator: " "))",
          challenge(state).text(.insufficientScope, scopes: needed), code: .forbidden, who: principal)
      }
      return grant(principal, for: lifetime, since: asked, state)
    case .refused(let why):
      return refuse(.unauthorized, why, challenge(state).text(.invalidToken, why, scopes: needed))
    case .unavailable(let why):
      logger.error("credentials cannot be checked", [("reason", why)])
      return .refused(.unavailable("credentials cannot be checked now: try again later", after: 5))
    }
  }

  private func grant(
    _ principal: Principal?, for lifetime: Duration, since asked: Moment, _ state: Authorization.State
  ) -> Admission {
    let new = Grant(principal: principal, version: state.version, end: asked + lifetime)
    grant.withLock { $0 = new }
    return .granted(principal)
  }

  private func refuse(
    _ status: HTTPStatus, _ why: String, _ challenge: String, code: RPCError.Code = .invalidRequest,
    who: Principal? = nil
  ) -> Admission {
    logger.info(
      "refused",
      [
        ("status", String(status.rawValue)), ("path", head.path), ("from", client.description),
        ("who", who?.name ?? "-"), ("reason", why),
      ])
    var answer = HTTPAnswer.error(status, RPCError(code, why))
    answer.headers.add("WWW-Authenticate", challenge)
    return .refused(answer)
  }

  private func challenge(_ state: Authorization.State) -> Challenge {
    Challenge(metadata: names?.metadata(of: head.path, for: head, state.rules))
  }

  /// What a caller is told that needs more scopes for one operation: all it needs, those every request needs included.
  func challenge(forScopes scopes: [String]) -> String {
    let state = authorization.current
    let all = state.rules.requiredScopes + scopes.filter { !state.rules.requiredScopes.contains($0) }
    return challenge(state).text(.insufficientScope, scopes: all)
  }
}
