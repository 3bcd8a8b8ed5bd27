// SPDX-License-Identifier: GPL-3.0-or-later
import CReadline
import CommandLineKit
import EventIO

/// What could stand where the cursor is.
struct Completions: Sendable, Equatable {
  struct Candidate: Sendable, Equatable {
    /// What would stand there, as it is typed.
    let text: String
    /// What it means, for the list.
    var meaning = ""
    /// Whether the word would be complete, so that a blank follows.
    var endsWord = true
    /// Whether it names a variable, which quotes would make plain text.
    var isVariable = false
  }

  /// Where what they replace begins, in bytes.
  var start = 0
  var candidates: [Candidate] = []
}

extension Terminal {
  /// The most candidates listed at once.
  private static let listed = 60

  /// Looks for what could be typed and puts it there. Keys pressed meanwhile wait; everything else goes on.
  func complete() {
    guard let completing = picture.value.completing else { return }
    var cursor = 0
    let text = String(cString: creadline_text(&cursor))
    let place = cursor
    picture.value.input?.pause()
    picture.value.completion = Task { [self] in
      let found = await completing(text, place)
      guard !Task.isCancelled else { return }
      loop.execute { [self] in
        guard picture.value.mode == .editing else { return }
        picture.value.completion = nil
        insert(found, into: text, at: place)
        picture.value.input?.resume()
      }
    }
  }

  private func insert(_ found: Completions, into text: String, at place: Int) {
    var cursor = 0
    guard String(cString: creadline_text(&cursor)) == text, cursor == place else { return }
    let candidates = found.candidates
    guard let first = candidates.first else { return creadline_bell() }
    let typed = String(decoding: Array(text.utf8)[found.start..<place], as: UTF8.self)
    if candidates.count == 1 {
      return creadline_replace(found.start, first.text + (first.endsWord ? " " : ""))
    }
    let common = candidates.dropFirst().reduce(first.text) { shared, candidate in
      String(zip(shared, candidate.text).prefix { $0 == $1 }.map(\.0))
    }
    if common.count > typed.count { creadline_replace(found.start, common) } else { list(candidates) }
  }

  private func list(_ candidates: [Completions.Candidate]) {
    let rows = candidates.prefix(Self.listed).map { (term: oneLine($0.text), text: oneLine($0.meaning)) }
    var lines = twoColumns(rows, width: max(TerminalModes.columns - 1, 40), indent: 0).map { $0 + "\n" }
    if candidates.count > Self.listed { lines.append("-- \(candidates.count - Self.listed) more\n") }
    show(Array(lines.joined().utf8), on: 2)
  }
}
