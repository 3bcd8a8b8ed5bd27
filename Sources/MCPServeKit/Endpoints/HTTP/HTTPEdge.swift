// SPDX-License-Identifier: Apache-2.0
import EventIO
import MCPCore

/// What stands between the server's paths and whoever calls them: who may call, who is believed, and what goes with every
/// answer.
struct HTTPEdge: Sendable {
  let guards: HTTPGuards
  private let proxies: TrustedProxies
  private let crossOrigin: CrossOrigin
  private let plain: HTTPHeaders
  private let secure: HTTPHeaders
  private let compresses: Bool
  private let limiter: RateLimiter?

  init(_ options: HTTPOptions, _ access: HTTPAccess, isLoopback: Bool) {
    let terms = access.terms
    guards = HTTPGuards(hosts: terms.hosts, origins: terms.origins, isLoopback: isLoopback)
    proxies = TrustedProxies(ranges: terms.proxies.map(\.range))
    crossOrigin = CrossOrigin(terms.cors, origins: terms.origins)
    var fields: HTTPHeaders = ["X-Content-Type-Options": "nosniff"]
    plain = fields
    if let time = terms.strictTransport {
      fields.add("Strict-Transport-Security", "max-age=\(max(0, time.components.seconds))")
    }
    secure = fields
    compresses = options.compressedFrom != nil
    limiter = terms.addressLimiter
  }

  /// What is settled for all requests with this head.
  func terms(for head: HTTPHead) -> EdgeTerms {
    let origin = proxies.origin(of: head, serves: guards.serves)
    var fields = origin.isSecure ? secure : plain
    if let page = head.headers["origin"], guards.refusal(of: head) == nil { crossOrigin.describe(page, in: &fields) }
    return EdgeTerms(
      origin, fields, acceptsGzip: compresses && head.headers.acceptGzip,
      limit: limiter.map { AddressLimit($0, for: origin.client) })
  }

  /// The answer to a browser that asks before it sends what a page wants; nil when the request is none of that, or the page
  /// may not call.
  func preflight(_ head: HTTPHead, methods: String) -> HTTPAnswer? {
    guards.refusal(of: head) == nil ? crossOrigin.preflight(head, methods: methods) : nil
  }
}

/// What the edge has settled for all requests with one head.
final class EdgeTerms: Sendable {
  let origin: RequestOrigin
  /// Of a request nobody has looked at yet.
  static let unsettled = EdgeTerms(
    RequestOrigin(client: .loopback(port: 0), isSecure: false, authority: nil), [:], acceptsGzip: false)

  /// What goes with every answer.
  let fields: HTTPHeaders
  /// Whether the client can read gzip, and the server writes it.
  let acceptsGzip: Bool
  /// How often the client's address may ask; nil when that does not matter.
  let limit: AddressLimit?

  init(_ origin: RequestOrigin, _ fields: HTTPHeaders, acceptsGzip: Bool, limit: AddressLimit? = nil) {
    self.origin = origin
    self.fields = fields
    self.acceptsGzip = acceptsGzip
    self.limit = limit
  }
}

/// How often an address may ask, whoever is behind it.
struct AddressLimit: Sendable {
  private let limiter: RateLimiter
  private let address: String

  /// Of an IPv6 address the network counts, because who has one has all of it.
  init(_ limiter: RateLimiter, for client: SocketAddress) {
    self.limiter = limiter
    address = client.neighbourhood.host
  }

  /// Counts a request; nil unless it is one too many.
  func refusal(of exchange: HTTPExchange, _ why: String = "this address asks too often") -> HTTPAnswer? {
    guard let pause = limiter.take(address, tool: nil) else { return nil }
    let error = RPCError.tooManyRequests(why, retryAfter: pause)
    return exchange.explain(.error(.tooManyRequests, error), error)
  }
}

/// A proxy, or a range of them, that is believed what it says of the clients it forwards.
public struct TrustedProxy: Sendable, Hashable, CustomStringConvertible {
  let range: AddressRange

  /// Reads an address, or a range such as `10.0.0.0/8`; nil when it is neither.
  public init?(_ text: String) {
    guard let range = AddressRange(text) else { return nil }
    self.range = range
  }

  /// As it was written.
  public var description: String { range.description }
}
