// SPDX-License-Identifier: Apache-2.0

/// When colours are used.
package enum ColorChoice: String, CaseIterable, ChoiceValue {
  case auto, always, never

  /// The names of the options that say it. Whoever makes the console has looked for them, so that every command takes them.
  static let options: Set<String> = ["color", "no-color"]

  /// What the words ask for by `--color WHEN` or `--no-color`, also where they are too wrong to be parsed; the last one counts.
  package init(askedIn words: [String]) {
    self = .auto
    let words = words.prefix { $0 != "--" }
    for (word, next) in zip(words, words.dropFirst() + [""]) {
      if word == "--no-color" { self = .never }
      let value = word == "--color" ? next : word.hasPrefix("--color=") ? String(word.dropFirst(8)) : ""
      self = ColorChoice(rawValue: value) ?? self
    }
  }

  /// Whether colour is wanted: unless the choice says so, NO_COLOR (not empty) says no, CLICOLOR_FORCE (not empty, not 0) says
  /// yes, else it is for terminals other than `dumb`.
  package func wantsColor(isTerminal: Bool, environment: (String) -> String?) -> Bool {
    guard self == .auto else { return self == .always }
    if let no = environment("NO_COLOR"), !no.isEmpty { return false }
    if let force = environment("CLICOLOR_FORCE"), !force.isEmpty, force != "0" { return true }
    return isTerminal && environment("TERM") != "dumb"
  }
}
