// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import EventIO
import JSONKit
import MCPClientKit

/// Where a server stands written: its name, the file, and what that says.
struct Listing: Equatable {
  /// Whether the user has to agree before it is used, because somebody else may have written it.
  enum Trust {
    /// It is in a file of the user's own, or of the machine's.
    case given
    /// The user named the file of another program, and is asked where they can answer.
    case asked
    /// It came along with a project: without consent it is not used at all.
    case mustBeGiven
  }

  let name: String
  let file: String
  let content: JSONObject
  let trust: Trust
}

extension JSONObject {
  /// How the server of an entry is reached: `stdio`, `http` or `sse`.
  var kindOfServer: String {
    if self["command"] != nil { return "stdio" }
    return self["type"]?.string == "sse" ? "sse" : "http"
  }

  /// The URL or the command line of an entry, with what may be secret left out.
  var placeOfServer: String {
    if let url = self["url"]?.string { return HTTPURL.shown(url) }
    let arguments = (self["args"]?.array ?? []).map { $0.string ?? $0.text }
    return ([self["command"]?.string ?? ""] + withoutSecrets(arguments)).map(shellWord).joined(separator: " ")
  }

  /// The entry with the values of headers and variables that are likely secrets left out. References such as `${NAME}` stay.
  var withoutSecretsOfServer: JSONObject {
    var result = self
    for group in ["headers", "env"] {
      guard let members = self[group]?.object?.members else { continue }
      result[group] = .object(
        JSONObject(
          members.map { member in
            let isReference = member.value.string?.contains("${") == true
            if isReference { return member }
            if Redaction.isSecret(member.name) { return .init(name: member.name, value: "…") }
            return .init(
              name: member.name, value: member.value.string.map { .string(withoutPassword($0)) } ?? member.value)
          }))
    }
    if let arguments = self["args"]?.array {
      result["args"] = .array(withoutSecrets(arguments.map { $0.string ?? $0.text }).map(JSON.string))
    }
    if let url = self["url"]?.string { result["url"] = .string(HTTPURL.shown(url)) }
    return result
  }
}

/// The words of a command without what is likely a secret: values of options such as `--api-key`, of headers, and
/// passwords in URLs.
func withoutSecrets(_ words: [String]) -> [String] {
  var isSecret = false
  return words.map { word in
    defer { isSecret = word.hasPrefix("-") && !word.contains("=") && Redaction.isSecret(word) }
    if word.contains("${") { return word }
    if isSecret { return "…" }
    if let mark = word.firstIndex(where: { $0 == "=" || $0 == ":" }), !word[mark...].hasPrefix("://"),
      Redaction.isSecret(String(word[..<mark]))
    {
      return word[...mark] + "…"
    }
    return word.contains("://") ? withoutPassword(word) : word
  }
}

/// A word in which a URL may stand, without the user part of that.
private func withoutPassword(_ word: String) -> String {
  guard let scheme = word.firstRange(of: "://") else { return word }
  let end = word[scheme.upperBound...].firstIndex { "/?#".contains($0) } ?? word.endIndex
  guard let at = word[scheme.upperBound..<end].lastIndex(of: "@") else { return word }
  return word[..<scheme.upperBound] + "…" + word[at...]
}
