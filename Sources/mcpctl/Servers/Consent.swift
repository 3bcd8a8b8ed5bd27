// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import EventIO
import JSONKit

/// Has the user agree once to a server that somebody else may have written down: what a project brings along is code of
/// theirs, and may send variables of the environment wherever it likes.
///
/// What was agreed to is known by a digest of file, name and entry: when one of them changes, the user is asked again.
struct Consent {
  private static let file = "trusted.json"
  /// How many agreements are kept, the newest.
  private static let limit = 1000

  let console: Console

  /// - Throws: `Failure` when the user does not agree, or cannot be asked and has to be.
  func obtain(for listing: Listing?, isGiven: Bool = false) async throws {
    guard let listing, listing.trust != .given else { return }
    let key = try key(of: listing)
    if agreements()[key] != nil { return }
    let canAsk = console.input.isTerminal && console.error.isTerminal
    if !isGiven {
      if !canAsk {
        guard listing.trust == .mustBeGiven else { return }
        throw refusal(listing, hint: "look at it, then `mcpctl servers trust \(shellWord(listing.name))`")
      }
      try await ask(about: listing)
    }
    try remember(key)
  }

  /// Whether it may be used without a question.
  func isGiven(for listing: Listing?) -> Bool {
    guard let listing, listing.trust != .given else { return true }
    return (try? key(of: listing)).map { agreements()[$0] != nil } ?? false
  }

  private func ask(about listing: Listing) async throws {
    let dialogue = Dialogue(console: console)
    let verb = listing.content["command"] == nil ? "talks to a URL" : "starts a program"
    dialogue.say("The server \(safeText(listing.name)) of \(safeText(listing.file)) \(verb):")
    for line in whole(listing) { dialogue.say("  \(line)") }
    switch try await dialogue.ask("Use it, now and later? (y)es, [N]o: ")?.lowercased() {
    case "y", "yes": return
    default: throw refusal(listing, hint: nil)
    }
  }

  /// All of an entry, masked in nothing: it is what somebody else wrote, and the user has to see what they agree to.
  func whole(_ listing: Listing) -> [String] {
    listing.content.members.flatMap { member -> [String] in
      switch member.value {
      case .array(let values) where member.name == "args":
        return ["args: " + values.map { oneLine(shellWord($0.string ?? $0.text)) }.joined(separator: " ")]
      case .object(let members):
        return members.members.map {
          "\(oneLine(member.name)).\(oneLine($0.name)): \(oneLine($0.value.string ?? $0.value.text))"
        }
      default: return ["\(oneLine(member.name)): \(oneLine(member.value.string ?? member.value.text))"]
      }
    }
  }

  private func refusal(_ listing: Listing, hint: String?) -> Failure {
    Failure(
      .badConfiguration, "not_trusted",
      "nobody has agreed to the server '\(safeText(listing.name))' of \(safeText(listing.file))", hint: hint,
      details: whole(listing))
  }

  private var folder: PrivateFolder? {
    UserFolder.state.path(console.environment).map { PrivateFolder($0) }
  }

  private func agreements() -> JSONObject {
    guard let bytes = try? folder?.read(Self.file, limit: 1 << 20) else { return [:] }
    return (try? JSONObject(parsing: bytes)) ?? [:]
  }

  private func remember(_ key: String) throws {
    guard let folder else { return }
    var known = agreements()
    known[key] = true
    do throws(IOError) {
      try folder.replace(
        Self.file, with: Array(JSON.object(JSONObject(Array(known.members.suffix(Self.limit)))).text.utf8))
    } catch {
      throw Failure(.badConfiguration, "config", "what you agreed to cannot be kept: \(error.message)")
    }
  }

  private func key(of listing: Listing) throws -> String {
    let text = [listing.file, listing.name, JSON.object(listing.content).text].joined(separator: "\0")
    return try digest(of: Array(text.utf8)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
