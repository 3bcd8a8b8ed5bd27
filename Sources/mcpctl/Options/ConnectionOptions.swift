// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit

/// Which server, and how to reach it.
struct ConnectionOptions: OptionGroup {
  @Option(
    "Server: a name of `mcpctl servers`, a URL, host:port, FILE.json:entry or builtin. MCPCTL_SERVER names a default.",
    short: "s", value: "TARGET", isExclusive: true, completion: .dynamic("servers"))
  var server: String?
  @Option("How a URL is spoken to; auto tries http-stream first, then sse.", value: "TRANSPORT") var transport =
    ClientTransportChoice.auto
  @Option("Protocol revision to speak; auto finds out, legacy is any before 2026-07-28.", value: "REVISION")
  var `protocol` = ProtocolChoice.auto
  @Option("Header for HTTP servers; the value may be env:NAME or file:PATH.", short: "H", value: "'K: V'")
  var header: [String]
  @Option("Send the token in this environment variable as bearer token.", value: "NAME") var bearerEnv: String?
  @Option("Send the token in this file as bearer token.", value: "FILE", completion: .file) var bearerFile: String?
  @Flag("Ask at the terminal for a bearer token to send, and do not show it.") var askpass: Bool
  @Option("Environment variable for a server that is started.", short: "E", value: "K=V") var env: [String]
  @Option("Directory a server is started in.", value: "DIR", completion: .directory) var cwd: String?
  @Option("Give up after this long. Default 1m without a sign of life, 10m in all.", value: "DURATION")
  var timeout: Duration?
  @Option("Repeat a request this often when the connection fails and repeating is harmless.", value: "N")
  var retry = 2
  @Option("Give up connecting after this long.", value: "DURATION") var connectTimeout = Duration.seconds(10)
  @Option("Trust the authorities in this PEM file instead of the system's.", value: "FILE", completion: .file)
  var cacert: String?
  @Option("Show https:// servers the certificate in this PEM file.", value: "FILE", completion: .file) var cert: String?
  @Option("Private key of --cert, in PEM, when it is in a file of its own.", value: "FILE", completion: .file)
  var key: String?
  @Flag("Accept any certificate, whoever it is from. For tests alone.") var insecure: Bool

  /// Makes a word that names the server the value of --server.
  func settle(_ target: String?) throws(UsageError) {
    guard let target else { return }
    if let server { throw UsageError("two servers are named: \(target), and --server \(server); give one") }
    server = target
  }

  /// Whether anything was said about TLS.
  var speaksOfTLS: Bool { cacert != nil || cert != nil || key != nil || insecure }
}

/// How a URL is spoken to.
enum ClientTransportChoice: String, ChoiceValue {
  case auto, sse
  case httpStream = "http-stream"

  static let otherSpellings: [String: ClientTransportChoice] = [
    "http": .httpStream, "streamable-http": .httpStream, "streaming": .httpStream,
  ]
  var http: Target.HTTP {
    switch self {
    case .auto: .automatic
    case .sse: .sse
    case .httpStream: .streamable
    }
  }
}

/// Which revision to speak.
enum ProtocolChoice: String, ChoiceValue {
  case auto, legacy
  case v20241105 = "2024-11-05"
  case v20250326 = "2025-03-26"
  case v20250618 = "2025-06-18"
  case v20251125 = "2025-11-25"
  case v20260728 = "2026-07-28"
}
