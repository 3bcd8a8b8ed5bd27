// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import EventIO
import MCPClientKit

/// The lines typed so far, kept in a file only their author may read.
///
/// Each line is added to the file when it is typed, so nothing is lost however a session ends, and sessions side by side
/// add to the same file.
struct History: Sendable {
  /// How many lines are kept.
  static let limit = 10_000
  private static let name = "history"
  /// The most that is read of the file.
  private static let bytes = 32 << 20

  private let folder: PrivateFolder

  /// Nil where there is no place for it.
  init?(_ environment: (String) -> String?) {
    guard let state = UserFolder.state.path(environment) else { return nil }
    folder = PrivateFolder(state)
  }

  /// A line, and the servers that were open when it was typed, as the prompt names them; nil where nobody knows.
  struct Entry: Equatable, Sendable {
    let text: String
    var servers: String?
  }

  /// The lines, oldest first. A file that has grown to twice as many as are kept is cut.
  func load() throws(IOError) -> [Entry] {
    guard let bytes = try folder.read(Self.name, limit: Self.bytes) else { return [] }
    let lines = Self.decode(bytes)
    let kept = Array(lines.suffix(Self.limit))
    // The lock keeps two sessions from cutting at once. A line that another adds in that very instant is lost.
    if lines.count >= 2 * Self.limit, let lock = try folder.tryLock("history.lock") {
      try folder.replace(Self.name, with: Array(kept.map(Self.encode).joined().utf8))
      withExtendedLifetime(lock) {}
    }
    return kept
  }

  /// Adds a line.
  func append(_ entry: Entry) throws(IOError) { try folder.append(Array(Self.encode(entry).utf8), to: Self.name) }

  // MARK: The file

  /// What stands in front of the servers, on a line of its own in front of the entry. Elsewhere it would be a comment.
  private static let mark = "#@ "

  /// One entry a line; a newline within one is written with a backslash in front of it.
  static func encode(_ entry: Entry) -> String {
    let servers = entry.servers.map { mark + oneLine($0) + "\n" } ?? ""
    return servers + entry.text.replacing("\n", with: "\\\n") + "\n"
  }

  static func decode(_ bytes: [UInt8]) -> [Entry] {
    var entries: [Entry] = []
    var entry = ""
    var servers: String?
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      if entry.isEmpty, line.hasPrefix(mark) {
        servers = String(line.dropFirst(mark.count))
      } else if line.hasSuffix("\\") {
        entry += line.dropLast() + "\n"
      } else {
        entries.append(Entry(text: entry + line, servers: servers))
        (entry, servers) = ("", nil)
      }
    }
    return entry.isEmpty ? entries : entries + [Entry(text: entry, servers: servers)]
  }

  // MARK: What is not kept

  /// Whether a line stays out: one that begins with a blank, and one that names a secret, as argument or member.
  static func isPrivate(_ line: String) -> Bool {
    guard let first = line.first, !first.isWhitespace else { return true }
    if namesSecretVariable(line) || hasUserInURL(line) { return true }
    // A name ends at '=' or ':', and begins behind what no name has.
    var name = ""
    var isOver = false
    for character in line {
      switch character {
      case _ where character.isLetter || character.isNumber || character == "_" || character == "-":
        if isOver { (name, isOver) = ("", false) }
        name.append(character)
      case "=", ":":
        if Redaction.isSecret(name) { return true }
        (name, isOver) = ("", false)
      // What may stand between a name and its end: `"name" :`, `a[name]=`.
      case "\"", "'", "[", "]", ".", " ", "\t": isOver = true
      default: (name, isOver) = ("", false)
      }
    }
    return false
  }

  /// `\set NAME VALUE` with a name that speaks of a secret.
  private static func namesSecretVariable(_ line: String) -> Bool {
    let words = line.split { $0.isWhitespace || $0 == ";" }
    return zip(words, words.dropFirst()).contains { $0 == "\\set" && Redaction.isSecret(String($1)) }
  }

  /// `https://user:password@host`
  private static func hasUserInURL(_ line: String) -> Bool {
    line.split(separator: "://", omittingEmptySubsequences: false).dropFirst().contains { rest in
      let authority = rest.prefix { !"/?# ".contains($0) }
      return authority.contains("@") && authority.contains(":")
    }
  }
}
