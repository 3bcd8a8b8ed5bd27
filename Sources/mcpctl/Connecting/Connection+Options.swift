// SPDX-License-Identifier: GPL-3.0-or-later
import EventIO
import MCPClientKit
import MCPCore
import Observability

extension Connection {
  /// What the client is told of all that was said.
  var clientOptions: ClientOptions {
    var timeouts = ClientOptions.Timeouts(connect: options.connectTimeout)
    if let timeout = options.timeout {
      (timeouts.idle, timeouts.total) = (timeout, timeout)
      timeouts.opening = min(timeouts.opening, timeout)
      timeouts.connect = min(timeouts.connect, timeout)
      timeouts.probe = min(timeouts.probe, timeout)
    }
    var sent = headers
    if case .url(_, _, let more) = resolved.target {
      sent += more.filter { extra in !headers.contains { $0.name.lowercased() == extra.name.lowercased() } }
    }
    var result = ClientOptions(
      client: Implementation(name: "mcpctl", version: Version.number),
      responder: naming(responder), protocolChoice: options.protocol.choice, timeouts: timeouts,
      limits: .init(cachedResults: 0),
      traceContext: TraceContext.read(console, begins: talk.verbosity > 0 && exporter == nil),
      tracer: exporter?.tracer(), checksOutput: checksOutput,
      retries: options.retry,
      http: .init(
        headers: sent.map { .init($0.name, $0.value) }, certificateAuthorities: options.cacert,
        certificate: options.cert, key: options.key, allowsAnyCertificate: options.insecure),
      standardError: talk.verbosity > 0 && talk.listener == nil ? .inherit : .capture,
      onNotification: { [talk] in talk.heard($0) },
      logger: Logger(level: .warning) { [talk] in talk.warn($0) })
    if answersLater { result.capabilities["elicitation"] = ["form": [:], "url": [:]] }
    if talk.listener?.showsStandardError == true { result.onStandardError = { [talk] in talk.muttered($0) } }
    if talk.verbosity > 0 || talk.listener != nil { result.onTrace = { [talk] in talk.trace($0) } }
    return result
  }
}

extension Connection {
  private func naming(_ responder: (any Responder)?) -> (any Responder)? {
    guard let responder, let asker else { return responder }
    return NamingResponder(name: asker, responder: responder)
  }
}

extension ProtocolChoice {
  var choice: ClientOptions.ProtocolChoice {
    switch self {
    case .auto: .automatic
    case .legacy: .legacy
    default: Revision(rawValue: rawValue).map { .revision($0) } ?? .automatic
    }
  }
}
