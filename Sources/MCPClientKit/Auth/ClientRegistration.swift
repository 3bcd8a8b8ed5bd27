// SPDX-License-Identifier: Apache-2.0
import EventIO
public import JSONKit

/// What an authorization server knows this client by. Belongs to one issuer, and is never shown to another.
public struct ClientRegistration: Sendable, Hashable, CustomStringConvertible {
  /// How the client got it.
  public enum Origin: String, Sendable, Hashable {
    /// Somebody arranged it with the authorization server.
    case preregistered
    /// The id is the URL of the client's metadata.
    case metadataDocument = "metadata_document"
    /// The client registered itself (RFC 7591).
    case dynamic
  }

  /// How the client shows who it is when it asks for tokens (RFC 7591, `token_endpoint_auth_method`).
  public enum Method: String, Sendable, Hashable {
    /// It only says so.
    case none
    /// With its secret in the form.
    case post = "client_secret_post"
    /// With its secret in a header.
    case basic = "client_secret_basic"
  }

  /// The client's id.
  public var id: String
  /// Its secret, where it has one.
  public var secret: String?
  /// How it shows who it is.
  public var method: Method
  /// How it got all that.
  public var origin: Origin
  /// Where the user's browser is sent back to.
  public var redirectURI: String?
  /// The scopes it may ask for; nil for any.
  public var scopes: [String]?
  /// When the secret ends, in seconds since 1970; nil when it does not.
  public var expiresAt: Int?

  /// Makes a registration.
  public init(
    id: String, secret: String? = nil, method: Method? = nil, origin: Origin, redirectURI: String? = nil,
    scopes: [String]? = nil, expiresAt: Int? = nil
  ) {
    (self.id, self.secret, self.origin) = (id, secret, origin)
    self.method = method ?? (secret == nil ? .none : .post)
    (self.redirectURI, self.scopes, self.expiresAt) = (redirectURI, scopes, expiresAt)
  }

  /// The id and the origin, never the secret.
  public var description: String { "client \(id) (\(origin.rawValue))" }

  /// The fields and the header that show a token endpoint who asks.
  var credentials: (fields: [(String, String)], authorization: String?) {
    let named = [("client_id", id)]
    guard let secret else { return (named, nil) }
    switch method {
    case .none: return (named, nil)
    case .post: return (named + [("client_secret", secret)], nil)
    case .basic:
      let pair = "\(PercentEncoding.encoded(id)):\(PercentEncoding.encoded(secret))"
      return (named, "Basic \(Base64.standard.text(Array(pair.utf8)))")
    }
  }
}

extension ClientRegistration {
  /// As it is kept in a file.
  public var json: JSON {
    var object: JSONObject = [
      "client_id": .string(id), "token_endpoint_auth_method": .string(method.rawValue),
      "origin": .string(origin.rawValue),
    ]
    object["client_secret"] = secret.map(JSON.string)
    object["redirect_uri"] = redirectURI.map(JSON.string)
    object["scope"] = scopes.map { .string($0.joined(separator: " ")) }
    object["expires_at"] = expiresAt.map { .number(JSONNumber($0)) }
    return .object(object)
  }

  /// Reads what `json` wrote; nil for anything else.
  public init?(json: JSON) {
    guard let id = json["client_id"]?.string, let origin = json["origin"]?.string.flatMap(Origin.init) else {
      return nil
    }
    self.init(
      id: id, secret: json["client_secret"]?.string,
      method: json["token_endpoint_auth_method"]?.string.flatMap(Method.init), origin: origin,
      redirectURI: json["redirect_uri"]?.string,
      scopes: json["scope"]?.string.map { $0.split(separator: " ").map(String.init) },
      expiresAt: json["expires_at"]?.int)
  }
}
