// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit

/// Fetches the keys of an issuer.
struct KeySource: Sendable {
  let issuer: TokenIssuer
  private static let deadline = Duration.seconds(10)

  /// - Throws: `IOError` or `TokenFault`, naming the place.
  func load() async throws -> JSONWebKeySet {
    switch issuer.keys {
    case .text(let text): return try JSONWebKeySet(Array(text.utf8))
    case .file(let path): return try keys(try contents(ofFile: path, limit: JSONWebKeySet.limit), path)
    case .url(let url): return try await withClient { try await keys(at: url, $0) }
    case .discovered:
      return try await withClient { client in
        try await keys(at: try await discoveredURL(client), client)
      }
    }
  }

  private func withClient<Value>(_ body: (HTTPClient) async throws -> Value) async throws -> Value {
    let client = try HTTPClient(.init(certificateAuthorities: issuer.certificateAuthorities))
    defer { client.close() }
    return try await body(client)
  }

  private func keys(at url: String, _ client: HTTPClient) async throws -> JSONWebKeySet {
    guard let bytes = try await fetch(url, limit: JSONWebKeySet.limit, client) else {
      throw IOError(.invalid, "there is no key set at \(HTTPURL.shown(url))")
    }
    return try keys(bytes, HTTPURL.shown(url))
  }

  private func keys(_ bytes: [UInt8], _ place: String) throws -> JSONWebKeySet {
    do {
      return try JSONWebKeySet(bytes)
    } catch {
      throw TokenFault("\(place): \(error)")
    }
  }

  /// Asks the well-known places one after the other.
  ///
  /// Spec: RFC 8414 section 3 and OpenID Connect Discovery section 4; section 3.3 of the former: the metadata is the
  /// issuer's only when it says so.
  private func discoveredURL(_ client: HTTPClient) async throws -> String {
    let places = Self.metadataPlaces(of: issuer.name)
    for place in places {
      guard let bytes = try await fetch(place, limit: 1 << 18, client) else { continue }
      guard let metadata = try? JSON(parsing: bytes, limits: JSONLimits(depth: 16, bytes: 1 << 18, values: 10_000)),
        metadata["issuer"]?.string?.hasBytes(of: issuer.name) == true
      else { throw TokenFault("\(place) is not the metadata of \(issuer.name)") }
      guard let url = metadata["jwks_uri"]?.string else { throw TokenFault("\(place) names no jwks_uri") }
      return url
    }
    throw TokenFault("\(issuer.name) has no metadata at \(places.joined(separator: " or "))")
  }

  static func metadataPlaces(of issuer: String) -> [String] {
    guard let slashes = issuer.firstRange(of: "://") else { return [] }
    let rest = issuer[slashes.upperBound...]
    let host = issuer[..<slashes.upperBound] + rest.prefix { $0 != "/" }
    var path = rest.drop { $0 != "/" }
    if path.last == "/" { path.removeLast() }
    let places = [
      "\(host)/.well-known/oauth-authorization-server\(path)", "\(host)/.well-known/openid-configuration\(path)",
    ]
    return path.isEmpty ? places : places + ["\(host)\(path)/.well-known/openid-configuration"]
  }

  /// The document at a URL; nil when there is none.
  private func fetch(_ url: String, limit: Int, _ client: HTTPClient) async throws -> [UInt8]? {
    guard Self.isTrustworthy(url) else {
      throw IOError(.invalid, "\(HTTPURL.shown(url)) is not fetched: it needs https, or http on this machine")
    }
    let response = try await client.send(
      .init(.get, url, headers: ["Accept": "application/json"], totalTimeout: Self.deadline))
    guard response.status == .ok else {
      response.body.discard()
      if response.status.rawValue / 100 == 4 { return nil }
      throw IOError(.receive, "\(HTTPURL.shown(url)) answers \(response.status)")
    }
    return try await response.body.collect(limit: limit)
  }

  /// Whether nobody on the way can change what comes from a URL.
  static func isTrustworthy(_ url: String) -> Bool {
    guard let origin = HTTPURL.origin(of: url) else { return false }
    return origin.hasPrefix("https://") || origin.dropFirst("http://".utf8.count).utf8.span.isLoopbackHost
  }
}
