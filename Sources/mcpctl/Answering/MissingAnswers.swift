// SPDX-License-Identifier: GPL-3.0-or-later
import JSONKit
import MCPClientKit
import MCPCore

/// Names the options that would have answered what a server asked and nobody could.
struct MissingAnswers {
  /// Where to read on.
  static let more = "; see `mcpctl help answers`"

  /// What can be answered.
  let skills: Skills
  /// Whether there is a file of answers already.
  let hasScript: Bool

  /// The hint after a failure; nil when it has nothing to do with questions.
  func hint(after error: ClientError, refused: Set<ServerQuestion.Kind> = []) -> String? {
    var wanted = refused
    let needed = error.rpcError?.data?["requiredCapabilities"]
    if needed?["sampling"] != nil { wanted.insert(.sampling) }
    if needed?["roots"] != nil { wanted.insert(.roots) }
    if let modes = needed?["elicitation"] { wanted.insert(modes["url"] == nil ? .form : .url) }
    return hint(after: error.message, refused: wanted)
  }

  /// The hint after a failure that was told in words, as servers of the legacy era do that look at what the client
  /// declared before they ask.
  func hint(after text: String, refused: Set<ServerQuestion.Kind>) -> String? {
    var wanted = refused
    let isRefusal = text.contains("does not support")
    func mentions(_ method: Method, _ word: String) -> Bool {
      text.contains(method.rawValue) || isRefusal && text.contains(word)
    }
    let isElicited = !wanted.isDisjoint(with: [.form, .url])
    if !isElicited, mentions(.elicit, "elicitation") { wanted.insert(text.contains("url") ? .url : .form) }
    if mentions(.createMessage, "sampling") { wanted.insert(.sampling) }
    if mentions(.rootsList, "roots") { wanted.insert(.roots) }
    let missing = wanted.filter { !skills.covers($0) }
    let options = [remedy(missing, form: .form), remedy(missing, form: .url), sampling(missing), roots(missing)]
    let hints = options.compactMap(\.self)
    return hints.isEmpty ? nil : hints.joined(separator: "; ") + Self.more
  }

  private func remedy(_ missing: Set<ServerQuestion.Kind>, form kind: ServerQuestion.Kind) -> String? {
    guard missing.contains(kind) else { return nil }
    let what = kind == .url ? "elicitation of a URL" : "elicitation"
    return "\(what): \(hasScript ? "an answer in the file of --answer" : "--answer FILE")"
  }

  private func sampling(_ missing: Set<ServerQuestion.Kind>) -> String? {
    guard missing.contains(.sampling) else { return nil }
    return "sampling: --sampling-cmd CMD\(hasScript ? "" : " or --answer FILE")"
  }

  private func roots(_ missing: Set<ServerQuestion.Kind>) -> String? {
    missing.contains(.roots) ? "roots: --root DIR" : nil
  }
}
