// SPDX-License-Identifier: Apache-2.0

/// A request's method, case-sensitive.
package struct HTTPMethod: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }

  package static var get: HTTPMethod { HTTPMethod(rawValue: "GET") }
  package static var head: HTTPMethod { HTTPMethod(rawValue: "HEAD") }
  package static var post: HTTPMethod { HTTPMethod(rawValue: "POST") }
  package static var put: HTTPMethod { HTTPMethod(rawValue: "PUT") }
  package static var patch: HTTPMethod { HTTPMethod(rawValue: "PATCH") }
  package static var delete: HTTPMethod { HTTPMethod(rawValue: "DELETE") }
  package static var options: HTTPMethod { HTTPMethod(rawValue: "OPTIONS") }

  package var description: String { rawValue }
}

/// A response's status code.
package struct HTTPStatus: RawRepresentable, Sendable, Hashable, ExpressibleByIntegerLiteral, CustomStringConvertible {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }
  package init(integerLiteral value: Int) { rawValue = value }

  package static var ok: HTTPStatus { 200 }
  package static var accepted: HTTPStatus { 202 }
  package static var noContent: HTTPStatus { 204 }
  package static var badRequest: HTTPStatus { 400 }
  package static var unauthorized: HTTPStatus { 401 }
  package static var forbidden: HTTPStatus { 403 }
  package static var notFound: HTTPStatus { 404 }
  package static var methodNotAllowed: HTTPStatus { 405 }
  package static var notAcceptable: HTTPStatus { 406 }
  package static var requestTimeout: HTTPStatus { 408 }
  package static var conflict: HTTPStatus { 409 }
  package static var lengthRequired: HTTPStatus { 411 }
  package static var contentTooLarge: HTTPStatus { 413 }
  package static var targetTooLong: HTTPStatus { 414 }
  package static var unsupportedMediaType: HTTPStatus { 415 }
  package static var expectationFailed: HTTPStatus { 417 }
  package static var tooManyRequests: HTTPStatus { 429 }
  package static var headersTooLarge: HTTPStatus { 431 }
  package static var internalServerError: HTTPStatus { 500 }
  package static var notImplemented: HTTPStatus { 501 }
  package static var badGateway: HTTPStatus { 502 }
  package static var serviceUnavailable: HTTPStatus { 503 }
  package static var gatewayTimeout: HTTPStatus { 504 }
  package static var versionNotSupported: HTTPStatus { 505 }

  /// The phrase RFC 9110 gives the code, or `Unknown`.
  package var reason: String {
    switch rawValue {
    case 200: "OK"
    case 201: "Created"
    case 202: "Accepted"
    case 204: "No Content"
    case 301: "Moved Permanently"
    case 302: "Found"
    case 303: "See Other"
    case 304: "Not Modified"
    case 307: "Temporary Redirect"
    case 308: "Permanent Redirect"
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 406: "Not Acceptable"
    case 408: "Request Timeout"
    case 409: "Conflict"
    case 410: "Gone"
    case 411: "Length Required"
    case 412: "Precondition Failed"
    case 413: "Content Too Large"
    case 414: "URI Too Long"
    case 415: "Unsupported Media Type"
    case 417: "Expectation Failed"
    case 421: "Misdirected Request"
    case 422: "Unprocessable Content"
    case 426: "Upgrade Required"
    case 428: "Precondition Required"
    case 429: "Too Many Requests"
    case 431: "Request Header Fields Too Large"
    case 500: "Internal Server Error"
    case 501: "Not Implemented"
    case 502: "Bad Gateway"
    case 503: "Service Unavailable"
    case 504: "Gateway Timeout"
    case 505: "HTTP Version Not Supported"
    default: "Unknown"
    }
  }

  package var description: String { "\(rawValue) \(reason)" }

  /// Whether a response of this status has no body by definition.
  var forbidsBody: Bool { rawValue == 204 || rawValue == 304 || rawValue < 200 }
}

/// One whole request, its body included.
package struct HTTPRequest: Sendable {
  package var method: HTTPMethod
  /// What the request line names, as sent: usually a path, perhaps with a query.
  package var target: String
  package var headers: HTTPHeaders
  /// Empty when there is none. Transfer codings have been undone.
  package var body: [UInt8]
  /// Who sent it: the nearest hop, whatever headers say.
  package var remote: SocketAddress
  /// Whether it came over TLS.
  package var isSecure: Bool
  /// Whether the peer may send further requests on the connection.
  package var keepsAlive: Bool
  /// The 1 of HTTP/1.1, or 0.
  package var minorVersion: UInt8

  package init(
    method: HTTPMethod, target: String, headers: HTTPHeaders = [:], body: [UInt8] = [], remote: SocketAddress,
    isSecure: Bool = false, keepsAlive: Bool = true, minorVersion: UInt8 = 1
  ) {
    self.method = method
    self.target = target
    self.headers = headers
    self.body = body
    self.remote = remote
    self.isSecure = isSecure
    self.keepsAlive = keepsAlive
    self.minorVersion = minorVersion
  }

  /// The target without its query and, in absolute form, without scheme and authority. Not percent-decoded.
  package var path: String {
    guard target.utf8.first == UInt8(ascii: "/"), !target.utf8.contains(UInt8(ascii: "?")) else {
      return String(Self.split(target).path)
    }
    return target
  }

  /// What follows the target's first `?`; nil without one. Not percent-decoded.
  package var query: String? { Self.split(target).query.map { String($0) } }

  private static func split(_ target: String) -> (path: Substring, query: Substring?) {
    var rest = target[...]
    if rest.utf8.first != UInt8(ascii: "/"), let authority = afterScheme(rest) {
      let end = authority.utf8.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") }
      rest = authority[(end ?? authority.endIndex)...]
    }
    let mark = rest.utf8.firstIndex(of: UInt8(ascii: "?"))
    let path = rest[..<(mark ?? rest.endIndex)]
    return (path.isEmpty ? "/" : path, mark.map { rest[rest.utf8.index(after: $0)...] })
  }

  /// What follows `://`, or nil.
  private static func afterScheme(_ target: Substring) -> Substring? {
    guard let colon = target.utf8.firstIndex(of: UInt8(ascii: ":")), target[colon...].utf8.starts(with: "://".utf8)
    else { return nil }
    return target[target.utf8.index(colon, offsetBy: 3)...]
  }
}
