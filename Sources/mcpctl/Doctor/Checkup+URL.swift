// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import EventIO
import MCPClientKit
import MCPCore
import Synchronization

extension Checkup {
  /// A server at a URL: the way there, then what it says.
  func examineURL(_ url: String, _ listed: [Target.Header]) async throws {
    guard let place = URLPlace(url) else { throw fail("dns", "'\(HTTPURL.shown(url))' is no URL of a host") }
    var addresses: [SocketAddress] = []
    if let proxy = place.proxy(connection.console.environment) {
      for step in ["dns", "tcp", "tls"] { notes.add(Examined(step, .skipped, "left to the proxy \(proxy)")) }
    } else if replicas?.isEmpty != false {
      addresses = try await examineWay(to: place)
    }
    guard let replicas else { return try await examineServer(listed) }
    let outcome: Result<Void, any Error>
    do {
      // Where other addresses are to be asked, the name need not lead anywhere.
      if !replicas.isEmpty, place.proxy(connection.console.environment) == nil { _ = try await examineWay(to: place) }
      outcome = .success(try await examineServer(listed))
    } catch {
      outcome = .failure(error)
    }
    if let proxy = place.proxy(connection.console.environment), !replicas.isEmpty {
      notes.add(
        Examined(
          "replicas", .warning, "the proxy \(proxy) chooses the address, not --at",
          hint: "no_proxy=\(place.host) in the environment goes there without it"))
      return try outcome.get()
    }
    // Also where that went wrong: replicas that know nothing of each other may be why.
    if !replicas.isEmpty { addresses = replicas.compactMap { SocketAddress(host: $0, port: place.port) } }
    let exam = ReplicaExam(
      connection: connection, url: url, place: place, addresses: addresses, areNamed: !replicas.isEmpty)
    for finding in try await exam.findings() { notes.add(finding) }
    try outcome.get()
  }

  // MARK: The way

  /// - Returns: the addresses of the host.
  private func examineWay(to place: URLPlace) async throws -> [SocketAddress] {
    let limit =
      connection.options.timeout.map { min($0, connection.options.connectTimeout) }
      ?? connection.options.connectTimeout
    let addresses: [SocketAddress]
    (addresses, _) = try await step("dns", hint: "is the name right, and does this machine reach a name server?") {
      () async throws(IOError) in
      let found = try await Reach.addresses(of: place.host, port: place.port, within: limit)
      return (
        found,
        found.map(\.host) == [place.host] ? "an address needs no lookup" : found.map(\.host).joined(separator: ", ")
      )
    }
    _ = try await step("tcp", hint: "is the server running, and does a firewall let you through?") {
      () async throws(IOError) in
      _ = try await Reach.connect(to: place.host, port: place.port, tls: nil, within: limit)
      return ((), "port \(place.port) takes connections")
    }
    guard place.isSecure else {
      let isHere = addresses.allSatisfy(\.isLoopback)
      notes.add(
        isHere
          ? Examined("tls", .skipped, "plain HTTP, within this machine")
          : Examined("tls", .warning, "plain HTTP: everybody on the way can read and change what is said"))
      return addresses
    }
    try await examineTLS(place, limit)
    return addresses
  }

  private func examineTLS(_ place: URLPlace, _ limit: Duration) async throws {
    let options = connection.options
    let start = ContinuousClock.now
    do throws(IOError) {
      let files = TLSClientFiles(
        authorities: options.cacert, certificate: options.cert, key: options.cert.map { options.key ?? $0 })
      let agreement = try await Reach.connect(
        to: place.host, port: place.port, tls: try TLSContext(client: files), within: limit)
      notes.add(Self.trusted(agreement, ContinuousClock.now - start))
    } catch {
      guard !options.insecure else {
        notes.add(Examined("tls", .warning, "not trusted, which --insecure does not mind: \(error.message)"))
        return
      }
      throw fail(
        "tls", error.message, hint: "--cacert FILE trusts a private authority; a server without TLS is http://")
    }
  }

