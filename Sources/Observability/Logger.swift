// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Writes structured log lines for whoever passed it in. There is no global logger.
///
/// A message is a fixed sentence; what varies goes into the fields. Nothing is built when the level is off.
public struct Logger: Sendable {
  /// How much a line matters, least first (RFC 5424 names).
  public enum Level: Int, Sendable, Comparable, CaseIterable {
    case debug, info, notice, warning, error, critical, alert, emergency
    /// The level's name, in lines and on the wire.
    public var name: String { constantName.description }
    var constantName: StaticString {
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

  /// What varies, by name.
  public typealias Fields = [(name: String, value: String)]

  private let threshold: Threshold?
  private let write: @Sendable (Entry) -> Void
  /// Writes lines that need no entry; nil where lines go elsewhere.
  private let writer: LogWriter?
  /// What every line says besides its own fields; asked for when a line is written.
  private let context: (@Sendable () -> Fields)?

  /// Makes a logger that hands each line at or above `level` to `write`; nil hands over none.
  public init(level: Level?, write: @escaping @Sendable (Entry) -> Void) {
    self.init(Threshold(level), write, nil, nil)
  }

  init(level: Level?, writer: LogWriter, write: @escaping @Sendable (Entry) -> Void) {
    self.init(Threshold(level), write, writer, nil)
  }

  private init(
    _ threshold: Threshold?, _ write: @escaping @Sendable (Entry) -> Void, _ writer: LogWriter?,
    _ context: (@Sendable () -> Fields)?
  ) {
    self.threshold = threshold
    self.write = write
    self.writer = writer
    self.context = context
  }

  /// Writes nothing, whatever its level is set to.
  public static let silent = Logger(nil, { _ in }, nil, nil)

  /// The least level that is written; nil writes nothing.
  public var level: Level? { threshold?.level }

  /// Changes the least level that is written, for this logger and all that were made from it, from now on.
  public func setLevel(_ level: Level?) { threshold?.set(level) }

  /// This logger with more to say in each line: which request it is about, for instance. The level stays a common one.
  /// - Parameter fields: asked for when a line is written.
  public func with(_ fields: @escaping @Sendable () -> Fields) -> Logger {
    guard let context else { return Logger(threshold, write, writer, fields) }
    return Logger(threshold, write, writer) { context() + fields() }
  }

  /// Whether a line of `level` would be written.
  public func writes(_ level: Level) -> Bool { threshold?.lets(level) ?? false }

  /// Writes a line when its level is on; `fields` is not evaluated otherwise.
  public func log(
    _ level: Level, _ message: @autoclosure () -> String,
    _ fields: @autoclosure () -> Fields = []
  ) {
    guard writes(level) else { return }
    write(Entry(level: level, message: message(), fields: context.map { fields() + $0() } ?? fields()))
  }

  /// Writes a line that each of many requests leaves, when its level is on. It may go out together with others of its thread,
  /// a moment later. What a logger was made to say with every line (`with`) comes last, as ever.
  package func note(_ level: Level, _ message: StaticString, _ describe: (inout LogLine) -> Void) {
    guard writes(level) else { return }
    guard let writer, context == nil else {
      let fields = LogLine.fields(describe) + (context?() ?? [])
      return write(Entry(level: level, message: message.description, fields: fields))
    }
    writer.note(level, message, describe)
  }

  /// Writes a line of level `debug`.
  public func debug(
    _ message: @autoclosure () -> String, _ fields: @autoclosure () -> Fields = []
  ) { log(.debug, message(), fields()) }
  /// Writes a line of level `info`.
  public func info(
    _ message: @autoclosure () -> String, _ fields: @autoclosure () -> Fields = []
  ) { log(.info, message(), fields()) }
  /// Writes a line of level `warning`.
  public func warning(
    _ message: @autoclosure () -> String, _ fields: @autoclosure () -> Fields = []
  ) { log(.warning, message(), fields()) }
  /// Writes a line of level `error`.
  public func error(
    _ message: @autoclosure () -> String, _ fields: @autoclosure () -> Fields = []
  ) { log(.error, message(), fields()) }
}

/// The least level that is written. It may change while others log.
private final class Threshold: Sendable {
  private static let off = Int.max
  private let least: Atomic<Int>

  init(_ level: Logger.Level?) { least = Atomic(level?.rawValue ?? Self.off) }

  var level: Logger.Level? { Logger.Level(rawValue: least.load(ordering: .relaxed)) }

  func lets(_ level: Logger.Level) -> Bool { level.rawValue >= least.load(ordering: .relaxed) }

  func set(_ level: Logger.Level?) { least.store(level?.rawValue ?? Self.off, ordering: .relaxed) }
}
