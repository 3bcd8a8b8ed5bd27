// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import EventIO
import JSONKit

/// Asks whether a URL may be opened, and opens it in the browser when it may: never unasked, and never fetched by us.
///
/// Spec: 2025-11-25 and 2026-07-28, client/elicitation, "Safe URL Handling".
struct URLConsent {
  let dialogue: Dialogue

  func ask(_ url: String) async throws -> JSONObject {
    dialogue.say("  It wants this URL to be opened: \(safeText(url))")
    guard let host = host(of: url) else {
      dialogue.say("  Only https URLs, and http on this machine, are opened: declined.")
      return ["action": "decline"]
    }
    dialogue.say("  Host: \(dialogue.console.error.bold(safeText(host)))")
    if host.split(separator: ".").contains(where: { $0.lowercased().hasPrefix("xn--") })
      || !host.utf8.allSatisfy({ $0 < 0x80 })
    {
      dialogue.say("  Its name has letters outside the Latin alphabet, which may look like others: be careful.")
    }
    switch try await dialogue.ask("Open it in the browser? (y)es, [N]o, (c)ancel: ")?.lowercased() {
    case "y", "yes":
      await open(url)
      return ["action": "accept"]
    case "c", "cancel", nil: return ["action": "cancel"]
    default: return ["action": "decline"]
    }
  }

  /// The host of a URL that may be opened; nil for any other.
  private func host(of url: String) -> String? {
    guard url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }), let origin = HTTPURL.origin(of: url) else { return nil }
    let isSecure = origin.hasPrefix("https://")
    var host = String(origin.dropFirst(isSecure ? 8 : 7))
    if let colon = host.lastIndex(of: ":") { host = String(host[..<colon]) }
    let isLocal = ["localhost", "127.0.0.1", "[::1]"].contains(host)
    return isSecure || isLocal ? host : nil
  }

  /// Hands the URL to the desktop, as one word and past any shell. The browser outlives us.
  private func open(_ url: String) async {
    #if os(macOS)
      let words = ["open", url]
    #else
      let words = ["setsid", "-f", "xdg-open", url]
    #endif
    let configuration = ChildProcess.Configuration(words[0], Array(words.dropFirst()), standardError: .discard)
    let child = try? await ChildProcess.start(configuration)
    child?.closeInput()
    guard await child?.exit()?.isSuccess == true else {
      return dialogue.say("  No browser could be started here: please open the URL yourself.")
    }
  }
}
