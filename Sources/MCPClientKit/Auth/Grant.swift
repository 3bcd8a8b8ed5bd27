// SPDX-License-Identifier: Apache-2.0
public import JSONKit

/// The tokens a user, or a machine, let this client have for one server, and where they came from.
///
/// Not shown by `print`: the tokens are secrets.
public struct Grant: Sendable, Hashable, CustomStringConvertible {
  /// The MCP server it is for: its canonical URI.
  public var server: String
  /// What the tokens were asked for (RFC 8707); nil in 2025-03-26.
  public var resource: String?
  /// Who issued them.
  public var issuer: String
  /// Where they are renewed, and only there.
  public var tokenEndpoint: String
  /// Where they are given back.
  public var revocationEndpoint: String?
  /// What the issuer knows this client by.
  public var client: ClientRegistration
  /// Whether the client has them for itself (`client_credentials`).
  public var isForMachine: Bool
  /// What goes with each request.
  public var accessToken: String
  /// What renews it.
  public var refreshToken: String?
  /// What was granted, or asked for where the issuer did not say.
  public var scopes: [String]
  /// When the access token ends, in seconds since 1970; nil when nobody knows.
  public var expiresAt: Int?

  /// Whether the access token is over, or will be in a moment.
  func isOver(at now: Int) -> Bool { expiresAt.map { $0 <= now + 10 } ?? false }

  /// Whether there is a way to another access token without the user.
  public var isRenewable: Bool { refreshToken != nil || isForMachine }

  /// Whom it is for and of, without the tokens.
  public var description: String { "grant of \(issuer) for \(server)" }
}

extension Grant {
  /// As it is kept in a file.
  public var json: JSON {
    var object: JSONObject = [
      "server": .string(server), "issuer": .string(issuer), "token_endpoint": .string(tokenEndpoint),
      "client": client.json, "access_token": .string(accessToken), "scope": .string(scopes.joined(separator: " ")),
    ]
    object["resource"] = resource.map(JSON.string)
    object["revocation_endpoint"] = revocationEndpoint.map(JSON.string)
    object["refresh_token"] = refreshToken.map(JSON.string)
    object["expires_at"] = expiresAt.map { .number(JSONNumber($0)) }
    if isForMachine { object["grant_type"] = "client_credentials" }
    return .object(object)
  }

  /// Reads what `json` wrote; nil for anything else.
  public init?(json: JSON) {
    guard let server = json["server"]?.string, let issuer = json["issuer"]?.string,
      let tokenEndpoint = json["token_endpoint"]?.string, let client = json["client"].flatMap(ClientRegistration.init),
      let accessToken = json["access_token"]?.string
    else { return nil }
    self.init(
      server: server, resource: json["resource"]?.string, issuer: issuer, tokenEndpoint: tokenEndpoint,
      revocationEndpoint: json["revocation_endpoint"]?.string, client: client,
      isForMachine: json["grant_type"]?.string == "client_credentials", accessToken: accessToken,
      refreshToken: json["refresh_token"]?.string,
      scopes: (json["scope"]?.string ?? "").split(separator: " ").map(String.init), expiresAt: json["expires_at"]?.int)
  }
}
