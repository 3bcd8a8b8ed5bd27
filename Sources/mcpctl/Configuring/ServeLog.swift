// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
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

  private func logDescriptor() throws(Failure) -> Int32 {
    switch config.text("logging.output") ?? "stderr" {
    case "stderr": return STDERR_FILENO
    case "stdout": return STDOUT_FILENO
    case let path:
      // Never closed: the log ends with the process.
      let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o640)
      guard descriptor >= 0 else {
        let reason = Console.reason(errno)
        throw Failure(
          .badConfiguration, "config", "logging.output: \(path): \(reason)",
          hint: "write stderr, stdout or a file that can be written")
      }
      return descriptor
    }
  }
}
