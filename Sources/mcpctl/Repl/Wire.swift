// SPDX-License-Identifier: GPL-3.0-or-later
import JSONKit
import MCPClientKit
import Synchronization

/// What lately travelled between a REPL and its servers, without secrets, and the file it is written to.
final class Wire: Sendable {
  /// How many messages are kept.
  static let limit = 200

  /// One message.
  struct Frame: Sendable {
    let isSent: Bool
    let text: String
    let moment: ContinuousClock.Instant
  }

  private struct State {
    var frames: [Frame] = []
    var file: ResultFile?
    var begin = ContinuousClock.now
  }

  private let state = Mutex(State())

  /// Hears what travels; `shown` leaves out what must not be shown.
  func heard(_ event: TraceEvent, _ shown: ([UInt8]) -> String) {
    let frame: Frame
    switch event {
    case .sent(let bytes): frame = Frame(isSent: true, text: shown(bytes), moment: .now)
    case .received(let bytes): frame = Frame(isSent: false, text: shown(bytes), moment: .now)
    case .note, .http: return
    }
    state.withLock { state in
      state.frames.append(frame)
      if state.frames.count > 2 * Self.limit { state.frames.removeFirst(Self.limit) }
      state.file?.write(Self.line(frame, since: state.begin))
    }
  }

  /// The last `count` messages, oldest first.
  func last(_ count: Int) -> [Frame] { state.withLock { Array($0.frames.suffix(min(count, Self.limit))) } }

  /// Has everything written to `file` from now on; nil ends that.
  /// - Returns: the file it was written to before.
  @discardableResult
  func record(to file: ResultFile?) -> ResultFile? {
    state.withLock { state in
      defer { (state.file, state.begin) = (file, .now) }
      return state.file
    }
  }

  /// `{"ms": 12, "direction": "sent", "message": {…}}`
  private static func line(_ frame: Frame, since begin: ContinuousClock.Instant) -> String {
    let line: JSON = [
      "ms": .number(JSONNumber(Int((frame.moment - begin) / .milliseconds(1)))),
      "direction": frame.isSent ? "sent" : "received",
      "message": (try? JSON(parsing: frame.text)) ?? .string(frame.text),
    ]
    return line.text + "\n"
  }
}
