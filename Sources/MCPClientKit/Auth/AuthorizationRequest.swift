// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit

/// One request to let this client in, from the page the user is shown to the answer their browser brings back.
///
/// Spec: OAuth 2.1, section 4.1; RFC 7636; RFC 8707; RFC 9207.
struct AuthorizationRequest: Sendable {
  /// The issuer the user is sent to, kept until the answer is there.
  let issuer: String
  /// Whether the issuer names itself in each answer.
  let namesItself: Bool
  let clientID: String
  let redirectURI: String
  let scopes: [String]
  let resource: String?
  /// What the answer has to repeat.
  let state: String
  /// What shows the token endpoint that the code is ours (PKCE).
  let verifier: String
  private let challenge: String

  init(
    to server: AuthorizationServer, as client: ClientRegistration, redirectURI: String, scopes: [String],
    resource: String?
  ) throws(ClientError) {
    (issuer, namesItself, clientID) = (server.issuer, server.namesItself, client.id)
    (self.redirectURI, self.scopes, self.resource) = (redirectURI, scopes, resource)
    state = Self.random()
    verifier = Self.random()
    do { challenge = Base64.url.text(try digest(of: Array(verifier.utf8))) } catch { throw ClientError(error) }
  }

  /// 256 bits nobody can guess, as 43 characters.
  private static func random() -> String {
    var generator = SystemRandomNumberGenerator()
    return Base64.url.text((0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
  }

  /// The page to show.
  func page(at endpoint: WebAddress) -> String {
    var parameters = [
      ("response_type", "code"), ("client_id", clientID), ("redirect_uri", redirectURI), ("state", state),
      ("code_challenge", challenge), ("code_challenge_method", "S256"),
    ]
    if !scopes.isEmpty { parameters.append(("scope", scopes.joined(separator: " "))) }
    if let resource { parameters.append(("resource", resource)) }
    // OpenID Connect hands out what works offline only after it asked the user.
    if scopes.contains("offline_access") { parameters.append(("prompt", "consent")) }
    return endpoint.adding(parameters)
  }

  /// What an answer says; nil when it is none to this request, and to be passed over.
  ///
  /// Who sent it is settled first: of an answer of somebody else nothing is used, not even its words.
  func read(_ query: String) -> Result<String, ClientError>? {
    let fields = FormText.decode(query)
    guard fields["state"] == state else { return nil }
    let shown = HTTPURL.shown(issuer)
    guard fields["iss"].map({ $0 == issuer }) ?? !namesItself else {
      return .failure(
        ClientError(.unauthorized, "the answer does not come from \(shown), where the user was sent (iss): refused"))
    }
    if let error = fields["error"] {
      let words = [error, fields["error_description"]].compactMap { $0.map(plain) }.joined(separator: ": ")
      return .failure(ClientError(.unauthorized, "\(shown) did not let this client in: \(words)"))
    }
    guard let code = fields["code"], !code.isEmpty else {
      return .failure(ClientError(.unauthorized, "the answer of \(shown) has no code"))
    }
    return .success(code)
  }
}
