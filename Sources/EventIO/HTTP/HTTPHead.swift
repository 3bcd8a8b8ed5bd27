// SPDX-License-Identifier: Apache-2.0

/// What a request says before its body, checked.
package final class HTTPHead: Sendable {
  package let method: HTTPMethod
  /// What the request line names, as sent: usually a path, perhaps with a query.
  package let target: String
  /// The target without its query and, in absolute form, without scheme and authority. Not percent-decoded.
  package let path: String
  /// What follows the target's first `?`; nil without one. Not percent-decoded.
  package let query: String?
  /// The fields, without Content-Length: the body says how long it is.
  package let headers: HTTPHeaders
  /// Who sent it: the nearest hop, whatever headers say.
  package let remote: SocketAddress
  /// Whether it came over TLS.
  package let isSecure: Bool
  /// What the client has shown over TLS, when it was asked to.
  package let certificate: ClientCertificate?
  /// Whether the peer may send further requests on the connection.
  package let keepsAlive: Bool
  /// The 1 of HTTP/1.1, or 0.
  package let minorVersion: UInt8
  /// The head that says the same but for the value of the handler's free field, and was routed; nil for others.
  private let origin: HTTPHead?
  /// The head whose route answers this one too.
  package var routed: HTTPHead { origin ?? self }

  package init(
    method: HTTPMethod, target: String, headers: HTTPHeaders = [:], remote: SocketAddress, isSecure: Bool = false,
    certificate: ClientCertificate? = nil, keepsAlive: Bool = true, minorVersion: UInt8 = 1
  ) {
    self.method = method
    self.target = target
    (path, query) = Self.split(target)
    self.headers = headers
    self.remote = remote
    self.isSecure = isSecure
    self.certificate = certificate
    self.keepsAlive = keepsAlive
    self.minorVersion = minorVersion
    origin = nil
  }

  /// The same with other headers.
  init(_ origin: HTTPHead, headers: HTTPHeaders) {
    method = origin.method
    target = origin.target
    path = origin.path
    query = origin.query
    self.headers = headers
    remote = origin.remote
    isSecure = origin.isSecure
    certificate = origin.certificate
    keepsAlive = origin.keepsAlive
    minorVersion = origin.minorVersion
    self.origin = origin
  }

  convenience init(
    _ reader: HTTPHeadReader, remote: SocketAddress, isSecure: Bool, certificate: ClientCertificate?
  ) {
    self.init(
      method: reader.method, target: reader.target, headers: reader.headers, remote: remote, isSecure: isSecure,
      certificate: certificate, keepsAlive: reader.keepsAlive, minorVersion: reader.minorVersion)
  }

  /// Whom a target in absolute form names, with its port if it says one; nil when the target is a path.
  package var authority: String? {
    guard target.utf8.first != UInt8(ascii: "/"), let rest = Self.afterScheme(target[...]) else { return nil }
    return String(rest.prefix { $0 != "/" && $0 != "?" })
  }

  private static func split(_ target: String) -> (path: String, query: String?) {
    var rest = target[...]
    if rest.utf8.first != UInt8(ascii: "/"), let authority = afterScheme(rest) {
      let end = authority.utf8.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") }
      rest = authority[(end ?? authority.endIndex)...]
    }
    let mark = rest.utf8.firstIndex(of: UInt8(ascii: "?"))
    let path = rest[..<(mark ?? rest.endIndex)]
    return (path.isEmpty ? "/" : String(path), mark.map { String(rest[rest.utf8.index(after: $0)...]) })
  }

  /// What follows `://`, or nil.
  private static func afterScheme(_ target: Substring) -> Substring? {
    guard let colon = target.utf8.firstIndex(of: UInt8(ascii: ":")), target[colon...].utf8.starts(with: "://".utf8)
    else { return nil }
    return target[target.utf8.index(colon, offsetBy: 3)...]
  }
}
