// SPDX-License-Identifier: GPL-3.0-or-later
import EventIO
import MCPConfig
import MCPServeKit

/// What TLS is made of.
struct TLSSettings {
  let certificate, key: String
  let clientAuthorities: String?
  let oldest: TLSIdentity.Version
  let reloadTime: Duration?
}

extension ServeSettings {
  /// The path clients are told: that of the events for `sse`. --path is about whichever is served.
  var path: String {
    let isTyped = if case .flag = config.origin("transport.path") { true } else { false }
    return config.text(transport == .sse && !isTyped ? "transport.sse_path" : "transport.path") ?? "/mcp"
  }

  var host: String { config.text("transport.host") ?? "127.0.0.1" }

  /// Whether TLS is spoken.
  var speaksTLS: Bool {
    if case .flag = config.origin("transport.tls.cert_file") { return true }
    return config.flag("transport.tls.enabled")
  }

  /// What is offered over HTTP, without the files and keys that takes.
  var http: HTTPOptions {
    var options = HTTPOptions(host: host, port: UInt16(clamping: config.integer("transport.port") ?? 8000))
    options.threads = config.integer("performance.threads") ?? options.threads
    options.messagesPath = config.text("transport.messages_path") ?? options.messagesPath
    switch transport {
    case .sse:
      options.streamablePaths = []
      options.eventsPath = path
    case .stdio, .httpStream:
      if config.origin("transport.path") != .standard { options.streamablePaths = [path] }
      if config.flag("transport.sse") { options.eventsPath = config.text("transport.sse_path") }
    }
    options.metricsPath = config.text("metrics.path") ?? options.metricsPath
    if let address = metricsAddress { options.monitoring = .at(host: address.host, port: address.port) }
    options.compressedFrom = config.size("transport.compress_from").map { max($0, 1) }
    connections(in: &options)
    edge(in: &options)
    return options
  }

  private func connections(in options: inout HTTPOptions) {
    options.connections = config.integer("performance.max_connections") ?? options.connections
    options.connectionsPerAddress = config.integer("performance.max_connections_per_address")
    options.addressLimit = config.text("rate_limit.address").flatMap { try? RateWord(argument: $0) }?.limit
    options.readTime = config.duration("transport.read_timeout")
    options.writeTime = config.duration("transport.write_timeout") ?? options.writeTime
    options.idleTime = config.duration("transport.idle_timeout") ?? options.idleTime
  }

  private func edge(in options: inout HTTPOptions) {
    options.allowedHosts = config.list("transport.allowed_hosts")
    options.allowedOrigins = config.list("transport.allowed_origins")
    options.cors.isEnabled = config.flag("transport.cors.enabled")
    if options.cors.isEnabled { options.allowedOrigins += config.list("transport.cors.allowed_origins") }
    options.cors.allowedHeaders = config.list("transport.cors.allowed_headers")
    options.cors.exposedHeaders = config.list("transport.cors.exposed_headers")
    options.cors.allowsCredentials = config.flag("transport.cors.allow_credentials")
    options.cors.maxAge = config.duration("transport.cors.max_age") ?? options.cors.maxAge
    options.trustedProxies = config.list("transport.trusted_proxies").compactMap(TrustedProxy.init)
    options.strictTransport = config.duration("transport.hsts")
  }

  /// The files of TLS and its rules; nil where it is not spoken.
  var tls: TLSSettings? {
    guard transport != .stdio, speaksTLS, let certificate = config.text("transport.tls.cert_file"),
      let key = config.text("transport.tls.key_file")
    else { return nil }
    let pause = config.duration("transport.tls.reload") ?? .zero
    return TLSSettings(
      certificate: certificate, key: key, clientAuthorities: config.text("transport.tls.client_ca_file"),
      oldest: config.text("transport.tls.min_version") == "1.3" ? .tls13 : .tls12,
      reloadTime: pause > .zero ? pause : nil)
  }

  /// Reads the files of TLS; nil where it is not spoken.
  func identity() throws(Failure) -> TLSIdentity? {
    guard let tls else { return nil }
    do {
      return try TLSIdentity(
        certificate: tls.certificate, key: tls.key, clientAuthorities: tls.clientAuthorities, oldest: tls.oldest,
        reloadTime: tls.reloadTime)
    } catch let error as IOError {
      throw Failure(.badConfiguration, error.code.rawValue, error.message)
    } catch {
      throw Failure(.badConfiguration, "tls", "\(error)")
    }
  }

  var limits: ServeLimits {
    var limits = ServeLimits()
    limits.messageBytes = config.size("performance.max_body") ?? limits.messageBytes
    limits.replyBytes = config.size("performance.max_output") ?? limits.replyBytes
    limits.requestsInFlight = config.integer("performance.requests_in_flight") ?? limits.requestsInFlight
    limits.callsInFlight = config.integer("performance.max_calls") ?? limits.callsInFlight
    limits.sessions = config.integer("session.max_sessions") ?? limits.sessions
    limits.sessionLifetime = config.duration("session.ttl") ?? limits.sessionLifetime
    limits.initializeTime = config.duration("session.initialize_timeout") ?? limits.initializeTime
    limits.keepAlive = config.duration("session.keep_alive") ?? limits.keepAlive
    limits.drainTime = config.duration("performance.shutdown_timeout") ?? limits.drainTime
    return limits
  }
}