  /// A certificate that is about to end is as good as a failure that has a date.
  private static func trusted(_ agreement: TLSAgreement?, _ time: Duration) -> Examined {
    let text = "\(agreement?.version ?? "TLS"), with a certificate to trust"
    guard let left = agreement?.certificateLifetime else { return Examined("tls", .ok, text, time: time) }
    let days = Int(left / .seconds(86_400))
    let end = days < 2 ? "for \(Int(left / .seconds(3600))) hours" : "for \(days) days"
    return days < 14
      ? Examined("tls", .warning, "\(text) \(end) only: renew it", time: time)
      : Examined("tls", .ok, "\(text) \(end)", time: time)
  }

  private func step<Value: Sendable>(
    _ check: String, hint: String, _ body: () async throws(IOError) -> (Value, String)
  ) async throws -> (Value, String) {
    let start = ContinuousClock.now
    do throws(IOError) {
      let outcome = try await body()
      notes.add(Examined(check, .ok, outcome.1, time: ContinuousClock.now - start))
      return outcome
    } catch {
      throw fail(check, error.messageWithoutQuestion, hint: hint)
    }
  }

  // MARK: The server

  private func examineServer(_ listed: [Target.Header]) async throws {
    let watch = WireWatch()
    let authorizer = connection.authorizer()
    var options = connection.clientOptions
    options.authorizer = authorizer
    options.retries = 0
    let trace = options.onTrace
    options.onTrace = { event in
      watch.see(event)
      trace?(event)
    }
    guard let target = connection.serverTarget else { return }
    let start = ContinuousClock.now
    let client: Client
    do throws(ClientError) {
      client = try await Client.connect(to: target, options: options)
    } catch {
      throw explain(error, connection.failure(error, authorizer).hint, watch)
    }
    notes.add(Examined("http", .ok, watch.status ?? "it answers", time: watch.firstAnswer.map { $0 - start }))
    notes.add(Self.discovery(client.negotiated, since: start))
    let isKnown = watch.sendsCredentials || (connection.headers + listed).contains { Redaction.isSecret($0.name) }
    notes.add(Examined("auth", .ok, isKnown ? "it lets your credentials in" : "it lets everybody in"))
    notes.add(Self.version(client.negotiated))
    try await client.closing { try await examineFeatures(client) }
  }

  /// Notes where it went wrong.
  private func explain(_ error: ClientError, _ hint: String?, _ watch: WireWatch) -> Stop {
    let answered = error.httpStatus.map { "HTTP \($0)" } ?? watch.status
    if error.code == .unauthorized {
      notes.add(Examined("http", .ok, answered ?? "it answers"))
      notes.add(Examined("discovery", .skipped, "it wants to know first who asks"))
      return fail("auth", error.message, hint: hint)
    }
    if error.code == .sessionLost {
      notes.add(Examined("http", .ok, "it answers"))
      return fail(
        "discovery", "\(error.message) it has just opened",
        hint: "are there several servers that share no sessions? --replicas finds out")
    }
    // What came with 400 is an answer of MCP; any other status says that no server of MCP was asked, or none can answer.
    let isRefused = error.httpStatus.map { $0 >= 400 && $0 != 400 } ?? false
    if isRefused || [.unreachable, .disconnected, .timeout, .httpStatus].contains(error.code) {
      return fail("http", error.message, hint: hint)
    }
    notes.add(Examined("http", .ok, answered ?? "it answers"))
    if error.code == .unsupportedRevision {
      notes.add(Examined("discovery", .ok, "it says what it speaks"))
      return fail("version", error.message, hint: hint)
    }
    return fail("discovery", error.message, hint: hint ?? "is there an MCP server at this path?")
  }
}

/// What a checkup wants to know of what travels.
private final class WireWatch: Sendable {
  private struct Seen {
    var status: String?
    var firstAnswer: ContinuousClock.Instant?
    var sendsCredentials = false
  }
  private let seen = Mutex(Seen())

  func see(_ event: TraceEvent) {
    guard case .http(let lines) = event, let first = lines.first else { return }
    seen.withLock { seen in
      if first.hasPrefix("< HTTP "), seen.status == nil {
        seen.status = String(first.dropFirst(2))
        seen.firstAnswer = .now
      }
      if lines.contains(where: { $0.hasPrefix("> Authorization:") }) { seen.sendsCredentials = true }
    }
  }

  var status: String? { seen.withLock(\.status) }
  var firstAnswer: ContinuousClock.Instant? { seen.withLock(\.firstAnswer) }
  var sendsCredentials: Bool { seen.withLock(\.sendsCredentials) }
}
