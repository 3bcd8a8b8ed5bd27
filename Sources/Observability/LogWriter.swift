// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Writes log lines to a file descriptor, each with one `write(2)` so that lines of several threads never mix.
public struct LogWriter: Sendable {
  /// How a line looks.
  public enum Format: String, Sendable, CaseIterable {
    /// `2026-07-28T12:00:00.000Z info message name=value`, for people.
    case text
    /// One JSON object a line, for programs.
    case json
  }

  private let format: Format
  private let descriptor: Int32
  private let hasPriority: Bool

  /// Makes a writer.
  /// - Parameters:
  ///   - format: how a line looks.
  ///   - descriptor: where lines go. Default: standard error.
  ///   - hasPriority: whether each line begins with its priority, `<6>` for instance, which the journal of systemd takes off
  ///     and files the line under (sd-daemon(3)). See `isJournal`.
  public init(_ format: Format, to descriptor: Int32 = 2, hasPriority: Bool = false) {
    self.format = format
    self.descriptor = descriptor
    self.hasPriority = hasPriority
  }

  /// Whether what is written to `descriptor` goes to the journal.
  /// - Parameter stream: the value of `JOURNAL_STREAM`, the device and the inode systemd gave the process: it may have been
  ///   handed on with the environment while the output goes elsewhere.
  public static func isJournal(_ stream: String?, descriptor: Int32 = 2) -> Bool {
    guard let parts = stream?.split(separator: ":"), parts.count == 2 else { return false }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return false }
    return parts[0] == "\(status.st_dev)" && parts[1] == "\(status.st_ino)"
  }

  /// A logger that writes what is at or above `level` here.
  public func logger(level: Logger.Level?) -> Logger {
    Logger(level: level, writer: self) { entry in
      // What a thread has said before stays before.
      LogBatch.flushCurrent()
      writeAll(line(entry, at: Timestamp.now), to: descriptor)
    }
  }

  /// Writes a line of one of many requests: with others of its thread, where it gathers them.
  func note(_ level: Logger.Level, _ message: StaticString, _ describe: (inout LogLine) -> Void) {
    guard let batch = LogBatch.current else {
      var (bytes, clock) = ([UInt8](), TimestampText())
      append(to: &bytes, level, message, &clock, describe)
      return writeAll(bytes, to: descriptor)
    }
    batch.add(to: descriptor) { bytes, clock in append(to: &bytes, level, message, &clock, describe) }
  }

  @inline(__always)
  private func append(
    to bytes: inout [UInt8], _ level: Logger.Level, _ message: StaticString, _ clock: inout TimestampText,
    _ describe: (inout LogLine) -> Void
  ) {
    LineOutput.appending(to: &bytes) { output in
      if hasPriority {
        output.append("<" as StaticString)
        output.append(decimal: 7 - level.rawValue)
        output.append(">" as StaticString)
      }
      if format == .json { output.append("{\"time\":\"" as StaticString) }
      clock.write(Timestamp.now, to: &output)
      output.append(format == .text ? " " : "\",\"level\":\"" as StaticString)
      output.append(level.constantName)
      output.append(format == .text ? " " : "\",\"message\":\"" as StaticString)
      output.append(message)
      if format == .json { output.append(UInt8(ascii: "\"")) }
      LogLine.end(&output, as: format, describe)
    }
  }

  /// `entry` as this writer spells it, with its newline.
  package func line(_ entry: Logger.Entry, at time: Timestamp) -> [UInt8] {
    var line = JSONText()
    if hasPriority { line.append(entry.level.priority) }
    switch format {
    case .text:
      line.append(time)
      line.append(" ")
      line.append(entry.level.name)
      line.append(" ")
      line.append(entry.message)
      for field in entry.fields {
        line.append(" ")
        line.append(field.name)
        line.append("=")
        line.append(textValue: field.value)
      }
    case .json:
      line.append("{\"time\":\"")
      line.append(time)
      line.append("\",\"level\":\"")
      line.append(entry.level.name)
      line.append("\",\"message\":")
      line.append(string: entry.message)
      for field in entry.fields {
        line.append(",")
        line.append(string: field.name)
        line.append(":")
        line.append(string: field.value)
      }
      line.append("}")
    }
    line.append("\n")
    return line.bytes
  }
}

extension Logger.Level {
  /// The priority of syslog(3), as the journal reads it.
  fileprivate var priority: String { "<\(7 - rawValue)>" }
}

extension JSONText {
  /// Appends a value of a line for people: in quotes where it would be misread without.
  fileprivate mutating func append(textValue value: String) {
    var text = value
    let isPlain = text.withUTF8 { bytes in
      !bytes.isEmpty && bytes.allSatisfy { $0 > 0x20 && $0 != 0x22 && $0 != 0x3D && $0 != 0x7F }
    }
    if isPlain { append(value) } else { append(string: value) }
  }
}
