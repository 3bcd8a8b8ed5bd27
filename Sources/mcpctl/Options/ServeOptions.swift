// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import MCPServeKit
import Observability

/// What peers may cost the server.
struct ServeLimitOptions: OptionGroup {
  @Option("Longest message.", value: "SIZE") var maxBody = ByteCount(10 << 20)
  @Option("Open connections; more are turned away with 503.", value: "N") var maxConnections = 16_384
  @Option("How long a tool may take without showing progress.", value: "DURATION")
  var requestTimeout = Duration.seconds(30)
  @Option("How long a legacy session lives without a request.", value: "DURATION") var sessionTtl = Duration.seconds(
    1800)
  @Option("How long requests in flight may go on after a signal.", value: "DURATION")
  var shutdownTimeout = Duration.seconds(10)

  var service: ServeLimits {
    var limits = ServeLimits()
    limits.messageBytes = max(maxBody.bytes, 1)
    limits.sessionLifetime = sessionTtl
    limits.drainTime = shutdownTimeout
    return limits
  }

  var server: Server.Options {
    var options = Server.Options()
    options.requestTimeLimit = requestTimeout
    options.longestRequest = max(options.longestRequest, requestTimeout)
    return options
  }
}

/// What the server logs.
struct LogOptions: OptionGroup {
  @Option(
    "Least level that is logged. Default info over HTTP, off over stdio.", value: "LEVEL",
    environment: ["MCP_LOG_LEVEL"])
  var logLevel: LogLevel?
  @Option("How log lines look, on standard error.", value: "FORMAT") var logFormat = LogFormat.text

  func logger(isQuietByDefault: Bool) -> Logger {
    guard let level = (logLevel ?? (isQuietByDefault ? .off : .info)).level else { return .silent }
    return LogWriter(logFormat == .json ? .json : .text).logger(level: level)
  }
}

/// How log lines look.
enum LogFormat: String, ChoiceValue {
  case text, json
}

/// What is logged; also in capitals, as many configurations have it.
enum LogLevel: String, ChoiceValue {
  case debug, info, notice, warning, error, critical, off

  static let otherSpellings = Dictionary(
    uniqueKeysWithValues: allCases.map { ($0.rawValue.uppercased(), $0) } + [("WARN", .warning), ("warn", .warning)])

  /// The logger's level; nil is silence.
  var level: Logger.Level? { Logger.Level.allCases.first { "\($0)" == rawValue } }
}
