// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit
import MCPClientKit
import MCPCore
import Observability
import Synchronization

/// What is said on standard error while a command works: which server, progress, the server's log, the wire.
final class Talk: Sendable {
  /// How many -v were given; -1 with -q.
  var verbosity: Int {
    get { level.load(ordering: .relaxed) }
    set { level.store(newValue, ordering: .relaxed) }
  }
  private let level: Atomic<Int>
  private let stream: OutputStream
  /// Who else wants to know.
  let listener: TalkListener?
  /// Values that are never shown.
  private let secrets: Mutex<[String]>
  private let isProgressShown = Mutex(false)
  /// The line a server has begun on its standard error.
  private let muttering = Mutex<[UInt8]>([])
  /// The longest such line that is shown as one, in bytes.
  private static let longestMutter = 4096

  init(_ options: TalkOptions, _ console: Console, secrets: [String] = [], listener: TalkListener? = nil) {
    self.secrets = Mutex(secrets)
    level = Atomic(options.quiet ? -1 : options.verbose)
    stream = console.error
    self.listener = listener
  }

  /// Keeps `secret` out of what is shown from now on.
  func hide(_ secret: String) { secrets.withLock { if !$0.contains(secret) { $0.append(secret) } } }

  /// Says which server answers where nobody named one and somebody is looking.
  func announce(_ resolved: TargetResolver.Resolved) {
    guard !resolved.isExplicit, verbosity >= 0, stream.isTerminal else { return }
    let reason = resolved.listing.map { "the current one of \($0.file)" } ?? "none was named"
    line("# server: \(resolved.name) (\(reason))")
  }

  /// Says something for -v.
  func say(_ text: @autoclosure () -> String) {
    if verbosity >= 1 { line("# \(text())") }
  }

  /// Says something for people who look on, and with -v.
  func note(_ text: @autoclosure () -> String) {
    if verbosity >= 1 || (verbosity >= 0 && stream.isTerminal) { line("# \(text())") }
  }

  /// Something the client found wrong and went on after.
  func warn(_ entry: Logger.Entry) {
    guard verbosity >= 0 else { return }
    let fields = entry.fields.map { " \($0.name)=\($0.value)" }.joined()
    line("warning: \(oneLine(entry.message + fields))")
  }

  /// What travels: notes for -v, messages for -vv.
  func trace(_ event: TraceEvent) {
    listener?.frame(event, withoutSecrets)
    switch event {
    case .note(let text): say(text)
    case .sent(let bytes): if verbosity >= 2 { line("-> \(withoutSecrets(bytes))") }
    case .received(let bytes): if verbosity >= 2 { line("<- \(withoutSecrets(bytes))") }
    case .http(let lines): if verbosity >= 3 { for text in lines { line(text) } }
    }
  }

  /// A message as text; what was given as a secret stays out even where a server repeats it.
  func withoutSecrets(_ bytes: [UInt8]) -> String {
    var text = String(decoding: bytes, as: UTF8.self).trimmed
    for secret in secrets.withLock(\.self) where secret.utf8.count >= 4 { text = text.replacing(secret, with: "…") }
    return text
  }

  /// A notification of the server: its log from `warning` on, all of it with -v.
  func heard(_ notification: Message.Notification) {
    guard notification.method == .message, verbosity >= 0 else { return }
    let name = notification.params["level"]?.string ?? ""
    let least = listener?.logLevel() ?? .warning
    let level = Logger.Level(name: name) ?? .warning
    guard verbosity >= 1 || level >= least else { return }
    let data = notification.params["data"].map { $0.string ?? $0.text } ?? ""
    line("[\(name)] \(data)", as: level >= .error ? stream.red : level >= .warning ? { $0 } : stream.dim)
  }

  /// Something a server that was started writes to its standard error.
  func muttered(_ bytes: [UInt8]) {
    let lines = muttering.withLock { begun in
      begun += bytes
      var lines = begun.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      begun = Array(lines.popLast() ?? [])
      if begun.count > Self.longestMutter {
        lines.append(begun[...])
        begun = []
      }
      return lines.map { String(decoding: $0.prefix(Self.longestMutter), as: UTF8.self) }
    }
    guard verbosity >= 0 else { return }
    for text in lines where !text.trimmed.isEmpty { line("| \(withoutSecrets(Array(text.utf8)))") }
  }

  /// Shows how far a request has come, on one line that is drawn again.
  func progress(_ progress: Progress) {
    guard verbosity >= 0, stream.isTerminal else { return }
    var text = progress.message.map(oneLine) ?? ""
    if let total = progress.total, total > 0 {
      let share = min(max(progress.done / total, 0), 1)
      let filled = Int(share * 20)
      let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: 20 - filled)
      text = "[\(bar)] \(Int(share * 100))% \(text)"
    } else {
      text = "\(progress.done) \(text)"
    }
    isProgressShown.withLock { $0 = true }
    stream.write("\r\u{1B}[K\(text.prefix(max(stream.width - 1, 20)))")
    stream.flush()
  }

  /// Wipes the progress line away.
  func endProgress() {
    let wasShown = isProgressShown.withLock { shown in
      defer { shown = false }
      return shown
    }
    if wasShown {
      stream.write("\r\u{1B}[K")
      stream.flush()
    }
  }

  private func line(_ text: String, as style: ((String) -> String)? = nil) {
    endProgress()
    stream.print((style ?? stream.dim)(safeText(text)))
  }
}

/// Who else hears what is said while commands work: a REPL.
struct TalkListener: Sendable {
  /// What travels; the second argument makes text of a message, without what must not be shown.
  let frame: @Sendable (TraceEvent, _ shown: ([UInt8]) -> String) -> Void
  /// Whether what a server that was started writes to its standard error is shown.
  let showsStandardError: Bool
  /// The least level of log lines of the server that are shown.
  let logLevel: @Sendable () -> Logger.Level
  /// Waits until a question may be asked at the terminal; what it returns is called once that is over.
  let asking: @Sendable (ServerQuestion) async throws -> @Sendable () -> Void
  /// Runs a shell command that has the terminal meanwhile; what it ended with.
  let running: @Sendable (String) async throws -> Int32
}

extension Duration {
  /// The duration in milliseconds or seconds, as people read it.
  var brief: String {
    let milliseconds = self / .milliseconds(1)
    if milliseconds < 10 { return "\((milliseconds * 100).rounded() / 100) ms" }
    if milliseconds < 10_000 { return "\(Int(milliseconds.rounded())) ms" }
    return "\((milliseconds / 100).rounded() / 10) s"
  }
}
