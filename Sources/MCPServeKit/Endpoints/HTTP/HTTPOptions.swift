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
  /// Threads that serve connections. Default 1.
  public var threads = 1
  /// Open connections; beyond, new ones are turned away with 503. Default 20 000.
  public var connections = 20_000

  /// Makes options with the defaults.
  public init() {}

  /// Makes options for an address; for this machine alone unless `host` says otherwise.
  public init(host: String = "127.0.0.1", port: UInt16) {
    self.host = host
    self.port = port
  }
}
