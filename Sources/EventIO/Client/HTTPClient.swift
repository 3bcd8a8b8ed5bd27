// SPDX-License-Identifier: Apache-2.0

/// Sends HTTP requests from a thread of its own, over libcurl, which is loaded with the first of them.
///
/// Proxies come from the usual environment variables; HTTP/2 is used where a TLS server offers it. Redirects are
/// followed within one origin only, so that neither a body nor a header ever goes to somebody else.
package final class HTTPClient: Sendable {
  /// Whom to trust and how to get there.
  package struct Options: Sendable, Hashable {
    /// A file of certificates to trust instead of the system's.
    package var certificateAuthorities: String?
    /// A file with our certificate.
    package var certificate: String?
    /// A file with the key of our certificate.
    package var key: String?
    /// Whether to accept any certificate.
    package var acceptsAnyCertificate: Bool
    /// Addresses that override name resolution: `host:port:address`.
    package var resolve: [String]
    /// For name, connection and TLS together. Default 10 s.
    package var connectTimeout: Duration
    /// How many bytes of a body wait unread before the peer has to. Default 1 MiB.
    package var unread: Int
    /// How many redirects are followed. Default 5.
    package var redirects: Int

    package init(
      certificateAuthorities: String? = nil, certificate: String? = nil, key: String? = nil,
      acceptsAnyCertificate: Bool = false, resolve: [String] = [], connectTimeout: Duration = .seconds(10),
      unread: Int = 1 << 20, redirects: Int = 5
    ) {
      self.certificateAuthorities = certificateAuthorities
      self.certificate = certificate
      self.key = key
      self.acceptsAnyCertificate = acceptsAnyCertificate
      self.resolve = resolve
      self.connectTimeout = connectTimeout
      self.unread = unread
      self.redirects = redirects
    }
  }

  /// One request.
  package struct Request: Sendable {
    package var method: HTTPMethod
    package var url: String
    package var headers: HTTPHeaders
    package var body: [UInt8]?
    /// How long the server may be silent, before its head and within its body; nil waits for ever.
    package var idleTimeout: Duration?
    /// How long everything may take; nil has no limit.
    package var totalTimeout: Duration?
    /// Whether it may be sent again when a kept connection ends before any response. By default all but POST.
    package var isRepeatable: Bool

    package init(
      _ method: HTTPMethod, _ url: String, headers: HTTPHeaders = [:], body: [UInt8]? = nil,
      idleTimeout: Duration? = nil, totalTimeout: Duration? = nil, isRepeatable: Bool? = nil
    ) {
      self.method = method
      self.url = url
      self.headers = headers
      self.body = body
      self.idleTimeout = idleTimeout
      self.totalTimeout = totalTimeout
      self.isRepeatable = isRepeatable ?? (method != .post)
    }
  }

  private let options: Options
  private let owner: HTTPClientThread

  /// - Throws: `IOError` `.unavailable` naming the package to install when there is no libcurl.
  package init(_ options: Options = Options()) throws(IOError) {
    self.options = options
    owner = try HTTPClientThread()
    try owner.start()
  }

  deinit { owner.close() }

  /// Breaks off whatever is under way; later requests fail.
  package func close() { owner.close() }

  /// Sends `request` and returns as soon as the response's head is there. Cancelling the task breaks it off.
  /// - Throws: `IOError` naming the host, what it came to, and what to do.
  package func send(_ request: Request) async throws(IOError) -> Response {
    var request = request
    guard let origin = HTTPURL.origin(of: request.url) else {
      throw IOError(.invalid, "'\(HTTPURL.shown(request.url))' is no URL: it needs http:// or https:// and a host")
    }
    for _ in 0...options.redirects {
      let response = try await owner.begin(request, options).response()
      guard let location = response.redirection else { return response }
      response.body.cancel()
      guard let next = HTTPURL.resolve(location, from: request.url), HTTPURL.origin(of: next) == origin else {
        throw IOError(
          .malformed,
          "\(HTTPURL.shown(request.url)) redirects to another origin, \(HTTPURL.shown(location)): use that URL if you trust it"
        )
      }
      guard response.keepsMethodOnRedirect || request.body == nil else {
        throw IOError(
          .malformed,
          "\(HTTPURL.shown(request.url)) redirects a \(request.method) to \(HTTPURL.shown(location)) as GET: use that URL"
        )
      }
      request.url = next
    }
    throw IOError(.malformed, "\(HTTPURL.shown(request.url)) redirects more than \(options.redirects) times")
  }
}

extension HTTPClient {
  /// The head of a response, and its body as it comes.
  package struct Response: Sendable {
    package let status: HTTPStatus
    package let headers: HTTPHeaders
    package let body: HTTPClientBody
    /// When what was reached, up to the head.
    package let times: Times

    /// The `Location` of a redirect.
    fileprivate var redirection: String? {
      switch status.rawValue {
      case 301, 302, 303, 307, 308: headers["Location"]
      default: nil
      }
    }

    fileprivate var keepsMethodOnRedirect: Bool { status.rawValue == 307 || status.rawValue == 308 }
  }

  /// How long after its start a request had reached what; zero for what it did not need, as on a kept connection.
  package struct Times: Sendable, Hashable {
    package var resolved, connected, secured, firstByte: Duration
  }
}
