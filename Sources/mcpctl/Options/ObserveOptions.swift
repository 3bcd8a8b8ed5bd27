// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit

/// What watches the server.
struct ObserveOptions: OptionGroup {
  @Option(
    "Address of its own for /metrics, /health and /ready. Default: beside the service when it listens on loopback, else "
      + "no /metrics.",
    value: "HOST:PORT", environment: ["MCP_METRICS_ADDR"])
  var metricsAddr: HostAndPort?
  @Option("File that gets a line for each HTTP request; - is standard output.", value: "FILE") var accessLog: String?
  @Option(
    "Trace collector that takes OTLP over HTTP, such as http://127.0.0.1:4318.", value: "URL",
    environment: ["OTEL_EXPORTER_OTLP_ENDPOINT"])
  var otlpEndpoint: String?
  @Flag("Log everything, as --log-level debug.") var debug: Bool
  @Flag("Report how busy the server was and how long tools took, when it stops.") var profile: Bool
  @Flag("Report what memory the server took, when it stops.") var memoryProfile: Bool
  @Option("Report after this time rather than when the server stops.", value: "DURATION") var duration: Duration?

  func check() throws(UsageError) {
    if duration != nil, !profile, !memoryProfile {
      throw UsageError("--duration says when to report: add --profile or --memory-profile")
    }
  }
}

/// A host and a port, as `127.0.0.1:9090` or `[::1]:9090`; a port alone is one of this machine.
struct HostAndPort: ArgumentValue {
  let host: String
  let port: UInt16

  init(argument word: String) throws(ValueFault) {
    let colon = word.lastIndex(of: ":")
    let digits = colon.map { word[word.index(after: $0)...] } ?? word[...]
    guard let port = UInt16(digits) else { throw ValueFault("'\(word)' needs a port, as in 127.0.0.1:9090") }
    let host = colon.map { String(word[..<$0]) } ?? ""
    if host.contains(":") && !host.hasPrefix("[") {
      throw ValueFault("'\(word)' is not clear: put the address in brackets, as in [::1]:9090")
    }
    self.host = host.isEmpty ? "127.0.0.1" : host
    self.port = port
  }
  var shown: String? { "\(host):\(port)" }
}
