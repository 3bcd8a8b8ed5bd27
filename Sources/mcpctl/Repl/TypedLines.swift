// SPDX-License-Identifier: GPL-3.0-or-later
import Synchronization

/// The lines typed so far, in this session and in earlier ones: for what is hinted at while another is typed.
final class TypedLines: Sendable {
  /// How many of the last are looked through for values.
  private static let recent = 1000
  /// The most values found.
  private static let values = 20

  private let lines = Mutex<[String]>([])

  func add(_ more: [String]) {
    lines.withLock { lines in
      lines += more
      if lines.count > 2 * History.limit { lines.removeFirst(lines.count - History.limit) }
    }
  }

  /// What the newest line that begins like `text` goes on with.
  func rest(after text: String) -> String? {
    guard !text.isEmpty else { return nil }
    return lines.withLock { lines in
      let found = lines.last {
        $0.hasPrefix(text) && $0.utf8.count > text.utf8.count && !$0.contains(where: \.isNewline)
      }
      return found.map { String($0.dropFirst(text.count)) }
    }
  }

  /// What was given to an argument of a tool before, the newest first.
  func values(of argument: String, to tool: String) -> [String] {
    let recent = lines.withLock { $0.suffix(Self.recent) }
    var found: [String] = []
    for line in recent.reversed() where line.contains("\(argument)=") && line.contains(tool) {
      guard case .statements(let statements)? = try? StatementReader.read(line) else { continue }
      for words in statements.map({ $0.words.compactMap(\.literal) }) where words.prefix(2).contains(tool) {
        for word in words where word.hasPrefix("\(argument)=") && !found.contains(word) { found.append(word) }
      }
      if found.count >= Self.values { break }
    }
    return found.map { String($0.dropFirst(argument.count + 1)) }
  }
}
