// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import EventIO
import MCPConfig
import Observability

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension ServeSettings {
  var logFormat: LogFormat { config.text("logging.format").flatMap(LogFormat.init) ?? .text }

  /// The level that is logged from; nil is silence.
  var logLevel: Logger.Level? {
    let level = config.text("logging.level").flatMap(LogLevel.init)
    return (level ?? (transport == .stdio ? .off : .info)).level
  }

  /// The log: to standard error, standard output, or the end of a file. Its level may change, also from silence.
  func logger(isDebugging: Bool = false, _ console: Console) throws(Failure) -> Logger {
    let hasPriority = LogWriter.isJournal(console.environment("JOURNAL_STREAM"))
    return LogWriter(logFormat.writer, to: try logDescriptor(), hasPriority: hasPriority)
      .logger(level: isDebugging ? .debug : logLevel)
  }

  /// Where to write a line for each request.
  func accessLogger() throws(Failure) -> Logger {
    guard let path = config.text("logging.access_log") else { return .silent }
    let descriptor =
      switch path {
      case "stdout": STDOUT_FILENO
      case "stderr": STDERR_FILENO
      default: try appended(path, for: "logging.access_log")
      }
    return LogWriter(logFormat.writer, to: descriptor).logger(level: .info)
  }

  private func appended(_ path: String, for key: String) throws(Failure) -> Int32 {
    do throws(IOError) {
      return try AppendedFile.open(path)
    } catch {
      // What was typed is a wrong command line.
      if case .flag(let word) = config.origin(key) {
        throw Failure(.usage, error.code.rawValue, "\(word): \(error.message)")
      }
      throw Failure(
        .badConfiguration, "config", "\(key): \(error.message)",
        hint: "write stderr, stdout or a file that can be written")
    }
  }

  private func logDescriptor() throws(Failure) -> Int32 {
    switch config.text("logging.output") ?? "stderr" {
    case "stderr": return STDERR_FILENO
    case "stdout": return STDOUT_FILENO
    case let path: return try appended(path, for: "logging.output")
    }
  }
}
