// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit

/// One word of the argument grammar taken apart: `a[b][]:=@file` is a path, raw, from a file.
struct ArgumentWord: Equatable {
  /// One step into the arguments.
  enum Step: Hashable {
    /// A member of an object, or an element when the schema or the value so far is an array.
    case name(String)
    /// A new last element: `[]`.
    case append
  }
  /// Where the value stands.
  enum Source: Equatable {
    case text(String)
    /// A file, `-` for standard input.
    case file(String)
  }

  /// As it was typed, for messages.
  let path: String
  let steps: [Step]
  /// `:=`, JSON whatever the schema says.
  let isRaw: Bool
  let source: Source

  /// Takes `word` apart.
  init(_ word: String) throws(ValueFault) {
    guard let equals = word.firstIndex(of: "=") else {
      throw ValueFault("'\(word)' is no argument; write name=value, or name:=JSON")
    }
    var path = word[..<equals]
    isRaw = path.last == ":"
    if isRaw { path.removeLast() }
    self.path = String(path)
    steps = try Self.steps(of: path, in: word)
    let value = word[word.index(after: equals)...]
    source =
      if value.hasPrefix("@@") {
        .text(String(value.dropFirst()))
      } else if value.hasPrefix("@") {
        .file(String(value.dropFirst()))
      } else {
        .text(String(value))
      }
  }

  /// `text` as it is written behind `=`: with one `@` in front it would name a file.
  static func written(_ text: String) -> String { text.hasPrefix("@") ? "@" + text : text }

  /// The text that is begun behind `=`; nil where that names a file.
  static func begun(_ value: some StringProtocol) -> String? {
    guard value.hasPrefix("@") else { return String(value) }
    return value.hasPrefix("@@") ? String(value.dropFirst()) : nil
  }

  /// Whether `name=` is an argument of that name: a server may call one what would be read otherwise.
  static func canName(_ name: String) -> Bool {
    guard !name.hasPrefix("-"), let word = try? ArgumentWord("\(name)=") else { return false }
    return !word.isRaw && word.steps == [.name(name)] && word.source == .text("")
  }

  private static func steps(of path: Substring, in word: String) throws(ValueFault) -> [Step] {
    let name = path.prefix { $0 != "[" }
    guard !name.isEmpty else { throw ValueFault("'\(word)' has no name in front of '='") }
    var steps: [Step] = [.name(String(name))]
    var rest = path.dropFirst(name.count)
    while !rest.isEmpty {
      guard rest.first == "[", let end = rest.firstIndex(of: "]") else {
        throw ValueFault("'\(path)' is no path; write name[member] or name[]")
      }
      let inner = rest[rest.index(after: rest.startIndex)..<end]
      steps.append(inner.isEmpty ? .append : .name(String(inner)))
      rest = rest[rest.index(after: end)...]
    }
    guard steps.count <= 64 else { throw ValueFault("'\(path)' is nested deeper than 64") }
    return steps
  }
}
