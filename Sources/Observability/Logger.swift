// SPDX-License-Identifier: Apache-2.0

/// Writes structured log lines for whoever passed it in. There is no global logger.
///
/// A message is a fixed sentence; what varies goes into the fields. Nothing is built when the level is off.
public struct Logger: Sendable {
  /// How much a line matters, least first (RFC 5424 names).
  public enum Level: Int, Sendable, Comparable, CaseIterable {
    case debug, info, notice, warning, error, critical, alert, emergency
    /// The level's name, in lines and on the wire.
    public var name: String {
      switch self {
      case .debug: "debug"
      case .info: "info"
      case .notice: "notice"
      case .warning: "warning"
      case .error: "error"
      case .critical: "critical"
      case .alert: "alert"
      case .emergency: "emergency"
      }
    }
    /// Orders by importance.
    public static func < (one: Level, other: Level) -> Bool { one.rawValue < other.rawValue }
  }

  /// One log line before it is formatted.
  public struct Entry: Sendable {
    /// How much the line matters.
    public let level: Level
    /// The fixed sentence.
    public let message: String
    /// What varies, in order.
    public let fields: [(name: String, value: String)]

    /// Makes a line.
    public init(level: Level, message: String, fields: [(name: String, value: String)] = []) {
      self.level = level
      self.message = message
      self.fields = fields
    }
  }

  /// The least level that is written; nil writes nothing.
  public let level: Level?
  private let write: @Sendable (Entry) -> Void

  /// Makes a logger that hands each line at or above `level` to `write`.
  public init(level: Level?, write: @escaping @Sendable (Entry) -> Void) {
    self.level = level
    self.write = write
  }

  /// Writes nothing.
  public static let silent = Logger(level: nil) { _ in }

  /// Whether a line of `level` would be written.
  public func writes(_ level: Level) -> Bool { self.level.map { level >= $0 } ?? false }

  /// Writes a line when its level is on; `fields` is not evaluated otherwise.
  public func log(
    _ level: Level, _ message: @autoclosure () -> String,
    _ fields: @autoclosure () -> [(name: String, value: String)] = []
  ) {
    guard writes(level) else { return }
    write(Entry(level: level, message: message(), fields: fields()))
  }

  /// Writes a line of level `debug`.
  public func debug(
    _ message: @autoclosure () -> String, _ fields: @autoclosure () -> [(name: String, value: String)] = []
  ) { log(.debug, message(), fields()) }
  /// Writes a line of level `info`.
  public func info(
    _ message: @autoclosure () -> String, _ fields: @autoclosure () -> [(name: String, value: String)] = []
  ) { log(.info, message(), fields()) }
  /// Writes a line of level `warning`.
  public func warning(
    _ message: @autoclosure () -> String, _ fields: @autoclosure () -> [(name: String, value: String)] = []
  ) { log(.warning, message(), fields()) }
  /// Writes a line of level `error`.
  public func error(
    _ message: @autoclosure () -> String, _ fields: @autoclosure () -> [(name: String, value: String)] = []
  ) { log(.error, message(), fields()) }
}
