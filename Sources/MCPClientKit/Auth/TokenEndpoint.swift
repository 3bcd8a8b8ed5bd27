// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit

/// Where an authorization server hands out tokens.
///
/// Spec: OAuth 2.1, sections 3.2 and 4; RFC 8707; RFC 7009.
struct TokenEndpoint {
  let address: WebAddress
  let client: ClientRegistration
  let http: AuthorizationHTTP

  /// What it handed out.
  struct Tokens {
    let accessToken: String
    let refreshToken: String?
    let scopes: [String]?
    let lifetime: Int?
  }

  /// Asks for tokens.
  func tokens(_ grant: [(String, String)], resource: String?) async throws(ClientError) -> Tokens {
    let (fields, authorization) = client.credentials
    let all = grant + fields + (resource.map { [("resource", $0)] } ?? [])
    let answer = try await http.post(form: all, to: address, authorization: authorization)
    let shown = HTTPURL.shown(address.text)
    guard answer.isSuccess, let object = answer.object else {
      // What the server says of the grant is final; that it is busy is not.
      let code: ClientError.Code =
        (400..<500).contains(answer.status) && answer.status != 429 ? .unauthorized : .httpStatus
      throw ClientError(code, "\(shown) gave no token: \(answer.reason)", httpStatus: answer.status)
    }
    guard let token = object["access_token"]?.string, Self.isToken(token) else {
      throw ClientError(.invalidResponse, "\(shown) answered without an access_token that can be sent")
    }
    guard object["token_type"]?.string?.lowercased() == "bearer" else {
      throw ClientError(.unauthorized, "\(shown) gave a token that is no bearer token: MCP knows no other")
    }
    return Tokens(
      accessToken: token, refreshToken: object["refresh_token"]?.string.flatMap { $0.isEmpty ? nil : $0 },
      scopes: object["scope"]?.string.map { $0.split(separator: " ").map(String.init) },
      lifetime: object["expires_in"]?.int.map { min(max($0, 0), 10 * 366 * 86_400) })
  }

  /// Gives a token back at `address`.
  func revoke(_ token: String, kind: String) async throws(ClientError) {
    let (fields, authorization) = client.credentials
    let answer = try await http.post(
      form: [("token", token), ("token_type_hint", kind)] + fields, to: address, authorization: authorization)
    guard answer.isSuccess else {
      throw ClientError(
        .unauthorized, "\(HTTPURL.shown(address.text)) did not take the token back: \(answer.reason)",
        httpStatus: answer.status)
    }
  }

  /// Whether `text` can stand in a header: visible ASCII, and no more than servers read.
  private static func isToken(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 16 << 10 && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
  }
}
