// SPDX-License-Identifier: Apache-2.0
import JSONKit

/// What a key can hold.
package indirect enum ConfigType: Sendable {
  case text
  /// Text that is masked wherever it is shown.
  case secret
  case boolean
  case integer(ClosedRange<Int>)
  /// With a unit; a bare number counts so many milliseconds.
  case duration(ClosedRange<Duration>, bare: Int)
  /// A number of bytes.
  case size(ClosedRange<Int>)
  /// One of a few words, whatever their case; `others` are accepted and mean one of them.
  case choice([String], others: [String: String])
  /// A path of a URL, which begins with `/`.
  case route
  /// A file; a relative path counts from the folder of the configuration. `mustExist` for what is read at start.
  case file(mustExist: Bool)
  /// `stderr`, `stdout`, or a file.
  case output
  case url([String])
  /// So many in a second, a minute or an hour.
  case rate
  /// Texts: a list, or one text with commas.
  case list
  /// Texts that are taken whole, commas and all: a list, or one text.
  case names
  /// Files or folders; relative paths count as that of `file` does.
  case files
  /// Some of a few words: a list, or a section whose keys they are.
  case choices([String])
  /// A list of sections with these keys.
  case items([ConfigKey])

  /// A duration whose bare number means seconds.
  package static func duration(_ range: ClosedRange<Duration>) -> ConfigType { .duration(range, bare: 1000) }
  package static func choice(_ words: [String]) -> ConfigType { .choice(words, others: [:]) }
  /// A TCP port.
  package static let port = ConfigType.integer(1...65_535)

  /// What it is, for people: the remedy where something else stands.
  package var wanted: String {
    switch self {
    case .text, .secret: "text"
    case .boolean: "true or false"
    case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .duration(let range, _):
      "a duration from \(Units.text(range.lowerBound)) to \(Units.text(range.upperBound)), such as 30s"
    case .size(let range):
      "a size from \(Units.text(bytes: range.lowerBound)) to \(Units.text(bytes: range.upperBound)), such as 10MiB"
    case .choice(let words, _): words.count == 1 ? words[0] : "one of \(words.joined(separator: ", "))"
    case .route: "a path that begins with '/'"
    case .file: "the path of a file"
    case .output: "stderr, stdout or the path of a file"
    case .url(let schemes): "a URL that begins with \(schemes.map { $0 + "://" }.joined(separator: " or "))"
    case .rate: "a rate such as 100/s, 600/m or 5000/h"
    case .list, .names: "a list of texts"
    case .files: "a list of paths"
    case .choices(let words): "a list of \(words.joined(separator: ", "))"
    case .items: "a list of sections"
    }
  }

  /// Whether one word of the command line or the environment can spell it.
  package var isSpelledInOneWord: Bool { if case .items = self { false } else { true } }
}

/// Why text is no value of a type.
struct ValueFault: Error {
  let rule: Problem.Rule
  let message: String
  let remedy: String

  init(_ message: String, _ remedy: String) { self.init(.wrongType, message, remedy) }

  init(_ rule: Problem.Rule, _ message: String, _ remedy: String) {
    (self.rule, self.message, self.remedy) = (rule, message, remedy)
  }
}

extension ConfigType {
  /// Reads one text, variables already replaced. `isLenient` takes more spellings of true and false, as environment
  /// variables have them.
  func value(of text: String, isLenient: Bool = false) throws(ValueFault) -> ConfigValue {
    let trimmed = text.trimmed
    let misfit = ValueFault("'\(clipped(text))' does not fit", "write \(wanted)")
    switch self {
    case .text: return .text(text)
    case .secret: return .secret(Secret(text))
    case .boolean:
      let words = [true: ["true", "True", "TRUE"], false: ["false", "False", "FALSE"]]
      let more = [true: ["1", "yes", "on"], false: ["0", "no", "off"]]
      for value in [true, false] {
        if words[value, default: []].contains(trimmed) { return .boolean(value) }
        if more[value, default: []].contains(trimmed.lowercased()) {
          if isLenient { return .boolean(value) }
          throw ValueFault("'\(trimmed)' is neither true nor false", "write \(value)")
        }
      }
      throw misfit
    case .integer(let range):
      guard let number = Int(trimmed) else { throw misfit }
      try check(number, in: range, text)
      return .integer(number)
    case .duration(let range, let bare):
      guard let duration = Units.duration(trimmed, bare: bare) else { throw misfit }
      try check(duration, in: range, text)
      return .duration(duration)
    case .size(let range):
      guard let bytes = Units.size(trimmed) else { throw misfit }
      try check(bytes, in: range, text)
      return .size(bytes)
    case .choice(let words, let others): return .text(try word(trimmed, of: words, others))
    case .route:
      guard trimmed.hasPrefix("/"), !trimmed.contains(where: { $0.isWhitespace || $0 == "?" || $0 == "#" }) else {
        throw misfit
      }
      return .text(trimmed)
    case .file, .output:
      guard !trimmed.isEmpty else { throw misfit }
      if case .output = self, trimmed == "-" { return .text("stdout") }
      return .text(trimmed)
    case .url(let schemes):
      let isKnown = schemes.contains {
        trimmed.lowercased().hasPrefix($0 + "://") && trimmed.utf8.count > $0.utf8.count + 3
      }
      guard isKnown else { throw ValueFault("'\(clipped(maskingPassword(in: text)))' does not fit", "write \(wanted)") }
      return .text(trimmed)
    case .rate:
      let parts = trimmed.split(separator: "/", omittingEmptySubsequences: false)
      guard parts.count == 2, let count = Int(parts[0]), (1...1_000_000).contains(count),
        ["s", "m", "h"].contains(parts[1])
      else { throw misfit }
      return .text(trimmed)
    case .list, .files: return .list(Self.parts(of: text))
    case .names: return .list([trimmed])
    case .choices(let words):
      var found: [String] = []
      for part in Self.parts(of: text) { found.append(try word(part, of: words, [:])) }
      return .list(found)
    case .items: throw misfit
    }
  }

  /// The texts between commas.
  private static func parts(of text: String) -> [String] {
    text.split(separator: ",").map { String($0).trimmed }.filter { !$0.isEmpty }
  }

  func word(_ text: String, of words: [String], _ others: [String: String]) throws(ValueFault) -> String {
    let typed = text.lowercased()
    if let word = words.first(where: { $0.lowercased() == typed }) ?? others[typed] { return word }
    let near = typed.nearest(in: words).map { "did you mean '\($0)'? " } ?? ""
    throw ValueFault("'\(clipped(text))' does not fit", "\(near)write one of \(words.joined(separator: ", "))")
  }

  private func check<Value: Comparable>(_ value: Value, in range: ClosedRange<Value>, _ text: String) throws(ValueFault)
  {
    guard range.contains(value) else {
      throw ValueFault(
        .outOfRange, "\(clipped(text)) is too \(value < range.lowerBound ? "small" : "large")", "write \(wanted)")
    }
  }
}

extension String {
  /// Without white space around it.
  var trimmed: String {
    String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }
}
