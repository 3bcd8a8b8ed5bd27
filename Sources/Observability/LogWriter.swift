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

  /// Makes a writer.
  /// - Parameters:
  ///   - format: how a line looks.
  ///   - descriptor: where lines go. Default: standard error.
  public init(_ format: Format, to descriptor: Int32 = 2) {
    self.format = format
    self.descriptor = descriptor
  }

  /// A logger that writes what is at or above `level` here.
  public func logger(level: Logger.Level?) -> Logger {
    Logger(level: level) { entry in write(line(entry, at: Timestamp.now)) }
  }

  /// `entry` as this writer spells it, with its newline.
  package func line(_ entry: Logger.Entry, at time: Timestamp) -> [UInt8] {
    var line = LogLine()
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
      line.append(jsonValue: entry.message)
      for field in entry.fields {
        line.append(",")
        line.append(jsonValue: field.name)
        line.append(":")
        line.append(jsonValue: field.value)
      }
      line.append("}")
    }
    line.append("\n")
    return line.bytes
  }

  /// A line that cannot be written is lost: logging never stops the work.
  private func write(_ line: [UInt8]) {
    line.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { return }
        rest = rest.dropFirst(count)
      }
    }
  }
}

/// A line in the making: values of peers can neither end it nor move the cursor.
private struct LogLine {
  private(set) var bytes: [UInt8] = []

  init() { bytes.reserveCapacity(256) }

  mutating func append(_ text: String) {
    var text = text
    text.withUTF8 { bytes.append(contentsOf: $0) }
  }

  mutating func append(_ time: Timestamp) { time.write(to: &bytes) }

  mutating func append(textValue value: String) {
    var text = value
    let isPlain = text.withUTF8 { bytes in
      !bytes.isEmpty && bytes.allSatisfy { $0 > 0x20 && $0 != 0x22 && $0 != 0x3D && $0 != 0x7F }
    }
    if isPlain { append(value) } else { append(jsonValue: value) }
  }

  mutating func append(jsonValue value: String) {
    bytes.append(0x22)
    for byte in value.utf8 {
      switch byte {
      case 0x22, 0x5C: bytes += [0x5C, byte]
      case 0x0A: append("\\n")
      case 0x0D: append("\\r")
      case 0x09: append("\\t")
      case 0..<0x20, 0x7F:
        let digits = String(byte, radix: 16)
        append("\\u00\(digits.utf8.count == 1 ? "0" : "")\(digits)")
      default: bytes.append(byte)
      }
    }
    bytes.append(0x22)
  }
}
