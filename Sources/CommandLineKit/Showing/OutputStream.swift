// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Standard output or standard error as a command sees it: buffered text with a known kind of reader.
///
/// A reader that went away (`mcpctl tools ls | head -1`) is no error; any other failure is kept in `failure`.
package final class OutputStream: Sendable {
  /// Writes bytes out; returns the system's error number, 0 when all went well.
  package typealias Sink = @Sendable ([UInt8]) -> Int32

  private struct State {
    var buffer: [UInt8] = []
    var failure: Int32 = 0
  }

  /// Whether a person is looking.
  package let isTerminal: Bool
  /// Whether escape sequences for colour are wanted.
  package let usesColor: Bool
  /// Whether they are wanted in results, too, where a program that reads along would stumble: for a terminal, or when somebody
  /// said so in so many words.
  package let colorsResults: Bool
  /// Columns; 80 when unknown.
  package let width: Int
  private let sink: Sink
  private let limit: Int
  private let state = Mutex(State())

  /// Makes a stream. Text is written out when `limit` bytes have gathered, at each line on a terminal, and on `flush`.
  package init(
    isTerminal: Bool, usesColor: Bool, colorsResults: Bool? = nil, width: Int, limit: Int = 1 << 15,
    sink: @escaping Sink
  ) {
    (self.isTerminal, self.usesColor, self.width) = (isTerminal, usesColor, width)
    self.colorsResults = colorsResults ?? (isTerminal && usesColor)
    (self.limit, self.sink) = (isTerminal ? 0 : limit, sink)
  }

  /// Writes `text` and a line end.
  package func print(_ text: String = "") {
    write(text)
    write("\n")
  }

  /// Writes `text` as it is.
  package func write(_ text: String) { write(Array(text.utf8)) }

  /// Writes bytes as they are.
  package func write(_ bytes: [UInt8]) {
    state.withLock { state in
      state.buffer += bytes
      if state.buffer.count > limit && (!isTerminal || state.buffer.last == 0x0A) { flush(&state) }
    }
  }

  /// Hands everything gathered to the system.
  package func flush() { state.withLock { flush(&$0) } }

  /// The error number of the first failed write; 0 when none failed.
  package var failure: Int32 { state.withLock(\.failure) }

  private func flush(_ state: inout State) {
    guard !state.buffer.isEmpty else { return }
    let bytes = state.buffer
    state.buffer.removeAll(keepingCapacity: true)
    if state.failure == 0 { state.failure = sink(bytes) }
  }
}

extension OutputStream {
  /// The same without colour, for what is kept.
  package var uncolored: OutputStream {
    OutputStream(isTerminal: isTerminal, usesColor: false, width: width, limit: limit, sink: sink)
  }
  /// `text` in bold where that shows, as it is elsewhere.
  package func bold(_ text: String) -> String { styled(text, "1") }
  /// `text` dimmed where that shows.
  package func dim(_ text: String) -> String { styled(text, "2") }
  /// `text` in red where that shows.
  package func red(_ text: String) -> String { styled(text, "31") }
  /// `text` in green where that shows.
  package func green(_ text: String) -> String { styled(text, "32") }
  /// `text` in yellow where that shows.
  package func yellow(_ text: String) -> String { styled(text, "33") }
  /// `text` in cyan where that shows.
  package func cyan(_ text: String) -> String { styled(text, "36") }

  private func styled(_ text: String, _ code: String) -> String {
    usesColor && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}
