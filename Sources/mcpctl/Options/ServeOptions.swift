// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import Observability

/// What peers may cost the server.
struct ServeLimitOptions: OptionGroup {
  @Option("Longest message.", value: "SIZE") var maxBody = ByteCount(10 << 20)
  @Option("Longest answer; an error takes the place of a longer one.", value: "SIZE") var maxOutput = ByteCount(
    64 << 20)
  @Option("Open connections; more are turned away with 503.", value: "N") var maxConnections = 16_384
  @Option("Open connections of one address; more are turned away with 429. Default no limit of its own.", value: "N")
  var maxConnectionsPerAddress: Int?
  @Option("Sessions, and streams of subscriptions; more are turned away with 503.", value: "N") var maxSessions = 10_000
  @Option("Requests in flight; more are answered with 503.", value: "N") var maxCalls = 4_096
  @Option("Requests of one session in flight; more are answered with an error.", value: "N") var maxSessionCalls = 256
  @Option("How long a tool may take without showing progress.", value: "DURATION")
  var requestTimeout = Duration.seconds(30)
  @Option("How long a tool may take with any amount of progress.", value: "DURATION")
  var maxRequestTime = Duration.seconds(600)
  @Option(
    "How long a client may take for the head of a request, or pause in its body. Default 10s and 30s.",
    value: "DURATION")
  var readTimeout: Duration?
  @Option("How long a client may take nothing of what waits for it.", value: "DURATION")
  var writeTimeout = Duration.seconds(30)
  @Option("How long a connection is kept between two requests.", value: "DURATION") var idleTimeout = Duration.seconds(
    75)
  @Option("How long a legacy session lives without a request.", value: "DURATION") var sessionTtl = Duration.seconds(
    1800)
  @Option("How long requests in flight may go on after a signal.", value: "DURATION")
  var shutdownTimeout = Duration.seconds(10)
}

/// What the server logs.
struct LogOptions: OptionGroup {
  @Option(
    "Least level that is logged. Default info over HTTP, off over stdio.", value: "LEVEL",
    environment: ["MCP_LOG_LEVEL"])
  var logLevel: LogLevel?
  @Option("How log lines look.", value: "FORMAT", environment: ["MCP_LOG_FORMAT"]) var logFormat = LogFormat.text
}

/// How log lines look.
enum LogFormat: String, ChoiceValue {
  case text, json

  var writer: LogWriter.Format { self == .json ? .json : .text }
}

/// What is logged; also in capitals, as many configurations have it.
enum LogLevel: String, ChoiceValue {
  case debug, info, notice, warning, error, critical, off

  static let otherSpellings = Dictionary(
    uniqueKeysWithValues: allCases.map { ($0.rawValue.uppercased(), $0) } + [("WARN", .warning), ("warn", .warning)])

  /// The logger's level; nil is silence.
  var level: Logger.Level? { Logger.Level.allCases.first { "\($0)" == rawValue } }
}
