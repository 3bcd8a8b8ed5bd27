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
  /// What came before the body. Requests of one connection that say the same share it.
  package let head: HTTPHead
  /// Empty when there is none. Transfer codings have been undone.
  package var body: [UInt8]

  package init(_ head: HTTPHead, body: [UInt8] = []) {
    self.head = head
    self.body = body
  }

  package init(
    method: HTTPMethod, target: String, headers: HTTPHeaders = [:], body: [UInt8] = [], remote: SocketAddress
  ) {
    self.init(HTTPHead(method: method, target: target, headers: headers, remote: remote), body: body)
  }

  package var method: HTTPMethod { head.method }
  package var target: String { head.target }
  package var path: String { head.path }
  package var query: String? { head.query }
  package var headers: HTTPHeaders { head.headers }
  package var remote: SocketAddress { head.remote }
  package var isSecure: Bool { head.isSecure }
  package var certificate: ClientCertificate? { head.certificate }
  package var keepsAlive: Bool { head.keepsAlive }
  package var minorVersion: UInt8 { head.minorVersion }
}
