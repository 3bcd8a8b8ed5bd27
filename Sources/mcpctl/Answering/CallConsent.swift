// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit

/// Asks whether a tool that says it may destroy something is to be called, where somebody is there to be asked.
///
/// Spec: 2025-11-25 and 2026-07-28, server/tools, "Security Considerations": sensitive calls are confirmed, their inputs shown.
struct CallConsent {
  let dialogue: Dialogue
  /// Whether the user has said yes beforehand.
  let isGiven: Bool

  /// - Throws: `Failure` when the user does not want the call; nothing is sent then.
  func ask(for tool: JSONObject?, _ arguments: JSONObject) async throws {
    let console = dialogue.console
    guard !isGiven, let tool, tool["annotations"]?["destructiveHint"] == true, console.input.isTerminal,
      console.error.isTerminal
    else { return }
    dialogue.say("\(safeText(JSON.object(tool).title)) says that it may change or delete things. It is called with")
    dialogue.say("  \(safeText(arguments.text))")
    switch try await dialogue.ask("Call it? (y)es, [N]o: ")?.lowercased() {
    case "y", "yes": return
    default:
      throw Failure(
        .negative, "declined", "the tool was not called",
        hint: "--yes calls without asking; --dry-run shows the request")
    }
  }
}
