// SPDX-License-Identifier: GPL-3.0-or-later
import JSONKit
import MCPClientKit
import Synchronization

/// What lately travelled between a REPL and its servers, without secrets, and the file it is written to.
final class Wire: Sendable {
  /// How many messages are kept, the last of them.
  static let limit = 200
  /// The most bytes of one message, and of all, that are kept.
  static let bytes = (one: 1 << 20, all: 16 << 20)

  /// One message.
  struct Frame: Sendable {
    let isSent: Bool
    var text: String
    let moment: ContinuousClock.Instant
  }

  private struct State {
    var frames: [Frame] = []
    var size = 0
    var file: ResultFile?
    var begin = ContinuousClock.now

    mutating func keep(_ frame: Frame) {
      var frame = frame
      if frame.text.utf8.count > bytes.one {
        frame.text = String(decoding: frame.text.utf8.prefix(bytes.one), as: UTF8.self) + "…"
      }
      frames.append(frame)
      size += frame.text.utf8.count
      let surplus = frames.count > 2 * limit ? limit : frames.count - 1
      guard frames.count > 2 * limit || size > bytes.all else { return }
      var dropped = 0
      while dropped < surplus, frames.count - dropped > limit || size > bytes.all {
        size -= frames[dropped].text.utf8.count
        dropped += 1
      }
      frames.removeFirst(dropped)
    }
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
      state.file?.write(Self.line(frame, since: state.begin))
      state.keep(frame)
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
