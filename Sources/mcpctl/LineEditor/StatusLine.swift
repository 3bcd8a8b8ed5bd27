// SPDX-License-Identifier: GPL-3.0-or-later
import MCPClientKit

/// The one line that tells how a call goes on: a bar where the server says how much there is, else something that turns.
struct StatusLine {
  /// How long a call may take before anything is shown.
  static let patience = Duration.milliseconds(150)
  /// How often the line is drawn anew.
  static let interval = Duration.milliseconds(100)

  let title: String
  let start: ContinuousClock.Instant
  private(set) var progress: Progress?
  /// How long the request may take; nil where nobody counts.
  private var limits: ClientOptions.Timeouts?
  private var begun: ContinuousClock.Instant
  /// When something was last heard of the request.
  var heard: ContinuousClock.Instant
  /// What stands in place of the progress once the user has interrupted the call.
  var notice: String?
  private var turns = 0

  init(_ title: String, at start: ContinuousClock.Instant) {
    self.title = oneLine(title)
    (self.start, begun, heard) = (start, start, start)
  }

  /// The request is so far.
  mutating func advance(_ progress: Progress, at now: ContinuousClock.Instant) {
    (self.progress, heard) = (progress, now)
  }

  /// A request begins that may take so long.
  mutating func expect(_ limits: ClientOptions.Timeouts?, at now: ContinuousClock.Instant) {
    (self.limits, begun, heard) = (limits, now, now)
  }

  /// The line at `now`, no wider than `columns`; nil while it is too early.
  mutating func text(at now: ContinuousClock.Instant, columns: Int) -> String? {
    let elapsed = now - start
    guard elapsed >= Self.patience else { return nil }
    turns += 1
    let seconds = Int(elapsed / .milliseconds(100))
    let time = "\(seconds / 10).\(seconds % 10) s"
    return Self.cut("\(mark) \(title) \(time)\(notice.map { " \($0)" } ?? left(at: now) + tail)", to: columns - 1)
  }

  /// When it is given up, once half of the time has gone.
  private func left(at now: ContinuousClock.Instant) -> String {
    guard let limits else { return "" }
    let left = min(limits.idle - (now - heard), limits.total - (now - begun))
    guard left > .zero, left < min(limits.idle, limits.total) / 2 else { return "" }
    return ", given up in \(Int((left / .seconds(1)).rounded(.up))) s"
  }

  private var mark: String {
    if let total = progress?.total, total > 0 {
      let share = min(max((progress?.done ?? 0) / total, 0), 1)
      let filled = Int(share * 20)
      return
        "[\(String(repeating: "#", count: filled))\(String(repeating: ".", count: 20 - filled))] \(Int(share * 100))%"
    }
    return ["|", "/", "-", "\\"][turns % 4]
  }

  private var tail: String {
    guard let progress else { return "" }
    let message = progress.message.map { " \(oneLine($0))" } ?? ""
    return progress.total == nil ? " \(progress.done.brief)\(message)" : message
  }

  /// At most so many columns of `text`: East Asian letters and pictures take two.
  static func cut(_ text: String, to columns: Int) -> String {
    var used = 0
    var kept = ""
    for character in text {
      let width = width(of: character)
      guard used + width <= columns else { break }
      used += width
      kept.append(character)
    }
    return kept
  }

  /// The columns a text takes.
  static func width(of text: String) -> Int { text.reduce(0) { $0 + width(of: $1) } }

  private static func width(of character: Character) -> Int {
    character.unicodeScalars.contains { $0.value >= 0x1100 } ? 2 : 1
  }
}

extension Double {
  /// Without a fraction where there is none.
  fileprivate var brief: String { self == rounded() && abs(self) < 1e15 ? String(Int(self)) : "\(self)" }
}
