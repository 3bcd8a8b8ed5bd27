// SPDX-License-Identifier: Apache-2.0

/// Where and how a service is offered over HTTP.
public struct HTTPOptions: Sendable {
  /// The address to listen on: an IPv4 or IPv6 literal, or `localhost`. Default `127.0.0.1`.
  public var host = "127.0.0.1"
  /// The port; 0 lets the system choose one. Default 8000.
  public var port: UInt16 = 8000
  /// The paths of Streamable HTTP; none turns it off. Default `/mcp` and `/stream`.
  public var streamablePaths = ["/mcp", "/stream"]
  /// The path of the event stream of HTTP+SSE (2024-11-05, deprecated); nil, the default, turns it off.
  public var eventsPath: String?
  /// Where clients of HTTP+SSE send their messages. Default `/messages`.
  public var messagesPath = "/messages"
  /// Names this server is called by, besides loopback names, in `Host`. Only asked when listening on loopback, or
  /// when not empty.
  public var allowedHosts: [String] = []
  /// Web origins that may call, besides loopback ones, such as `https://example.com`.
  public var allowedOrigins: [String] = []
  /// Who may call, when that is to change while the server runs: then it says what the two lists above, `trustedProxies`,
  /// `cors`, `strictTransport` and `addressLimit` say otherwise. Default nil.
  public var access: HTTPAccess?
  /// Threads that serve connections. Default 1.
  public var threads = 1
  /// Open connections; beyond, new ones are turned away with 503. Default 20 000.
  public var connections = 20_000
  /// How long a client may take for the head of a request, or pause in its body; nil, the default, is 10 s and 30 s.
  public var readTime: Duration?
  /// How long a client may take nothing of what waits for it. Default 30 s.
  public var writeTime: Duration = .seconds(30)
  /// How long a connection is kept between two requests. Default 75 s.
  public var idleTime: Duration = .seconds(75)

  /// Open connections of one IPv4 address, or of the /64 of an IPv6 one; beyond, new ones are turned away with 429. Nil, the
  /// default, has no limit of its own. Those of trusted proxies are not counted.
  public var connectionsPerAddress: Int?
  /// How often one IPv4 address, or the /64 of an IPv6 one, may ask, whoever is behind it; beyond, requests are answered with 429.
  /// Behind trusted proxies it is the client's address that counts. `/health` and `/ready` are always answered. Nil, the default,
  /// has no limit.
  public var addressLimit: RateLimit?
  /// Proxies that are believed what `X-Forwarded-For`, `-Proto`, `-Host`, `-Port` and `-Prefix` say. Default none.
  public var trustedProxies: [TrustedProxy] = []
  /// What pages of the allowed origins are let do.
  public var cors = CORSOptions()
  /// For how long browsers remember to use TLS alone (`Strict-Transport-Security`, over TLS); nil, the default, says nothing.
  public var strictTransport: Duration?
  /// From how many bytes on JSON is compressed for clients that can read gzip; nil, the default, never does. What tells
  /// secrets beside text of somebody else's choice should not be compressed: its length gives them away (BREACH).
  public var compressedFrom: Int?
  /// Who the server is over TLS; nil, the default, speaks HTTP in the clear.
  public var tls: TLSIdentity?

  /// The key for `POST /reload-config`, where `Service.serve` is given what reloads; nil, the default, has no such path.
  public var adminKey: AdminKey?

  /// The path of the metrics. Default `/metrics`.
  public var metricsPath = "/metrics"
  /// Where metrics are shown. Default `.automatic`.
  public var monitoring = Monitoring.automatic

  /// Where metrics are shown. Health and readiness are always told at the service's own address.
  public enum Monitoring: Sendable, Hashable {
    /// At `/metrics` of the service's own address when only this machine reaches it; nowhere when others do, because metrics
    /// say more of a service than its users need to know.
    case automatic
    /// At `/metrics`, beside `/health` and `/ready`, of an address of their own: an IPv4 or IPv6 literal, or `localhost`.
    case at(host: String, port: UInt16)

    /// Whether they are shown at the service's own address.
    func isBeside(isLoopback: Bool) -> Bool { self == .automatic && isLoopback }
  }

  /// Makes options with the defaults.
  public init() {}

  /// Makes options for an address; for this machine alone unless `host` says otherwise.
  public init(host: String = "127.0.0.1", port: UInt16) {
    self.host = host
    self.port = port
  }
}
